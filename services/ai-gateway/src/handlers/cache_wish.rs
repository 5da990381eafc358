//! What a caller wants of the cache, by header, and where the answer came from, by header too.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use chassis::Problem;
use http::request::Parts;
use http::{HeaderName, HeaderValue};
use kernel::Fault;

use crate::app::{App, CacheWish, Completed, Source};

/// Asks and tells.
const CACHE: HeaderName = HeaderName::from_static("x-aichat-cache");

impl FromRequestParts<Arc<App>> for CacheWish {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<App>) -> Result<Self, Problem> {
        match parts.headers.get(CACHE).map(HeaderValue::as_bytes) {
            None => Ok(Self::Use),
            Some(b"off") => Ok(Self::Off),
            Some(b"refresh") => Ok(Self::Refresh),
            Some(_) => Err(Fault::invalid(CACHE.as_str(), "is neither off nor refresh").into()),
        }
    }
}

/// An answer that says where it came from, unless no cache was asked.
pub(crate) struct Told(pub(crate) (Completed, Option<Source>));

impl IntoResponse for Told {
    fn into_response(self) -> Response {
        let (completed, source) = self.0;
        let mut response = completed.into_response();
        if let Some(source) = source {
            response
                .headers_mut()
                .insert(CACHE, HeaderValue::from_static(source.name()));
        }
        response
    }
}
