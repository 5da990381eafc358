//! Owns what every HTTP request goes through in every process: request id, trace context, metrics, panics, problem
//! bodies; and the listener. Refuses to know routes.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{ConnectInfo, MatchedPath, Request};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::serve::ListenerExt as _;
use futures::FutureExt as _;
use http::{HeaderMap, HeaderName, HeaderValue};
use kernel::{Ambient, Fault};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::supervisor::Readiness;
use crate::{Problem, Verifier, problem, telemetry};

/// Carries the request's id, in and out.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Carries the trace context (W3C), in and out.
pub const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
/// Listen backlog.
pub const BACKLOG: u32 = 4096;
/// How long requests in flight may go on after a stop.
pub const DRAIN_MAX: Duration = Duration::from_secs(8);

/// The request's id, as an extension.
#[derive(Clone, Debug)]
pub struct RequestId(pub Arc<str>);

/// The address that a request really comes from, as an extension; `None` for the operator's own machine without a proxy in front.
#[derive(Clone, Copy, Debug)]
pub struct ClientAddress(pub Option<IpAddr>);

/// Finds the client's address: the rightmost `X-Forwarded-For` hop that is not itself a loopback proxy, believed only
/// from a loopback peer; else the peer. Loopback without that header is the operator's own and is not counted (`None`).
pub fn client_address(peer: Option<IpAddr>, headers: &HeaderMap) -> ClientAddress {
    let Some(peer) = peer else { return ClientAddress(None) };
    if !peer.is_loopback() {
        return ClientAddress(Some(peer));
    }
    let forwarded = headers.get_all("x-forwarded-for").iter().filter_map(|v| v.to_str().ok());
    let hops: Vec<IpAddr> = forwarded.flat_map(|v| v.split(',')).filter_map(|h| h.trim().parse().ok()).collect();
    ClientAddress(hops.into_iter().rev().find(|hop| !hop.is_loopback()))
}

/// Puts what every request goes through around `routes`, and adds `/healthz`, `/readyz` and `/metrics`.
pub fn finish(routes: Router, verifier: Arc<Verifier>, ready: Readiness, ambient: Ambient) -> Router {
    routes
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(move || readyz(ready.clone())))
        .route("/metrics", get(|| async { ([("content-type", "text/plain; version=0.0.4")], telemetry::render_metrics()) }))
        .layer(middleware::from_fn(move |req, next| around(req, next, verifier.clone(), ambient.clone())))
}

/// Puts only the request layer around `routes`, for tests of one service without a process.
pub fn around_for_tests(routes: Router, verifier: Arc<Verifier>, ambient: Ambient) -> Router {
    routes.layer(middleware::from_fn(move |req, next| around(req, next, verifier.clone(), ambient.clone())))
}

async fn readyz(ready: Readiness) -> Response {
    match ready.check().await {
        Ok(()) => "ready\n".into_response(),
        Err(why) => Problem(Fault::unavailable("process.not_ready", why, Duration::from_secs(1))).into_response(),
    }
}

fn request_id(headers: &HeaderMap, ambient: &Ambient) -> Arc<str> {
    let given = headers.get(REQUEST_ID).and_then(|v| v.to_str().ok());
    let fits = |id: &&str| {
        !id.is_empty() && id.len() <= 64 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
    };
    match given.filter(fits) {
        Some(id) => id.into(),
        None => ambient.token::<12>().into(),
    }
}

async fn around(mut req: Request, next: Next, verifier: Arc<Verifier>, ambient: Ambient) -> Response {
    let begun = Instant::now();
    let id = request_id(req.headers(), &ambient);
    let trace = req.headers().get(TRACEPARENT).filter(|v| v.len() <= 64).cloned();
    let path = req.uri().path().to_owned();
    let method = req.method().clone();
    let peer = req.extensions().get::<ConnectInfo<SocketAddr>>().map(|c| c.0.ip());
    let address = client_address(peer, req.headers());
    let extensions = req.extensions_mut();
    extensions.insert(RequestId(id.clone()));
    extensions.insert(address);
    extensions.insert(verifier);
    let matched = extensions.get::<MatchedPath>().map(|m| m.as_str().to_owned());
    // A panic in a handler is a defect of ours; the connection and everybody else's go on.
    let answer = std::panic::AssertUnwindSafe(next.run(req)).catch_unwind().await;
    let response = answer.unwrap_or_else(|_| Problem(Fault::internal("a handler panicked")).into_response());
    let mut response = problem::render(response, &id, &path);
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    if let Some(trace) = trace {
        response.headers_mut().insert(TRACEPARENT, trace);
    }
    let status = response.status().as_u16();
    let route = matched.unwrap_or_else(|| "unmatched".into());
    metrics::counter!("http_requests_total", "route" => route.clone(), "method" => method.to_string(), "status" => status.to_string())
        .increment(1);
    metrics::histogram!("http_request_seconds", "route" => route).record(begun.elapsed().as_secs_f64());
    tracing::debug!(%method, path, status, request_id = &*id, ms = begun.elapsed().as_secs_f64() * 1e3, "request");
    response
}

/// Serves `router` on `listener` until `stop`, then lets requests in flight go on for at most [`DRAIN_MAX`].
pub async fn serve(listener: TcpListener, router: Router, stop: CancellationToken) -> std::io::Result<()> {
    let listener = listener.tap_io(|io| {
        // Small frames must not wait for the peer's delayed ACK.
        if let Err(e) = io.set_nodelay(true) {
            tracing::debug!("set_nodelay: {e}");
        }
    });
    let make = router.into_make_service_with_connect_info::<SocketAddr>();
    let stopping = stop.clone();
    let serving = axum::serve(listener, make).with_graceful_shutdown(async move { stopping.cancelled().await });
    let deadline = async {
        stop.cancelled().await;
        tokio::time::sleep(DRAIN_MAX).await;
    };
    tokio::select! {
        done = serving.into_future() => done,
        () = deadline => {
            tracing::warn!("requests were still in flight after {DRAIN_MAX:?}");
            Ok(())
        }
    }
}

/// Binds `address` with a deep backlog.
pub fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { tokio::net::TcpSocket::new_v4()? } else { tokio::net::TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}
