//! Requests and answers, one file a resource.

pub(crate) mod assets;
pub(crate) mod content;
pub(crate) mod tus;

use axum::extract::Request;
use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{StreamExt as _, TryStreamExt as _};
use http::HeaderMap;

use crate::error::Error;

/// Returns a request's body as it comes.
fn body(request: Request) -> BoxStream<'static, Result<Bytes, Error>> {
    request
        .into_body()
        .into_data_stream()
        .map_err(|_| Error::Broken)
        .boxed()
}

/// Returns a header that is text.
fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

/// Returns a header that is a whole number.
fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    // A sign would pass `parse`.
    let text = text(headers, name)?.trim();
    text.bytes()
        .all(|b| b.is_ascii_digit())
        .then(|| text.parse().ok())
        .flatten()
}
