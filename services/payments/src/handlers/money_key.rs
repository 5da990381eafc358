//! The `Idempotency-Key` of a request that moves money, and its answer to the byte.

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use chassis::Problem;
use http::request::Parts;
use http::{StatusCode, header};
use serde::Serialize;

use crate::app::answer_once::Asked;
use crate::domain::request::Given;
use crate::error::Error;

/// The longest key.
const KEY_BYTES_MAX: usize = 255;

/// An `Idempotency-Key`: 1 to 255 visible ASCII characters. Missing or another: 400.
pub(crate) struct MoneyKey(String);

impl MoneyKey {
    /// Says what is asked under the key.
    pub(crate) fn asks(
        &self,
        user: kernel::UserId,
        route: &'static str,
        body: &impl Serialize,
    ) -> Result<Asked<'_>, Error> {
        Ok(Asked {
            user,
            route,
            key: &self.0,
            body: serde_json::to_vec(body).map_err(kernel::Fault::internal)?,
            payment: None,
        })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for MoneyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let key = parts
            .headers
            .get("idempotency-key")
            .and_then(|v| v.to_str().ok())
            .unwrap_or_default()
            .trim();
        let fits = (1..=KEY_BYTES_MAX).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic());
        if fits {
            Ok(Self(key.to_owned()))
        } else {
            Err(Error::KeyMissing.into())
        }
    }
}

impl IntoResponse for Given {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        (status, [(header::CONTENT_TYPE, "application/json")], self.body).into_response()
    }
}
