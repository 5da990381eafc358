//! Owns what every request meets before a service does. Order, outermost first: CORS (past which goes what [`past_cors`] says), compression, security headers,
//! then [`admit`]: strip, prove, limit, deadline.

mod admit;
mod cors;
mod past_cors;

use std::sync::Arc;

use axum::Router;
use axum::body::HttpBody as Body;
use axum::extract::Request;
use axum::response::Response;
use chassis::layer::{Inside, layer};
use http::{Extensions, HeaderMap, HeaderName, HeaderValue, StatusCode, Version, header};
use tower::ServiceBuilder;
use tower::layer::layer_fn;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

pub(crate) use self::admit::{is_stream, is_upload};
use self::past_cors::PastCors;
use crate::Deps;

/// Smaller answers are not worth compressing.
const COMPRESS_BYTES_MIN: u64 = 1024;

/// What a browser may do with our own pages: nothing from elsewhere, no framing.
const PAGE_POLICY: &str = "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; \
     frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// What is said to browsers where the answer itself says nothing else.
const SECURITY: [(HeaderName, HeaderValue); 3] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY)),
];

pub(crate) fn around(router: Router, deps: Deps) -> Router {
    let cors = cors::layer(&deps.config);
    let door = Arc::new(deps);
    router.layer(
        ServiceBuilder::new()
            .layer(layer_fn(move |inside| PastCors::around(&cors, inside)))
            .layer(CompressionLayer::new().gzip(true).compress_when(WorthIt))
            .layer(layer(door, within)),
    )
}

/// Says what is compressed. Put together anew for each answer, since a service is cloned for each request, and this is not.
#[derive(Clone, Copy)]
struct WorthIt;

impl Predicate for WorthIt {
    fn should_compress<B: Body>(&self, response: &http::Response<B>) -> bool {
        SizeAbove::new(COMPRESS_BYTES_MIN)
            .and(NotForContentType::SSE)
            .and(NotForContentType::IMAGES)
            .and(NotForContentType::GRPC)
            .and(is_no_file)
            .should_compress(response)
    }
}

/// What is handed out in ranges is a file: compressed, its bytes would be others, and clients could not go on where they stopped.
fn is_no_file(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    !headers.contains_key(header::ACCEPT_RANGES)
}

/// Puts the security headers on what comes of a request that is let in, or is not.
async fn within(door: Arc<Deps>, request: Request, inside: Inside) -> Response {
    let mut response = admit::admit(door, request, inside).await;
    for (name, value) in SECURITY {
        response.headers_mut().entry(name).or_insert(value);
    }
    response
}
