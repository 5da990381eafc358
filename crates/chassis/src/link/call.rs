//! Owns the calling side: one request to one replica after the other until somebody answers, the time or the tries are
//! over, or nothing may be tried again. Refuses to know what is asked.

use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use contracts::own_data::OwnItem;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use http::{HeaderValue, Method as Verb, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use kernel::{Ambient, ErrorCode, Fault, Page, UserId};
use parking_lot::Mutex;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, timeout_at};

use super::identity::{Identity, TOKEN};
use super::replicas::{Replicas, Seat};
use super::serve::{no_method, other_version};
use super::wire::read_fault;
use crate::Trail;
use crate::http::{DEADLINE, REQUEST_ID, TRACEPARENT};
use crate::resilience::{Budget, Share};

/// How long a connection may take to be made.
pub const CONNECT_MAX: Duration = Duration::from_secs(1);
/// How long one replica may take to answer what can be asked of another as well.
pub const TRY_MAX: Duration = Duration::from_secs(5);
/// How long a call may take, with all tries, a stream up to its head; less when the caller's own deadline is nearer.
pub const CALL_MAX: Duration = Duration::from_secs(10);
/// How often a call is sent at most.
pub const TRIES_MAX: usize = 3;
/// When nobody of a service can be reached, calls wait for so long after that began: a process may be started again without
/// a failed call. Afterwards they fail at once, until somebody is there.
pub const PATIENCE: Duration = Duration::from_secs(5);
/// How long nothing may come of a stream: its owner shows every [`super::STREAM_BEAT`] that it is there, however long the model
/// behind it thinks.
pub const STREAM_SILENCE_MAX: Duration = Duration::from_secs(90);
/// Largest answer that is no stream: 1,000 messages at their longest.
pub const ANSWER_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Largest piece of a stream.
pub const PIECE_BYTES_MAX: usize = 1024 * 1024;
/// An idle connection is closed after so long; before the other side would ([`crate::http::HEAD_MAX`]).
pub const IDLE_MAX: Duration = Duration::from_secs(20);
/// Idle connections that are kept to one replica.
pub const IDLE_CONNECTIONS_MAX: usize = 256;
/// What each call puts into the budget of retries, in thousandths of a retry: 100 = one retry for ten calls.
pub const RETRY_SHARE_PERMILLE: u32 = 100;
/// Retries that a link has at its start.
pub const RETRY_TOKENS_MIN: u32 = 10;
/// Retries that can be saved up.
pub const RETRY_TOKENS_MAX: u32 = 100;
/// The budget of a link.
const RETRIES: Share = Share {
    permille: RETRY_SHARE_PERMILLE,
    start: RETRY_TOKENS_MIN,
    most: RETRY_TOKENS_MAX,
    per_minute: 0,
};
/// Largest fault or foreign answer that is read.
const FAULT_BYTES_MAX: usize = 64 * 1024;
/// Pause before the first retry, doubled each time, drawn from half to one and a half of it.
const RETRY_PAUSE: Duration = Duration::from_millis(10);
/// Longest such pause.
const RETRY_PAUSE_MAX: Duration = Duration::from_millis(160);

pub(super) type Transport = Client<HttpConnector, Full<Bytes>>;

/// Makes what all links of a process share: the connections.
pub(super) fn transport() -> Transport {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    connector.set_connect_timeout(Some(CONNECT_MAX));
    Client::builder(TokioExecutor::new())
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE_MAX)
        .pool_max_idle_per_host(IDLE_CONNECTIONS_MAX)
        .build(connector)
}

/// A line of the table.
pub(super) struct Method {
    pub(super) path: &'static str,
    /// Whether it may be done twice.
    pub(super) repeats: bool,
}

/// The way to one service, over all its replicas.
pub struct Link {
    service: &'static str,
    replicas: Arc<Replicas>,
    transport: Transport,
    identity: Arc<Identity>,
    budget: Budget,
    /// Since when nobody could be reached.
    away: Mutex<Option<Instant>>,
    ambient: Ambient,
}

/// A contract that another process answers.
pub struct Remote<C: ?Sized> {
    pub(super) link: Arc<Link>,
    contract: PhantomData<fn(&C)>,
}

impl<C: ?Sized> Remote<C> {
    pub(super) fn new(link: Arc<Link>) -> Self {
        Self {
            link,
            contract: PhantomData,
        }
    }
}

/// One call, however often it is tried.
struct Ask<'a> {
    verb: Verb,
    path: &'a str,
    body: Bytes,
    home: Option<&'a str>,
    repeats: bool,
    streams: bool,
    trail: Trail,
}

impl<'a> Ask<'a> {
    /// What may be done twice, anywhere, on the trail of the request that this task handles.
    fn new(verb: Verb, path: &'a str, body: Bytes) -> Self {
        Self {
            verb,
            path,
            body,
            home: None,
            repeats: true,
            streams: false,
            trail: Trail::current(),
        }
    }
}

/// What a try ended with.
enum Answer {
    /// All of it.
    Whole(Bytes),
    /// The beginning of a stream.
    Begun(Seat, Incoming),
}

/// Why a try has no result.
enum Failure {
    /// Nobody has seen it.
    NotSent(String),
    /// Somebody may have done it.
    Broken(String),
    /// The same, but nobody said so in time.
    Silent,
    /// The owner has answered.
    Answered(Fault),
}

impl Failure {
    fn name(&self) -> &'static str {
        match self {
            Self::NotSent(_) => "not_sent",
            Self::Broken(_) => "broken",
            Self::Silent => "silent",
            Self::Answered(_) => "answered",
        }
    }
}

impl Link {
    pub(super) fn open(
        service: &'static str,
        addresses: &[String],
        transport: Transport,
        identity: Arc<Identity>,
        ambient: Ambient,
    ) -> Result<Self, String> {
        metrics::counter!("link_nobody_total", "service" => service).increment(0);
        for why in ["not_sent", "broken", "silent"] {
            metrics::counter!("link_failures_total", "service" => service, "why" => why).increment(0);
        }
        Ok(Self {
            service,
            replicas: Replicas::open(service, addresses, ambient.clone())?,
            transport,
            identity,
            budget: Budget::new(RETRIES),
            away: Mutex::default(),
            ambient,
        })
    }

    /// Asks for the service's part of the OpenAPI document.
    pub async fn get_openapi(&self) -> Result<serde_json::Value, Fault> {
        let path = super::serve::openapi_path(self.service);
        let ask = Ask::new(Verb::GET, &path, Bytes::new());
        serde_json::from_slice(&self.whole(&ask).await?).map_err(Fault::internal)
    }

    /// Asks for some of a person's own data.
    pub(super) async fn get_own_data(&self, user: UserId, cursor: Option<&str>) -> Result<Page<OwnItem>, Fault> {
        let path = super::serve::own_data_path(self.service);
        let ask = Ask::new(Verb::POST, &path, encode(&(user, cursor))?);
        serde_json::from_slice(&self.whole(&ask).await?)
            .map_err(|e| other_version(&format!("the answer of {path}: {e}")))
    }

    /// Asks for a result.
    pub(super) async fn call<R: DeserializeOwned>(
        &self,
        method: &Method,
        home: Option<&str>,
        arguments: &(impl Serialize + Sync),
    ) -> Result<R, Fault> {
        let ask = Ask {
            home,
            repeats: method.repeats,
            ..Ask::new(Verb::POST, method.path, encode(arguments)?)
        };
        serde_json::from_slice(&self.whole(&ask).await?)
            .map_err(|e| other_version(&format!("the answer of {}: {e}", method.path)))
    }

    async fn whole(&self, ask: &Ask<'_>) -> Result<Bytes, Fault> {
        match self.tries(ask).await? {
            Answer::Whole(answer) => Ok(answer),
            Answer::Begun(..) => Err(Fault::internal(format!("{} is a stream", ask.path))),
        }
    }

    /// Asks for a stream, and waits until it begins or cannot. Dropping it closes the connection, which drops the owner's side.
    pub(super) async fn stream<T: DeserializeOwned + Send + 'static>(
        &self,
        method: &Method,
        arguments: &(impl Serialize + Sync),
    ) -> Result<BoxStream<'static, Result<T, Fault>>, Fault> {
        let ask = Ask {
            streams: true,
            repeats: method.repeats,
            ..Ask::new(Verb::POST, method.path, encode(arguments)?)
        };
        let mut lines = match self.tries(&ask).await? {
            Answer::Whole(whole) => Lines::new(self.service, None, whole.into()),
            Answer::Begun(seat, body) => Lines::new(self.service, Some((seat, body)), Vec::new()),
        };
        let first: Option<T> = lines.next().await.transpose()?;
        let rest = futures::stream::unfold(lines, |mut lines| async move { Some((lines.next().await?, lines)) });
        Ok(futures::stream::iter(first.map(Ok)).chain(rest).boxed())
    }

    /// Tries one replica after the other.
    async fn tries(&self, ask: &Ask<'_>) -> Result<Answer, Fault> {
        let begun = Instant::now();
        let until = ask
            .trail
            .deadline
            .map_or(begun + CALL_MAX, |deadline| deadline.min(begun + CALL_MAX));
        let mut pauses = (0..).map(|n: u32| (RETRY_PAUSE * (1 << n.min(8))).min(RETRY_PAUSE_MAX));
        let (mut tried, mut sent) = (Vec::new(), 0);
        self.budget.deposit();
        loop {
            let end = match self.replicas.choose(ask.home, &tried).await {
                Ok(seat) => {
                    tried.push(seat.authority().clone());
                    let patience = if ask.repeats { TRY_MAX } else { CALL_MAX };
                    self.attempt(ask, seat, until.min(Instant::now() + patience)).await
                }
                Err(nobody) => Err(Failure::NotSent(nobody.detail)),
            };
            let failure = match end {
                Ok(answer) => {
                    *self.away.lock() = None;
                    let seconds = begun.elapsed().as_secs_f64();
                    metrics::histogram!("link_call_seconds", "service" => self.service).record(seconds);
                    return Ok(answer);
                }
                Err(Failure::Answered(fault)) => {
                    *self.away.lock() = None;
                    return Err(fault);
                }
                Err(failure) => failure,
            };
            metrics::counter!("link_failures_total", "service" => self.service, "why" => failure.name()).increment(1);
            let again_at = Instant::now() + self.ambient.jitter(pauses.next().unwrap_or(RETRY_PAUSE_MAX), 0.5);
            let may = match failure {
                Failure::NotSent(_) => again_at < *self.away.lock().get_or_insert(begun) + PATIENCE,
                _ => {
                    sent += 1;
                    ask.repeats && sent < TRIES_MAX && self.has_retry()
                }
            };
            if !may || again_at >= until {
                return Err(self.fault(&failure));
            }
            tokio::time::sleep_until(again_at).await;
        }
    }

    fn has_retry(&self) -> bool {
        let taken = self.budget.withdraw(Instant::now());
        if !taken {
            metrics::counter!("link_retries_refused_total").increment(1);
        }
        taken
    }

    /// Asks one replica.
    async fn attempt(&self, ask: &Ask<'_>, seat: Seat, until: Instant) -> Result<Answer, Failure> {
        let response = self.head(ask, &seat, until).await?;
        if ask.streams {
            seat.worked();
            return Ok(Answer::Begun(seat, response.into_body()));
        }
        let answer = Limited::new(response.into_body(), ANSWER_BYTES_MAX).collect();
        let failure = match timeout_at(until, answer).await {
            Ok(Ok(answer)) => {
                seat.worked();
                return Ok(Answer::Whole(answer.to_bytes()));
            }
            Ok(Err(e)) => Failure::Broken(e.to_string()),
            Err(_) => Failure::Silent,
        };
        seat.failed();
        Err(failure)
    }

    /// Asks one replica, up to the head of a good answer.
    async fn head(&self, ask: &Ask<'_>, seat: &Seat, until: Instant) -> Result<Response<Incoming>, Failure> {
        let request = self.request(ask, seat, until).map_err(Failure::Answered)?;
        let failure = match timeout_at(until, self.transport.request(request)).await {
            Ok(Ok(response)) if response.status() == StatusCode::OK => return Ok(response),
            Ok(Ok(response)) => match timeout_at(until, other(ask.path, response)).await {
                Ok(failure) => failure,
                Err(_) => Failure::Silent,
            },
            Ok(Err(e)) if e.is_connect() => Failure::NotSent(e.to_string()),
            Ok(Err(e)) => Failure::Broken(e.to_string()),
            Err(_) => Failure::Silent,
        };
        match &failure {
            Failure::Answered(_) => seat.worked(),
            _ => seat.failed(),
        }
        Err(failure)
    }

    fn request(&self, ask: &Ask<'_>, seat: &Seat, until: Instant) -> Result<Request<Full<Bytes>>, Fault> {
        let left = until.saturating_duration_since(Instant::now()).as_millis();
        let mut request = Request::builder()
            .method(&ask.verb)
            .uri(format!("http://{}{}", seat.authority(), ask.path))
            .header(header::HOST, seat.host())
            .header(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .header(TOKEN, self.identity.token_for(self.service)?)
            .header(DEADLINE, HeaderValue::from(u64::try_from(left).unwrap_or(u64::MAX)));
        if let Some(id) = &ask.trail.request_id {
            request = request.header(REQUEST_ID, &**id);
        }
        if let Some(trace) = &ask.trail.trace {
            request = request.header(TRACEPARENT, trace.to_string());
        }
        request.body(Full::new(ask.body.clone())).map_err(Fault::internal)
    }

    fn fault(&self, failure: &Failure) -> Fault {
        let service = self.service;
        match failure {
            Failure::Answered(fault) => fault.clone(),
            Failure::Silent => Fault::new(ErrorCode::Timeout, "link.timeout", format!("{service} took too long.")),
            Failure::NotSent(why) | Failure::Broken(why) => {
                tracing::warn!(service, "a call failed: {why}");
                let words = format!("{service} does not answer now.");
                Fault::unavailable("link.unavailable", words, super::OPEN_FOR)
            }
        }
    }
}

fn encode(arguments: &impl Serialize) -> Result<Bytes, Fault> {
    serde_json::to_vec(arguments).map(Bytes::from).map_err(Fault::internal)
}

/// Reads what is no good answer: the owner's fault, or something that the process around it says.
async fn other(path: &str, response: Response<Incoming>) -> Failure {
    let status = response.status();
    let body = match Limited::new(response.into_body(), FAULT_BYTES_MAX).collect().await {
        Ok(body) => body.to_bytes(),
        Err(e) => return Failure::Broken(e.to_string()),
    };
    if let Some(fault) = read_fault(&body) {
        return Failure::Answered(fault);
    }
    let words = format!("{path}: {status} {}", String::from_utf8_lossy(&body));
    match status.as_u16() {
        408 | 429 | 502..=504 => Failure::Broken(words),
        404 => Failure::Answered(no_method(&words)),
        // Another secret: nothing that the caller's own caller has done wrong.
        _ => Failure::Answered(Fault::internal(words)),
    }
}

/// A stream as it is read: one value a line; white space beside them says only that the owner is there.
struct Lines {
    service: &'static str,
    /// Gone when the stream has ended.
    body: Option<(Seat, Incoming)>,
    buffer: Vec<u8>,
}

impl Lines {
    fn new(service: &'static str, body: Option<(Seat, Incoming)>, buffer: Vec<u8>) -> Self {
        Self { service, body, buffer }
    }

    async fn next<T: DeserializeOwned>(&mut self) -> Option<Result<T, Fault>> {
        loop {
            if let Some(end) = self.buffer.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.buffer.drain(..=end).collect();
                if line.trim_ascii().is_empty() {
                    continue;
                }
                let piece = serde_json::from_slice(&line);
                return Some(
                    piece.unwrap_or_else(|e| Err(other_version(&format!("a piece of {}: {e}", self.service)))),
                );
            }
            if self.buffer.len() > PIECE_BYTES_MAX {
                return self.broken("a piece is too large");
            }
            match tokio::time::timeout(STREAM_SILENCE_MAX, self.body.as_mut()?.1.frame()).await {
                Ok(Some(Ok(frame))) => self.buffer.extend(frame.into_data().unwrap_or_default()),
                Ok(Some(Err(e))) => return self.broken(&e.to_string()),
                Ok(None) if self.buffer.trim_ascii().is_empty() => return None,
                Ok(None) => return self.broken("the last piece has no end"),
                Err(_) => return self.broken("silence"),
            }
        }
    }

    fn broken<T>(&mut self, why: &str) -> Option<Result<T, Fault>> {
        self.body = None;
        self.buffer.clear();
        let service = self.service;
        tracing::warn!(service, "a stream broke: {why}");
        Some(Err(Fault::unavailable(
            "link.broken",
            format!("{service} broke off."),
            super::OPEN_FOR,
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn white_space_beside_the_lines_of_a_stream_is_no_piece() {
        let read = b"\n  {\"Ok\":1}\n\n {\"Ok\":2}\n ".to_vec();
        let mut lines = Lines::new("auth", None, read);
        assert_eq!(lines.next::<u32>().await, Some(Ok(1)));
        assert_eq!(lines.next::<u32>().await, Some(Ok(2)));
        assert_eq!(lines.next::<u32>().await, None);
    }

    #[tokio::test]
    async fn a_piece_of_another_version_is_an_outage() {
        let mut lines = Lines::new("auth", None, b"{\"Ok\":\"of later\"}\n".to_vec());
        let fault = lines.next::<u32>().await.unwrap().unwrap_err();
        assert_eq!(
            (fault.kind, &*fault.code),
            (ErrorCode::Unavailable, "link.other_version")
        );
    }
}
