//! Owns what every HTTP request goes through in every process: request id, trace context, metrics, panics, problem
//! bodies; and the listener. Refuses to know routes.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{ConnectInfo, MatchedPath, Request};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures::FutureExt as _;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Version};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use kernel::{Ambient, Fault};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;
use tracing::Instrument as _;

use crate::answers::{Answers, method_label};
use crate::layer::{Inside, layer};
use crate::self_waking::self_waking;
use crate::supervisor::Readiness;
use crate::{Problem, Trace, Trail, Verifier, problem, spans, telemetry};

/// Carries the request's id, in and out.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Carries it once more where Anthropic's clients ask, which report it under this name.
const ANTHROPIC_REQUEST_ID: HeaderName = HeaderName::from_static("request-id");
/// Carries the trace context (W3C), in and out.
pub const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
/// Says for how many milliseconds the caller will wait. Only for calls between our own processes: whoever sends it from
/// elsewhere makes nobody wait for less than themselves.
pub const DEADLINE: HeaderName = HeaderName::from_static("x-internal-deadline-ms");
/// A longer deadline is none.
const DEADLINE_MAX: Duration = Duration::from_secs(3600);
/// Listen backlog.
pub const BACKLOG: u32 = 4096;
/// How long requests in flight may go on after a stop.
pub const DRAIN_MAX: Duration = Duration::from_millis(1_500);
/// How long a request's head may take, counted from the connection's last rest.
pub const HEAD_MAX: Duration = Duration::from_secs(30);
/// Open files that connections leave to stores, logs and calls to others.
pub const FILES_KEPT: usize = 256;
/// Pause after a failed accept.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// The request's id, as an extension.
#[derive(Clone, Debug)]
pub struct RequestId(pub Arc<str>);

/// The address that a request really comes from, as an extension; `None` for the operator's own machine without a proxy in front.
#[derive(Clone, Copy, Debug)]
pub struct ClientAddress(pub Option<IpAddr>);

/// The networks whose proxies are believed, besides loopback: `10.0.0.0/8`, `192.0.2.7`.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(Arc<[(IpAddr, u8)]>);

impl TrustedProxies {
    /// Reads addresses and networks. Fails naming the one that is none.
    pub fn parse(networks: &[String]) -> Result<Self, String> {
        let network = |text: &String| {
            let (address, bits) = text
                .split_once('/')
                .map_or((text.as_str(), None), |(a, b)| (a, Some(b)));
            let address: IpAddr = address
                .parse()
                .map_err(|_| format!("`{text}` is no address or network"))?;
            let width = if address.is_ipv4() { 32 } else { 128 };
            let bits = bits
                .map_or(Ok(width), str::parse::<u8>)
                .ok()
                .filter(|bits| *bits <= width);
            Ok((
                address,
                bits.ok_or_else(|| format!("`{text}` is no address or network"))?,
            ))
        };
        Ok(Self(
            networks.iter().map(network).collect::<Result<Vec<_>, String>>()?.into(),
        ))
    }

    fn trusts(&self, ip: IpAddr) -> bool {
        ip.is_loopback() || self.0.iter().any(|(network, bits)| within(ip, *network, *bits))
    }
}

fn within(ip: IpAddr, network: IpAddr, bits: u8) -> bool {
    let same =
        |a: u128, b: u128, width: u8| a.checked_shr(u32::from(width - bits)) == b.checked_shr(u32::from(width - bits));
    match (ip, network) {
        _ if bits == 0 => ip.is_ipv4() == network.is_ipv4(),
        (IpAddr::V4(a), IpAddr::V4(b)) => same(a.to_bits().into(), b.to_bits().into(), 32),
        (IpAddr::V6(a), IpAddr::V6(b)) => same(a.to_bits(), b.to_bits(), 128),
        _ => false,
    }
}

/// Finds the client's address: the rightmost `X-Forwarded-For` hop that is no trusted proxy, believed only from a
/// trusted peer; else the peer. Loopback without that header is the operator's own and is not counted (`None`).
pub fn client_address(peer: Option<IpAddr>, headers: &HeaderMap, trusted: &TrustedProxies) -> ClientAddress {
    let Some(peer) = peer.map(|ip| ip.to_canonical()) else {
        return ClientAddress(None);
    };
    if !trusted.trusts(peer) {
        return ClientAddress(Some(peer));
    }
    let forwarded = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|v| v.to_str().ok());
    let hops: Vec<IpAddr> = forwarded
        .flat_map(|v| v.split(','))
        .filter_map(|h| h.trim().parse::<IpAddr>().ok())
        .map(|ip| ip.to_canonical())
        .collect();
    let client = hops.into_iter().rev().find(|hop| !trusted.trusts(*hop));
    ClientAddress(client.or(Some(peer).filter(|peer| !peer.is_loopback())))
}

/// Puts what every request goes through around `routes`, and adds `/healthz` and `/readyz`.
pub fn finish(routes: Router, surroundings: Surroundings, ready: Readiness) -> Router {
    routes
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(move || readyz(ready.clone())))
        .layer(layer(Around::new(surroundings), around))
}

/// Serves `/metrics`, beside other routes or on a listener of its own.
pub fn metrics() -> Router {
    let show = || async {
        (
            [("content-type", "text/plain; version=0.0.4")],
            telemetry::render_metrics(),
        )
    };
    Router::new().route("/metrics", get(show))
}

/// Puts only the request layer around `routes`, for tests of one service without a process.
pub fn around_for_tests(routes: Router, verifier: Arc<Verifier>, ambient: Ambient) -> Router {
    let surroundings = Surroundings {
        verifier,
        ambient,
        trusted: TrustedProxies::default(),
    };
    routes.layer(layer(Around::new(surroundings), around))
}

/// What the request layer needs.
pub struct Surroundings {
    /// Checks access tokens.
    pub verifier: Arc<Verifier>,
    /// Time, randomness, ids.
    pub ambient: Ambient,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted: TrustedProxies,
}

/// The request layer: what it needs, and what it counts.
struct Around {
    surroundings: Surroundings,
    answers: Answers,
}

impl Around {
    fn new(surroundings: Surroundings) -> Arc<Self> {
        Arc::new(Self {
            surroundings,
            answers: Answers::default(),
        })
    }
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

fn deadline(headers: &HeaderMap) -> Option<tokio::time::Instant> {
    let left = headers.get(DEADLINE)?.to_str().ok()?.parse().ok()?;
    Some(tokio::time::Instant::now() + Duration::from_millis(left).min(DEADLINE_MAX))
}

/// Takes the request's part in the trace that it comes with, whose deed is then the parent; else begins a trace.
fn trace(headers: &HeaderMap, ambient: &Ambient) -> (Trace, Option<u64>) {
    let given = headers.get(TRACEPARENT).and_then(|v| v.to_str().ok());
    match given.and_then(|text| text.parse::<Trace>().ok()) {
        Some(parent) => (parent.child(ambient), Some(parent.span)),
        None => (Trace::root(ambient, spans::samples), None),
    }
}

async fn around(around: Arc<Around>, mut req: Request, inside: Inside) -> Response {
    let begun = Instant::now();
    let surroundings = &around.surroundings;
    let id = request_id(req.headers(), &surroundings.ambient);
    let (trace, parent) = trace(req.headers(), &surroundings.ambient);
    let trail = Trail {
        request_id: Some(id.clone()),
        trace: Some(trace),
        deadline: deadline(req.headers()),
    };
    // As loud as can be: a line that is shown at all has the ids.
    let span = tracing::error_span!("request", request_id = %id, trace_id = %trace.hex());
    let path = req.uri().path().to_owned();
    let method = req.method().clone();
    let peer = req.extensions().get::<ConnectInfo<SocketAddr>>().map(|c| c.0.ip());
    let address = client_address(peer, req.headers(), &surroundings.trusted);
    let extensions = req.extensions_mut();
    extensions.insert(RequestId(id.clone()));
    extensions.insert(address);
    extensions.insert(surroundings.verifier.clone());
    let matched = extensions.get::<MatchedPath>().map(|m| m.as_str().to_owned());
    // A panic in a handler is a defect of ours; the connection and everybody else's go on.
    let answer = trail
        .follow(std::panic::AssertUnwindSafe(inside.run(req)).catch_unwind())
        .instrument(span.clone())
        .await;
    let _within = span.enter();
    let response = answer.unwrap_or_else(|_| Problem(Fault::internal("a handler panicked")).into_response());
    let mut response = problem::render(response, &id, &path);
    if let Ok(value) = HeaderValue::from_str(&id) {
        if problem::is_anthropics(&path) {
            response.headers_mut().insert(ANTHROPIC_REQUEST_ID, value.clone());
        }
        response.headers_mut().insert(REQUEST_ID, value);
    }
    if let Ok(value) = HeaderValue::from_str(&trace.to_string()) {
        response.headers_mut().insert(TRACEPARENT, value);
    }
    let status = response.status().as_u16();
    let route = matched.unwrap_or_else(|| "unmatched".into());
    spans::end(&trace, || spans::Span {
        trace,
        parent,
        kind: spans::Kind::Server,
        name: format!("{} {route}", method_label(&method)),
        begun,
        failed: status >= 500,
        attributes: vec![
            ("http.request.method", method_label(&method).into()),
            ("http.route", route.clone().into()),
            ("http.response.status_code", status.into()),
            ("aichat.request_id", (&*id).into()),
        ],
    });
    around
        .answers
        .count((route, method_label(&method), status), begun.elapsed());
    tracing::debug!(%method, path, status, ms = begun.elapsed().as_secs_f64() * 1e3, "request");
    response
}

/// Pause between two looks whether all have gone.
const FAREWELL_LOOK: Duration = Duration::from_millis(20);
/// How long whoever is connected may ask once more when another process takes over.
pub const FAREWELL: Duration = Duration::from_secs(1);

/// Serves `router` on `listener` until `stop`, then lets requests in flight go on for at most [`DRAIN_MAX`].
///
/// A connection that does not send a whole request head within [`HEAD_MAX`] is closed; there are never more connections than
/// the process may have files open, less [`FILES_KEPT`].
pub async fn serve(listener: TcpListener, router: Router, stop: CancellationToken) -> std::io::Result<()> {
    serve_with(listener, router, stop, Duration::ZERO).await
}

/// The same on an address that is shared (see [`take`]): after `stop`, for [`FAREWELL`], whoever is connected may ask once more and is told
/// in the answer to connect anew. Another process listens at the address by then, so that nobody notices the change.
pub async fn serve_shared(listener: TcpListener, router: Router, stop: CancellationToken) -> std::io::Result<()> {
    serve_with(listener, router, stop, FAREWELL).await
}

async fn serve_with(
    listener: TcpListener,
    router: Router,
    stop: CancellationToken,
    farewell: Duration,
) -> std::io::Result<()> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_MAX);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(HEAD_MAX);
    let builder = Arc::new(builder);
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(connections_max()));
    let leaving = Arc::new(AtomicBool::new(false));
    let take = |(io, peer): (TcpStream, SocketAddr), place: OwnedSemaphorePermit| {
        // Small frames must not wait for the peer's delayed ACK.
        if let Err(e) = io.set_nodelay(true) {
            tracing::debug!("set_nodelay: {e}");
        }
        let (router, leaving) = (router.clone(), leaving.clone());
        let service = hyper::service::service_fn(move |request: http::Request<hyper::body::Incoming>| {
            let mut request = request.map(axum::body::Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            let (leaving, version) = (leaving.clone(), request.version());
            let answer = router.clone().oneshot(request);
            async move {
                let mut answer = answer.await?;
                let closes = leaving.load(Ordering::Relaxed) && version <= Version::HTTP_11;
                if closes && answer.status() != StatusCode::SWITCHING_PROTOCOLS {
                    let close = HeaderValue::from_static("close");
                    answer.headers_mut().insert(http::header::CONNECTION, close);
                }
                Ok::<_, Infallible>(answer)
            }
        });
        let connection = builder
            .serve_connection_with_upgrades(TokioIo::new(io), service)
            .into_owned();
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            // A request's body wakes the connection that reads it, which is this very task.
            if let Err(e) = self_waking(connection).await {
                tracing::debug!("connection of {peer}: {e}");
            }
            drop(place);
        });
    };
    loop {
        let place = tokio::select! {
            () = stop.cancelled() => break,
            place = places.clone().acquire_owned() => place,
        };
        // The semaphore is never closed.
        let Ok(place) = place else { break };
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok(accepted) => take(accepted, place),
            Err(e) => {
                // Out of files, or a peer that left at once: the listener itself is fine.
                tracing::warn!("accept: {e}");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    // Whoever the kernel has let in already is served too.
    let listener = listener.into_std()?;
    while let Ok(place) = places.clone().try_acquire_owned() {
        match listener.accept() {
            Ok((io, peer)) => {
                io.set_nonblocking(true)?;
                take((TcpStream::from_std(io)?, peer), place);
            }
            Err(e) if e.kind() == std::io::ErrorKind::ConnectionAborted => {}
            Err(_) => break,
        }
    }
    drop(listener);
    leaving.store(!farewell.is_zero(), Ordering::Relaxed);
    let until = Instant::now() + farewell;
    while graceful.count() > 0 && Instant::now() < until {
        tokio::time::sleep(FAREWELL_LOOK).await;
    }
    if tokio::time::timeout(DRAIN_MAX, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests were still in flight after {DRAIN_MAX:?}");
    }
    Ok(())
}

fn connections_max() -> usize {
    let files = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    let files = files
        .and_then(|n| usize::try_from(n).ok())
        .unwrap_or(Semaphore::MAX_PERMITS);
    files.saturating_sub(FILES_KEPT).clamp(1, Semaphore::MAX_PERMITS)
}

/// Binds `address` with a deep backlog.
pub fn bind(address: SocketAddr) -> std::io::Result<TcpListener> {
    take(address, false)?.listen(BACKLOG)
}

/// Takes `address` without listening there yet: who cannot have it hears so before anything is opened, and who shares it with other
/// processes of the same user (SO_REUSEPORT) is given no connection before it can answer.
pub fn take(address: SocketAddr, shared: bool) -> std::io::Result<TcpSocket> {
    let socket = if address.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    socket.set_reuseaddr(true)?;
    socket.set_reuseport(shared)?;
    socket.bind(address)?;
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: Option<&str>) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.extend(forwarded.map(|f| (HeaderName::from_static("x-forwarded-for"), f.parse().unwrap())));
        let trusted = TrustedProxies::parse(&["10.0.0.0/8".into(), "2001:db8::1".into()]).unwrap();
        client_address(peer.parse().ok(), &headers, &trusted)
            .0
            .map(|ip| ip.to_string())
    }

    #[test]
    fn only_trusted_proxies_are_believed_and_the_rightmost_stranger_counts() {
        for (peer, forwarded, client) in [
            ("127.0.0.1", None, None),
            ("::ffff:127.0.0.1", Some("203.0.113.9"), Some("203.0.113.9")),
            ("127.0.0.1", Some("1.1.1.1, 203.0.113.9, 10.1.2.3"), Some("203.0.113.9")),
            ("10.9.9.9", Some("203.0.113.9"), Some("203.0.113.9")),
            ("10.9.9.9", None, Some("10.9.9.9")),
            ("192.0.2.1", Some("203.0.113.9"), Some("192.0.2.1")),
            ("2001:db8::1", Some("2001:db8::2"), Some("2001:db8::2")),
        ] {
            assert_eq!(seen(peer, forwarded).as_deref(), client, "{peer} {forwarded:?}");
        }
        assert!(TrustedProxies::parse(&["10.0.0.0/33".into()]).is_err());
    }
}
