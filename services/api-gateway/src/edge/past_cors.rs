//! Owns what CORS does not see: an `OPTIONS` that no browser sends before another request, which CORS would answer itself (tus clients
//! ask so what a server speaks); and what no page of another origin sends and no cache keeps, where CORS would add headers for nobody.

use std::task::{Context, Poll};

use futures::future::Either;
use http::{Method, Request, header};
use tower::{Layer as _, Service};
use tower_http::cors::{Cors, CorsLayer};

use super::admit;

fn is_past<B>(request: &Request<B>) -> bool {
    let headers = request.headers();
    match *request.method() {
        Method::OPTIONS => {
            admit::is_tus(request.uri().path()) && !headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
        }
        Method::GET | Method::HEAD => false,
        _ => !headers.contains_key(header::ORIGIN),
    }
}

/// A service with CORS around it, which is also asked past it.
#[derive(Clone)]
pub(super) struct PastCors<S>(Cors<S>);

impl<S> PastCors<S> {
    /// Puts `cors` around `inside`.
    pub(super) fn around(cors: &CorsLayer, inside: S) -> Self {
        Self(cors.layer(inside))
    }
}

impl<S, B> Service<Request<B>> for PastCors<S>
where
    S: Service<Request<B>>,
    Cors<S>: Service<Request<B>, Response = S::Response, Error = S::Error>,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Either<S::Future, <Cors<S> as Service<Request<B>>>::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        if is_past(&request) {
            Either::Left(self.0.get_mut().call(request))
        } else {
            Either::Right(self.0.call(request))
        }
    }
}
