//! Owns the way of spans to a collector: OTLP over HTTP, as JSON (OpenTelemetry protocol 1.x). Off unless it was started: then nothing is made
//! or kept. A span that cannot be sent is lost and counted, and holds up nobody. Refuses to know what a span is of.

use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::Trace;

/// Spans that wait to be sent; further ones are lost.
pub const WAITING_MAX: usize = 4_096;
/// Spans of one request.
pub const BATCH_MAX: usize = 512;
/// How long a span waits for others to go with it.
const GATHER: Duration = Duration::from_secs(1);
/// Longest wait for the collector's answer.
const ANSWER_MAX: Duration = Duration::from_secs(10);
/// Pauses before a batch is sent again to a collector that is away or busy; then it is lost.
const PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(4)];
/// How long a stop waits for what is left.
const FAREWELL: Duration = Duration::from_millis(500);

static EXPORT: OnceLock<Export> = OnceLock::new();

struct Export {
    spans: mpsc::Sender<Ended>,
    /// Traces whose number is below are sampled.
    below: u64,
}

/// What part a deed has in a call, by OTLP's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Answers a request.
    Server = 2,
    /// Deals with an event.
    Consumer = 5,
}

/// A deed that has ended.
#[derive(Clone, Debug)]
pub struct Span {
    /// Which.
    pub trace: Trace,
    /// What caused it.
    pub parent: Option<u64>,
    /// Its part.
    pub kind: Kind,
    /// What it is called; of few different names.
    pub name: String,
    /// When it began.
    pub begun: Instant,
    /// Whether it failed by our fault.
    pub failed: bool,
    /// What else is known, by OpenTelemetry's names: strings and whole numbers.
    pub attributes: Vec<(&'static str, Value)>,
}

/// A deed with the time that it took, and when it ended.
struct Ended {
    span: Span,
    took: Duration,
    at: Duration,
}

/// Tells whether a new trace of this id is to be shown. Never while the export is off.
pub fn samples(id: u128) -> bool {
    let low = u64::try_from(id & u128::from(u64::MAX)).unwrap_or(u64::MAX);
    EXPORT.get().is_some_and(|export| low < export.below)
}

/// Gives a deed of `trace` to the export; `make` is called only if it is to be shown.
pub fn end(trace: &Trace, make: impl FnOnce() -> Span) {
    if !trace.sampled {
        return;
    }
    let Some(export) = EXPORT.get() else { return };
    let span = make();
    let (took, at) = (span.begun.elapsed(), now());
    if export.spans.try_send(Ended { span, took, at }).is_err() {
        metrics::counter!("spans_lost_total", "why" => "full").increment(1);
    }
}

/// The export at work.
pub struct Exporter {
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Exporter {
    /// Begins to send spans to the collector at `url` (`http://collector:4318`), of `share` of the traces that begin here. `resource` says who
    /// sends. Once in a process; fails when the URL is none.
    pub fn start(url: &str, share: f64, resource: &[(&'static str, String)]) -> Result<Self, String> {
        let url = format!("{}/v1/traces", url.trim_end_matches('/'));
        let wrong = |e: &dyn std::fmt::Display| format!("[telemetry] otlpUrl: {e}");
        let parsed = reqwest::Url::parse(&url).map_err(|e| wrong(&e))?;
        let mut builder = reqwest::Client::builder()
            .timeout(ANSWER_MAX)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never());
        if parsed.scheme() == "http" {
            // It never comes to TLS, so a machine without root certificates is no hindrance.
            builder = builder.tls_certs_only([]).no_proxy();
        }
        let client = builder.build().map_err(|e| wrong(&e))?;
        let (to, spans) = mpsc::channel(WAITING_MAX);
        // Every share of the numbers; `as` ends at the greatest.
        let below = (share.clamp(0.0, 1.0) * u64::MAX as f64) as u64;
        if EXPORT.set(Export { spans: to, below }).is_err() {
            return Err("spans are exported already".into());
        }
        let resource: Vec<Value> = resource
            .iter()
            .map(|(key, value)| attribute(key, &json!(value)))
            .collect();
        let sender = Sender {
            client,
            url,
            resource: json!({ "attributes": resource }),
            is_away: false,
        };
        let stop = CancellationToken::new();
        let task = tokio::spawn(sender.run(spans, stop.clone()));
        Ok(Self { stop, task })
    }

    /// Sends what is left, for a moment, and ends.
    pub async fn stop(self) {
        self.stop.cancel();
        if tokio::time::timeout(FAREWELL, self.task).await.is_err() {
            tracing::warn!("the last spans were not sent");
        }
    }
}

struct Sender {
    client: reqwest::Client,
    url: String,
    resource: Value,
    /// So that it is said once.
    is_away: bool,
}

impl Sender {
    async fn run(mut self, mut spans: mpsc::Receiver<Ended>, stop: CancellationToken) {
        let mut batch = Vec::new();
        while !stop.is_cancelled() {
            tokio::select! {
                () = stop.cancelled() => {}
                () = gather(&mut spans, &mut batch) => self.send(std::mem::take(&mut batch), &stop).await,
            }
        }
        spans.close();
        while !batch.is_empty() || spans.recv_many(&mut batch, BATCH_MAX).await > 0 {
            self.send(std::mem::take(&mut batch), &stop).await;
        }
    }

    /// Sends a batch, again while the collector asks for patience; after a stop only once.
    async fn send(&mut self, batch: Vec<Ended>, stop: &CancellationToken) {
        let count = batch.len() as u64;
        let spans: Vec<Value> = batch.into_iter().map(encode).collect();
        let body = json!({ "resourceSpans": [{
            "resource": self.resource,
            "scopeSpans": [{ "scope": { "name": "aichat", "version": env!("CARGO_PKG_VERSION") }, "spans": spans }],
        }]});
        let body = Bytes::from(body.to_string());
        let mut pauses = PAUSES.iter();
        let (label, why) = loop {
            let why = match self.post(body.clone()).await {
                Ok(status) if status.is_success() => {
                    metrics::counter!("spans_sent_total").increment(count);
                    self.is_away = false;
                    return;
                }
                Ok(status) if !asks_for_patience(status) => break ("refused", status.to_string()),
                Ok(status) => status.to_string(),
                Err(error) => error.to_string(),
            };
            let Some(pause) = pauses.next().filter(|_| !stop.is_cancelled()) else {
                break ("away", why);
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(*pause) => {}
            }
        };
        metrics::counter!("spans_lost_total", "why" => label).increment(count);
        if !std::mem::replace(&mut self.is_away, true) {
            tracing::warn!(why, "the collector takes no spans; they are lost until it does");
        }
    }

    async fn post(&self, body: Bytes) -> reqwest::Result<StatusCode> {
        let request = self.client.post(&self.url).header("content-type", "application/json");
        Ok(request.body(body).send().await?.status())
    }
}

/// The protocol's list of answers after which the same may be sent again.
fn asks_for_patience(status: StatusCode) -> bool {
    matches!(status.as_u16(), 429 | 502 | 503 | 504)
}

/// Waits for a span, then a moment for others. What is in `batch` stays there when it is dropped.
async fn gather(spans: &mut mpsc::Receiver<Ended>, batch: &mut Vec<Ended>) {
    if batch.is_empty() {
        spans.recv_many(batch, BATCH_MAX).await;
    }
    let more = async {
        while batch.len() < BATCH_MAX {
            let room = BATCH_MAX - batch.len();
            if spans.recv_many(batch, room).await == 0 {
                return;
            }
        }
    };
    // The time is up: what is there goes.
    let _ = tokio::time::timeout(GATHER, more).await;
}

/// Writes a span as OTLP has it in JSON: ids in hex, times and whole numbers as strings.
fn encode(Ended { span, took, at }: Ended) -> Value {
    let attributes: Vec<Value> = span
        .attributes
        .iter()
        .map(|(key, value)| attribute(key, value))
        .collect();
    let mut written = json!({
        "traceId": span.trace.hex(),
        "spanId": format!("{:016x}", span.trace.span),
        "name": span.name,
        "kind": span.kind as i32,
        "startTimeUnixNano": at.saturating_sub(took).as_nanos().to_string(),
        "endTimeUnixNano": at.as_nanos().to_string(),
        "attributes": attributes,
        "status": if span.failed { json!({ "code": 2 }) } else { json!({}) },
    });
    if let (Some(parent), Some(written)) = (span.parent, written.as_object_mut()) {
        written.insert("parentSpanId".into(), json!(format!("{parent:016x}")));
    }
    written
}

fn attribute(key: &str, value: &Value) -> Value {
    match value {
        Value::Number(number) => json!({ "key": key, "value": { "intValue": number.to_string() } }),
        Value::String(text) => json!({ "key": key, "value": { "stringValue": text } }),
        other => json!({ "key": key, "value": { "stringValue": other.to_string() } }),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a span's time is told to a collector; nothing is decided by it"
)]
fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}
