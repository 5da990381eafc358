//! Owns what every request meets before a service does. Order, outermost first: CORS, compression, security headers,
//! then [`admit`]: strip, prove, limit, deadline.

mod admit;
mod cors;

use std::sync::Arc;

use axum::Router;
use axum::middleware;
use http::{HeaderName, HeaderValue, header};
use tower::ServiceBuilder;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use tower_http::set_header::SetResponseHeaderLayer;

pub(crate) use self::admit::is_stream;
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
        .and(NotForContentType::GRPC);
    let cors = cors::layer(&deps.config);
    let door = Arc::new(deps);
    router.layer(
        ServiceBuilder::new()
            .layer(cors)
            .layer(CompressionLayer::new().gzip(true).compress_when(compress))
            .layer(unless_set(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
            .layer(unless_set(header::REFERRER_POLICY, "no-referrer"))
            .layer(unless_set(header::CONTENT_SECURITY_POLICY, PAGE_POLICY))
            .layer(middleware::from_fn_with_state(door, admit::admit)),
    )
}

fn unless_set(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
}
