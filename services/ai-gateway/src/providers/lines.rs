//! Owns plain HTTP/1.1 towards a provider: connections that rest between calls, each driven by whoever asks on it, within the
//! asking task, so that neither a request nor a frame waits until another task is woken. Refuses to know TLS and proxies.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Arc, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::HttpBody;
use bytes::Bytes;
use chassis::self_waking::SelfWaking;
use http::{HeaderMap, HeaderValue, Request, Response, Uri, header};
use http_body_util::Full;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::client::conn::TrySendError;
use hyper::client::conn::http1::{self, Connection, SendRequest};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use parking_lot::Mutex;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};
use tower::ServiceExt as _;
use url::Url;

use crate::providers::Sent;
use crate::providers::answer::{Answered, chain};

/// How long a connection rests at most; below the 60 s after which many servers close theirs.
pub(super) const IDLE_MAX: Duration = Duration::from_secs(30);
/// Connections to one provider that rest at most.
const RESTING_MAX: usize = 256;
/// When a silent connection is first asked by TCP whether its other end is there.
const KEEPALIVE: Duration = Duration::from_secs(15);

/// Connections to one address.
pub(crate) struct Lines {
    base: Uri,
    host: HeaderValue,
    connector: HttpConnector,
    resting: Mutex<Resters>,
}

#[derive(Default)]
struct Resters {
    /// Oldest first.
    lines: VecDeque<Resting>,
    /// Whether somebody will close those that have rested for too long.
    is_watched: bool,
}

struct Resting {
    line: Box<Line>,
    since: Instant,
}

/// Why nobody answered.
pub(crate) enum Missed {
    /// It took too long to connect.
    Late,
    /// There is no connection, for this reason.
    Away(String),
    /// The connection broke off, for this reason.
    Broke(String),
}

impl Lines {
    /// Prepares connections to `base`. `None` where its address is no plain one: TLS, or with a name and password in it.
    pub(crate) fn new(base: &Url) -> Option<Arc<Self>> {
        if base.scheme() != "http" || !base.username().is_empty() || base.password().is_some() {
            return None;
        }
        let mut host = base.host_str()?.to_owned();
        if let Some(port) = base.port() {
            host = format!("{host}:{port}");
        }
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_keepalive(Some(KEEPALIVE));
        Some(Arc::new(Self {
            host: HeaderValue::from_str(&host).ok()?,
            base: base.as_str().parse().ok()?,
            connector,
            resting: Mutex::default(),
        }))
    }

    /// Posts `body` to `url`, which has to be of the same address, and waits for the head of the answer. A connection may take
    /// `connect`; once there is one, `body` counts as `sent`. Dropping the future, or the answer before its end, closes the
    /// connection.
    pub(crate) async fn post(
        self: &Arc<Self>,
        url: &Url,
        mut headers: HeaderMap,
        body: Bytes,
        (connect, sent): (Duration, &Sent),
    ) -> Result<Answered, Missed> {
        headers.insert(header::HOST, self.host.clone());
        headers.entry(header::ACCEPT).or_insert(HeaderValue::from_static("*/*"));
        let mut path = url.path().to_owned();
        if let Some(query) = url.query() {
            path = format!("{path}?{query}");
        }
        let request = Request::post(path).body(Full::new(body));
        let mut request = request.map_err(|e| Missed::Broke(chain(&e)))?;
        *request.headers_mut() = headers;
        loop {
            let (mut line, is_new) = match self.rested() {
                Some(line) => (line, false),
                None => (self.connect(connect).await?, true),
            };
            sent.note(true);
            match line.ask(request).await {
                Ok(answer) => {
                    let line = Some(line);
                    let lines = self.clone();
                    return Ok(answer.map(|body| reqwest::Body::wrap(Reading { body, line, lines })));
                }
                // It was closed while it rested, and nothing was sent.
                Err(mut unsent) => match unsent.take_message().filter(|_| !is_new) {
                    Some(again) => {
                        sent.note(false);
                        request = again;
                    }
                    None => return Err(Missed::Broke(chain(unsent.error()))),
                },
            }
        }
    }

    async fn connect(&self, within: Duration) -> Result<Box<Line>, Missed> {
        let connected = timeout(within, self.connector.clone().oneshot(self.base.clone())).await;
        let io = connected.map_err(|_| Missed::Late)?;
        let io = io.map_err(|e| Missed::Away(chain(&e)))?;
        let (sender, run) = http1::handshake(io).await.map_err(|e| Missed::Away(chain(&e)))?;
        Ok(Box::new(Line {
            sender,
            run: Run(Some(run)),
            waking: SelfWaking::default(),
        }))
    }

    /// Takes a connection that rests, if one is alive: the youngest, so that those that are not needed grow old and go.
    fn rested(&self) -> Option<Box<Line>> {
        let mut resting = self.resting.lock();
        while let Some(Resting { mut line, since }) = resting.lines.pop_back() {
            if since.elapsed() < IDLE_MAX && line.is_idle() {
                return Some(line);
            }
        }
        None
    }

    /// Lays a connection to rest whose answer was read to its end.
    fn rest(self: &Arc<Self>, mut line: Box<Line>) {
        if !line.is_idle() {
            return;
        }
        line.waking.part();
        let since = Instant::now();
        let mut resting = self.resting.lock();
        if resting.lines.len() >= RESTING_MAX {
            resting.lines.pop_front();
        }
        resting.lines.push_back(Resting { line, since });
        if !std::mem::replace(&mut resting.is_watched, true) {
            tokio::spawn(Self::tidy(Arc::downgrade(self)));
        }
    }

    /// Closes connections that have rested for too long, until there is none.
    async fn tidy(lines: Weak<Self>) {
        loop {
            sleep(IDLE_MAX).await;
            let Some(lines) = lines.upgrade() else { return };
            let mut resting = lines.resting.lock();
            let old = resting.lines.partition_point(|one| one.since.elapsed() >= IDLE_MAX);
            resting.lines.drain(..old);
            if resting.lines.is_empty() {
                resting.is_watched = false;
                return;
            }
        }
    }
}

/// One connection, with what drives it: large, and handed on a few times in each call, so it stays in one place.
struct Line {
    sender: SendRequest<Full<Bytes>>,
    run: Run,
    waking: SelfWaking,
}

/// What moves bytes; none once the connection has ended. What it failed with is told to who waits for an answer.
struct Run(Option<Connection<TokioIo<TcpStream>, Full<Bytes>>>);

impl Run {
    fn go_on(&mut self, cx: &mut Context<'_>) {
        if let Some(run) = &mut self.0
            && Pin::new(run).poll(cx).is_ready()
        {
            self.0 = None;
        }
    }

    /// Polls who waits for something of the connection, and then the connection.
    fn then<T>(&mut self, cx: &mut Context<'_>, waits: impl FnOnce(&mut Context<'_>) -> Poll<T>) -> Poll<T> {
        let polled = waits(cx);
        if polled.is_pending() {
            self.go_on(cx);
        }
        polled
    }
}

impl Line {
    async fn ask(
        &mut self,
        request: Request<Full<Bytes>>,
    ) -> Result<Response<Incoming>, TrySendError<Request<Full<Bytes>>>> {
        let mut answer = pin!(self.sender.try_send_request(request));
        let (run, waking) = (&mut self.run, &self.waking);
        poll_fn(|cx| waking.poll(cx, |cx| run.then(cx, |cx| answer.as_mut().poll(cx)))).await
    }

    /// Tells whether it lives and waits for a request.
    fn is_idle(&mut self) -> bool {
        self.run.go_on(&mut self.waking.context());
        self.run.0.is_some() && self.sender.is_ready()
    }
}

/// The body of an answer; at its end the connection rests.
struct Reading {
    body: Incoming,
    line: Option<Box<Line>>,
    lines: Arc<Lines>,
}

impl HttpBody for Reading {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let Self { body, line, lines } = &mut *self;
        let Some(Line { run, waking, .. }) = line.as_deref_mut() else {
            return Pin::new(body).poll_frame(cx);
        };
        let polled = waking.poll(cx, |cx| run.then(cx, |cx| Pin::new(&mut *body).poll_frame(cx)));
        if let Poll::Ready(None) = polled
            && let Some(line) = line.take()
        {
            lines.rest(line);
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests;
