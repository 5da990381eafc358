//! Owns what every request meets before a service does. Order, outermost first: CORS (past which tus's own `OPTIONS` goes), compression, security headers,
//! then [`admit`]: strip, prove, limit, deadline.

mod admit;
mod cors;
mod past_cors;

use std::sync::Arc;

use axum::{Router, middleware};
use http::{Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode, Version, header};
use tower::ServiceBuilder;
use tower::layer::layer_fn;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use tower_http::set_header::SetResponseHeaderLayer;

pub(crate) use self::admit::{is_stream, is_upload};
use self::past_cors::PastCors;
use crate::Deps;

/// Smaller answers are not worth compressing.
const COMPRESS_BYTES_MIN: u64 = 1024;

/// What a browser may do with our own pages: nothing from elsewhere, no framing.
const PAGE_POLICY: &str = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; \
     frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

pub(crate) fn around(router: Router, deps: Deps) -> Router {
    let compress = SizeAbove::new(COMPRESS_BYTES_MIN)
        .and(NotForContentType::SSE)
        .and(NotForContentType::IMAGES)
        .and(NotForContentType::GRPC)
        .and(is_no_file);
    let cors = cors::layer(&deps.config);
    let door = Arc::new(deps);
    router.layer(
        ServiceBuilder::new()
            .layer(layer_fn(move |inside| PastCors::around(&cors, inside)))
            .layer(CompressionLayer::new().gzip(true).compress_when(compress))
            .layer(unless_set(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .layer(unless_set(header::REFERRER_POLICY, "no-referrer"))
            .layer(unless_set(header::CONTENT_SECURITY_POLICY, PAGE_POLICY))
            .layer(middleware::from_fn_with_state(door, admit::admit)),
    )
}

/// What is handed out in ranges is a file: compressed, its bytes would be others, and clients could not go on where they stopped.
fn is_no_file(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    !headers.contains_key(header::ACCEPT_RANGES)
}

fn unless_set(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}
