//! Bodies that pass through: read as bytes, answered as bytes. What they say is the provider's business.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use chassis::Problem;
use chassis::extract::{is_json, read_body};
use futures::StreamExt as _;
use http::{HeaderName, HeaderValue, header};
use kernel::{ErrorCode, Fault};

use crate::app::{App, Completed, CompletedBody};

/// Tells proxies (NGINX) not to hold a stream back.
const NO_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Tells what a whole answer cost, in millionths of the currency's major unit.
const COST_MICROS: HeaderName = HeaderName::from_static("x-aichat-cost-micros");

/// The bytes of a JSON body, within the gateway's own limit.
pub(crate) struct RawJson(pub(crate) Bytes);

impl FromRequest<Arc<App>> for RawJson {
    type Rejection = Problem;

    async fn from_request(req: Request, app: &Arc<App>) -> Result<Self, Problem> {
        if !is_json(req.headers()) {
            let fault = Fault::new(
                ErrorCode::UnsupportedMedia,
                "request.unsupported_media",
                "Send application/json.",
            );
            return Err(fault.into());
        }
        Ok(Self(read_body(req, app.limits.body_bytes_max).await?))
    }
}

impl IntoResponse for Completed {
    fn into_response(self) -> Response {
        let (body, streams) = match self.body {
            CompletedBody::Whole(bytes) => (Body::from(bytes), false),
            CompletedBody::Stream(frames) => (Body::from_stream(frames.map(Ok::<_, Infallible>)), true),
        };
        let mut response = Response::new(body);
        let headers = response.headers_mut();
        if let Some(cost) = self.cost {
            headers.insert(COST_MICROS, cost.micros.into());
        }
        headers.insert(header::CONTENT_TYPE, self.content_type);
        if streams {
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
            headers.insert(NO_BUFFERING, HeaderValue::from_static("no"));
        }
        response
    }
}
