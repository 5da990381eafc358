//! Owns the serving side: who may call, how arguments are read, how results, faults and streams are answered. Refuses to
//! know which method it is.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bytes::Bytes;
use contracts::own_data::OwnData;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use http::{HeaderValue, StatusCode, header};
use kernel::{ErrorCode, Fault, UserId};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::timeout_at;
use utoipa::openapi::OpenApi;

use super::identity::{Identity, TOKEN};
use super::wire::{FaultBody, LINES, PROBLEM};
use crate::extract::read_body;
use crate::{Problem, Trail};

/// Largest arguments: a conversation for a model.
pub const ARGUMENTS_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Puts the guard around the internal routes of a service: the caller is a process of ours that means this service, and it
/// is answered before its deadline or not at all.
pub(super) fn guard(service: &'static str, routes: Router, identity: Arc<Identity>) -> Router {
    routes.route_layer(middleware::from_fn(move |request: Request, next: Next| {
        let identity = identity.clone();
        async move {
            if let Err(fault) = identity.check(service, request.headers().get(TOKEN)) {
                metrics::counter!("link_refused_total", "service" => service).increment(1);
                return Problem(fault).into_response();
            }
            let Some(deadline) = Trail::current().deadline else {
                return next.run(request).await;
            };
            match timeout_at(deadline, next.run(request)).await {
                Ok(response) => response,
                Err(_) => answer::<()>(Err(late())),
            }
        }
    }))
}

fn late() -> Fault {
    Fault::new(
        ErrorCode::Timeout,
        "link.timeout",
        "It took longer than the caller waits.",
    )
}

/// The arguments of a call, as they came.
pub(super) struct Arguments(Bytes);

impl Arguments {
    /// Reads them. `Malformed` when they are others: the caller is of another version.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        serde_json::from_slice(&self.0).map_err(|e| Fault::internal(format!("arguments of another version: {e}")))
    }
}

impl<S: Send + Sync> FromRequest<S> for Arguments {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        Ok(Self(read_body(request, ARGUMENTS_BYTES_MAX).await?))
    }
}

/// Answers with a result or a fault.
pub(super) fn answer<R: Serialize>(result: Result<R, Fault>) -> Response {
    let fault = match result {
        Ok(value) => match serde_json::to_vec(&value) {
            Ok(json) => return respond(StatusCode::OK, "application/json", json.into()),
            Err(e) => Fault::internal(e),
        },
        Err(fault) => fault,
    };
    let status = StatusCode::from_u16(fault.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = serde_json::to_vec(&FaultBody::from(fault)).unwrap_or_default();
    respond(status, PROBLEM, body.into())
}

/// Answers with a stream, or with the fault that it could not begin by.
pub(super) fn answer_stream<T: Serialize + 'static>(
    result: Result<BoxStream<'static, Result<T, Fault>>, Fault>,
) -> Response {
    match result {
        Ok(pieces) => {
            let lines = pieces.map(|piece| Ok::<_, Infallible>(line(&piece)));
            respond(StatusCode::OK, LINES, Body::from_stream(lines))
        }
        Err(fault) => answer::<()>(Err(fault)),
    }
}

fn line<T: Serialize>(piece: &Result<T, Fault>) -> Bytes {
    let json = serde_json::to_vec(piece).or_else(|e| serde_json::to_vec(&Err::<(), _>(Fault::internal(e))));
    let mut line = json.unwrap_or_default();
    line.push(b'\n');
    line.into()
}

fn respond(status: StatusCode, kind: &'static str, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response
}

/// Where a service shows its part of the OpenAPI document to the public door.
pub(super) fn openapi_path(service: &str) -> String {
    format!("/internal/{service}/openapi")
}

/// Where a service tells other processes of a person's own data.
pub(super) fn own_data_path(service: &str) -> String {
    format!("/internal/{service}/own_data")
}

/// Serves what a service tells of a person's own data: the one contract that many answer, each under its own name. Without a guard:
/// [`super::Links::guard`] puts it around.
pub(super) fn own_data(service: &str, local: Arc<dyn OwnData>) -> Router {
    let tell = move |arguments: Arguments| {
        let local = local.clone();
        async move {
            match arguments.read::<(UserId, Option<String>)>() {
                Ok((user, cursor)) => answer(local.own_data(user, cursor.as_deref()).await),
                Err(fault) => answer::<()>(Err(fault)),
            }
        }
    };
    Router::new().route(&own_data_path(service), post(tell))
}

/// Serves a service's part of the OpenAPI document, complete in itself: the door merges it as JSON, since utoipa's types do
/// not read all that they write. Without a guard: [`super::Links::guard`] puts it around.
pub fn openapi(service: &str, api: &OpenApi) -> Router {
    let part = crate::openapi::finish(api.clone(), "");
    let document = Bytes::from(serde_json::to_vec(&part).unwrap_or_default());
    let show = move || {
        let document = document.clone();
        async move { respond(StatusCode::OK, "application/json", document.into()) }
    };
    Router::new().route(&openapi_path(service), get(show))
}
