//! Owns what CORS does not see: an `OPTIONS` that no browser sends before another request, which CORS would answer itself. tus clients
//! ask so what a server speaks.

use std::task::{Context, Poll, ready};

use futures::future::Either;
use http::{Method, Request, header};
use tower::{Layer as _, Service};
use tower_http::cors::{Cors, CorsLayer};

use super::admit;

/// A service with CORS around it, and without.
#[derive(Clone)]
pub(super) struct PastCors<S> {
    cors: Cors<S>,
    inside: S,
}

impl<S: Clone> PastCors<S> {
    /// Puts `cors` around `inside`.
    pub(super) fn around(cors: &CorsLayer, inside: S) -> Self {
        Self {
            cors: cors.layer(inside.clone()),
            inside,
        }
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
        ready!(self.inside.poll_ready(cx))?;
        self.cors.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let asks_tus = request.method() == Method::OPTIONS && admit::is_tus(request.uri().path());
        if asks_tus && !request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD) {
            Either::Left(self.inside.call(request))
        } else {
            Either::Right(self.cors.call(request))
        }
    }
}
