//! Owns how a function is put around routes: what axum's `from_fn` does, where every request passes. There each layer copies all
//! that is inside of it several times a request, so that two layers copy each other; here the copies share it. Refuses to know
//! what the function does.

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::extract::Request;
use axum::response::Response;
use axum::routing::Route;
use futures::future::BoxFuture;
use tower::{Layer, Service, ServiceExt as _};

/// What is inside of a layer.
#[derive(Clone)]
pub struct Inside(Arc<Route>);

impl Inside {
    /// Lets the request pass.
    pub async fn run(self, request: Request) -> Response {
        let route = Route::clone(&self.0);
        let Ok(response) = route.oneshot(request).await;
        response
    }
}

/// Puts `f` around routes; it is given `state`, the request, and [`Inside`] to let it pass.
pub fn layer<T, F>(state: Arc<T>, f: F) -> Around<T, F> {
    Around { state, f }
}

/// A function that can be put around routes.
pub struct Around<T, F> {
    state: Arc<T>,
    f: F,
}

/// Routes with a function around them.
pub struct Within<T, F> {
    state: Arc<T>,
    f: F,
    inside: Inside,
}

// Derived, they would ask the same of `T`.
impl<T, F: Clone> Clone for Around<T, F> {
    fn clone(&self) -> Self {
        layer(self.state.clone(), self.f.clone())
    }
}

impl<T, F: Clone> Clone for Within<T, F> {
    fn clone(&self) -> Self {
        Self {
            state: self.state.clone(),
            f: self.f.clone(),
            inside: self.inside.clone(),
        }
    }
}

impl<T, F: Clone> Layer<Route> for Around<T, F> {
    type Service = Within<T, F>;

    fn layer(&self, inside: Route) -> Within<T, F> {
        Within {
            state: self.state.clone(),
            f: self.f.clone(),
            inside: Inside(Arc::new(inside)),
        }
    }
}

impl<T, F, Answering> Service<Request> for Within<T, F>
where
    F: Fn(Arc<T>, Request, Inside) -> Answering,
    Answering: Future<Output = Response> + Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    /// Routes are always ready.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let answering = (self.f)(self.state.clone(), request, self.inside.clone());
        Box::pin(async move { Ok(answering.await) })
    }
}
