//! Owns how a request carries its `Idempotency-Key`, and how an answer that is kept goes out.

use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::response::Response;
use chassis::Problem;
use chassis::http::RequestId;
use chassis::problem::ProblemBody;
use http::request::Parts;
use http::{HeaderValue, StatusCode, header};
use kernel::Fault;
use serde::Serialize;

use crate::domain::idempotency::{KEY_BYTES_MAX, KeptAnswer};
use crate::error::Error;

/// The key of a money POST. 400 without one.
pub(crate) struct IdempotencyKey(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let key = parts.headers.get("idempotency-key").and_then(|v| v.to_str().ok());
        let fits = |key: &&str| {
            (1..=KEY_BYTES_MAX).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic() || b == b' ')
        };
        match key.map(str::trim).filter(fits) {
            Some(key) => Ok(Self(key.to_owned())),
            None => Err(Error::KeyMissing.into()),
        }
    }
}

/// The request's id, for a refusal that is kept with it.
pub(crate) struct Asked(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let id = parts.extensions.get::<RequestId>();
        Ok(Self(id.map(|id| id.0.to_string()).unwrap_or_default()))
    }
}

/// Writes an answer down as it will go out.
pub(crate) fn kept<T: Serialize>(status: StatusCode, body: &T) -> Result<KeptAnswer, Error> {
    Ok(KeptAnswer {
        status: status.as_u16(),
        content_type: "application/json".into(),
        body: serde_json::to_string(body).map_err(Fault::internal)?,
    })
}

/// Writes a refusal down as it will go out, each time with the id of the first request.
pub(crate) fn kept_refusal(fault: Fault, request_id: String) -> Result<KeptAnswer, Error> {
    let body = ProblemBody {
        kind: "about:blank".into(),
        title: fault.kind.title().into(),
        status: fault.kind.status(),
        detail: fault.detail,
        code: fault.code.into_owned(),
        request_id,
        errors: fault.fields,
        retry_after_ms: fault.retry_after_ms,
        error: None,
    };
    Ok(KeptAnswer {
        status: body.status,
        content_type: "application/problem+json".into(),
        body: serde_json::to_string(&body).map_err(Fault::internal)?,
    })
}

/// Sends an answer, byte for byte.
pub(crate) fn replay(answer: KeptAnswer) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Ok(value) = HeaderValue::from_str(&answer.content_type) {
        response.headers_mut().insert(header::CONTENT_TYPE, value);
    }
    response
}
