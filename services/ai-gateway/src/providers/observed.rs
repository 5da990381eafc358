//! Owns how a provider's calls are seen from outside, whatever the dialect: a span for each, in the words of OpenTelemetry's
//! semantic conventions for generative AI, and what is counted of it. Refuses to show prompts, answers and keys.

use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt as _};
use kernel::Fault;
use serde::Deserialize;
use serde_json::json;
use tracing::Span;
use tracing::field::Empty;

use crate::domain::delta::Delta;
use crate::domain::messages::{MessageTap, Said};
use crate::domain::models::Models;
use crate::domain::tail::{Learned, Tail};
use crate::error::{Error, quote};
use crate::providers::series::{Ended, Series};
use crate::providers::{Ask, Messages, Provider, Reply};

/// An event of Anthropic's dialect that is larger is not read.
const EVENT_BYTES_MAX: usize = 1024 * 1024;
/// `error.type` of a call whose caller went away before its end.
const CANCELLED: &str = "cancelled";
/// `error.type` of an answer that broke off, or told its failure itself.
const FAILED: &str = "ai.upstream_failed";
/// A larger request is not read again for its span.
const SPAN_BODY_BYTES_MAX: usize = 64 * 1024;

/// What a provider writes, frame by frame.
type Frames = BoxStream<'static, Result<Bytes, Error>>;

/// A provider whose calls are seen.
pub(crate) struct Observed {
    inner: Arc<dyn Provider>,
    series: Arc<Series>,
}

impl Observed {
    /// Watches `inner`, which the operator calls `provider` and whose listed models are `models`.
    pub(crate) fn new(inner: Arc<dyn Provider>, provider: &str, models: Models) -> Self {
        Self {
            inner,
            series: Arc::new(Series::new(provider, models)),
        }
    }

    fn watch(
        mut call: Operation,
        reply: Result<Reply, Error>,
        watched: fn(Frames, Operation) -> Frames,
    ) -> Result<Reply, Error> {
        match reply {
            Err(error) => {
                call.fail(&error);
                Err(error)
            }
            Ok(Reply::Frames { content_type, frames }) => Ok(Reply::Frames {
                content_type,
                frames: watched(frames, call),
            }),
            Ok(Reply::Deltas(deltas)) => Ok(Reply::Deltas(watched_deltas(deltas, call))),
            Ok(whole) => {
                if let Reply::Whole(answer) = &whole {
                    call.learned.clone_from(&answer.learned);
                }
                Ok(whole)
            }
        }
    }
}

#[async_trait]
impl Provider for Observed {
    async fn chat(&self, ask: Ask) -> Result<Reply, Error> {
        let call = Operation::begin(self.series.clone(), "chat", &ask);
        Self::watch(call, self.inner.chat(ask).await, watched_frames)
    }

    async fn embed(&self, ask: Ask) -> Result<Reply, Error> {
        let call = Operation::begin(self.series.clone(), "embeddings", &ask);
        Self::watch(call, self.inner.embed(ask).await, watched_frames)
    }

    fn messages(&self) -> Option<&dyn Messages> {
        self.inner.messages().map(|_| self as &dyn Messages)
    }

    async fn find_models(&self) -> Option<Result<Vec<String>, Error>> {
        self.inner.find_models().await
    }

    fn is_demo(&self) -> bool {
        self.inner.is_demo()
    }

    fn passes_on(&self) -> bool {
        self.inner.passes_on()
    }

    fn max_tokens_field(&self) -> &'static str {
        self.inner.max_tokens_field()
    }

    fn takes_top_k(&self) -> bool {
        self.inner.takes_top_k()
    }
}

#[async_trait]
impl Messages for Observed {
    async fn create(&self, ask: Ask) -> Result<Reply, Error> {
        let call = Operation::begin(self.series.clone(), "chat", &ask);
        let asked = ask.model.clone();
        let native = self.inner.messages().ok_or(Error::ModelNotFound(asked))?;
        Self::watch(call, native.create(ask).await, watched_messages)
    }

    async fn count(&self, ask: Ask) -> Result<Bytes, Error> {
        let asked = ask.model.clone();
        let native = self.inner.messages().ok_or(Error::ModelNotFound(asked))?;
        native.count(ask).await
    }
}

/// Watches frames of Anthropic's dialect.
fn watched_messages(frames: Frames, call: Operation) -> Frames {
    let tap = MessageTap::new(EVENT_BYTES_MAX);
    stream::unfold(Some((frames, tap, call)), |state| async move {
        let (mut frames, mut tap, mut call) = state?;
        let Some(next) = frames.next().await else {
            call.exhausted = true;
            return None;
        };
        match next {
            Ok(frame) => {
                call.see(&frame);
                tap.watch(&frame);
                (call.learned.usage, call.learned.ended) = (tap.usage(), tap.finished);
                call.learned.failed = tap.failed;
                // Once, at its beginning; the reason comes with the end.
                if tap.finished || call.learned.id.is_none() && tap.said.id.is_some() {
                    call.learn(tap.said.clone());
                }
                Some((Ok(frame), Some((frames, tap, call))))
            }
            Err(error) => {
                call.fail(&error);
                Some((Err(error), None))
            }
        }
    })
    .boxed()
}

fn watched_frames(frames: Frames, call: Operation) -> Frames {
    stream::unfold(Some((frames, call)), |state| async move {
        let (mut frames, mut call) = state?;
        let Some(next) = frames.next().await else {
            call.exhausted = true;
            return None;
        };
        match next {
            Ok(frame) => {
                call.see(&frame);
                call.tail.add(&frame);
                Some((Ok(frame), Some((frames, call))))
            }
            Err(error) => {
                call.fail(&error);
                Some((Err(error), None))
            }
        }
    })
    .boxed()
}

fn watched_deltas(
    deltas: BoxStream<'static, Result<Delta, Error>>,
    call: Operation,
) -> BoxStream<'static, Result<Delta, Error>> {
    stream::unfold(Some((deltas, call)), |state| async move {
        let (mut deltas, mut call) = state?;
        let Some(next) = deltas.next().await else {
            call.exhausted = true;
            return None;
        };
        match next {
            Ok(delta) => {
                call.first = call.first.or_else(|| Some(Instant::now()));
                if let Delta::Ended { reason, usage } = &delta {
                    call.learned.reasons = json!(reason).as_str().map(str::to_owned).into_iter().collect();
                    (call.learned.usage, call.learned.ended) = (Some(*usage), true);
                }
                Some((Ok(delta), Some((deltas, call))))
            }
            Err(error) => {
                call.fail(&error);
                Some((Err(error), None))
            }
        }
    })
    .boxed()
}

/// A call under way. Told when it is dropped, however it ended.
struct Operation {
    series: Arc<Series>,
    name: &'static str,
    /// As the provider names it.
    model: String,
    begun: Instant,
    /// When the first piece of a stream came.
    first: Option<Instant>,
    tail: Tail,
    learned: Learned,
    error: Option<String>,
    /// Whether the provider had nothing more to say.
    exhausted: bool,
    /// Never entered while a provider is asked: a connection that is made then is kept for later calls, and its task would
    /// keep the span open for as long.
    span: Span,
}

#[derive(Deserialize)]
struct Wishes {
    max_completion_tokens: Option<u64>,
    max_tokens: Option<u64>,
    temperature: Option<f64>,
}

impl Operation {
    /// Notes when the first piece came. A comment keeps a connection open and is none.
    fn see(&mut self, frame: &[u8]) {
        if self.first.is_none() && frame.windows(5).any(|w| w == b"data:") {
            self.first = Some(Instant::now());
        }
    }

    fn begin(series: Arc<Series>, name: &'static str, ask: &Ask) -> Self {
        // As loud as the one line that shows it: a span that no line shows would only cost.
        let span = tracing::debug_span!(
            "gen_ai",
            otel.name = format!("{name} {}", quote(&ask.model)),
            otel.kind = "client",
            otel.status_code = Empty,
            error.type = Empty,
            gen_ai.operation.name = name,
            gen_ai.provider.name = series.provider,
            gen_ai.request.model = quote(&ask.model),
            gen_ai.request.stream = ask.stream,
            gen_ai.request.max_tokens = Empty,
            gen_ai.request.temperature = Empty,
            gen_ai.response.id = Empty,
            gen_ai.response.model = Empty,
            gen_ai.response.finish_reasons = Empty,
            gen_ai.response.time_to_first_chunk = Empty,
            gen_ai.usage.input_tokens = Empty,
            gen_ai.usage.output_tokens = Empty,
        );
        if !span.is_disabled()
            && ask.body.len() <= SPAN_BODY_BYTES_MAX
            && let Ok(wishes) = serde_json::from_slice::<Wishes>(&ask.body)
        {
            // What is absent is not recorded.
            span.record(
                "gen_ai.request.max_tokens",
                wishes.max_completion_tokens.or(wishes.max_tokens),
            );
            span.record("gen_ai.request.temperature", wishes.temperature);
        }
        Self {
            model: ask.model.clone(),
            series,
            name,
            begun: Instant::now(),
            first: None,
            tail: Tail::default(),
            learned: Learned::default(),
            error: None,
            exhausted: false,
            span,
        }
    }

    fn learn(&mut self, said: Said) {
        (self.learned.id, self.learned.model) = (said.id, said.model);
        self.learned.reasons = said.stop_reason.into_iter().collect();
    }

    fn fail(&mut self, error: &Error) {
        self.error = Some(Fault::from(error.clone()).code.into_owned());
    }

    fn count(&self, error: Option<&str>) {
        self.series.count(&Ended {
            operation: self.name,
            asked: &self.model,
            answered: self.learned.model.as_deref(),
            usage: self.learned.usage,
            took: self.begun.elapsed(),
            first: self.first.map(|first| first.duration_since(self.begun)),
            error,
        });
    }

    fn tell(&self, error: Option<&str>) {
        let Self { learned, span, .. } = self;
        if span.is_disabled() {
            return;
        }
        if let Some(error) = error {
            span.record("error.type", error);
            span.record("otel.status_code", "ERROR");
        }
        span.record("gen_ai.response.id", learned.id.as_deref().map(quote));
        span.record("gen_ai.response.model", learned.model.as_deref().map(quote));
        if !learned.reasons.is_empty() {
            span.record(
                "gen_ai.response.finish_reasons",
                quote(&json!(learned.reasons).to_string()),
            );
        }
        let first = self.first.map(|first| first.duration_since(self.begun).as_secs_f64());
        span.record("gen_ai.response.time_to_first_chunk", first);
        span.record("gen_ai.usage.input_tokens", learned.usage.map(|u| u.prompt_tokens));
        span.record("gen_ai.usage.output_tokens", learned.usage.map(|u| u.completion_tokens));
        span.in_scope(|| tracing::debug!(ms = self.begun.elapsed().as_secs_f64() * 1e3, "model call ended"));
    }
}

impl Drop for Operation {
    fn drop(&mut self) {
        if self.learned == Learned::default() {
            self.learned = self.tail.learned();
        }
        // It told a failure itself, or broke off before its end; else whoever asked went away.
        let error = self.error.take().or_else(|| {
            let broke_off = self.exhausted && !self.learned.ended;
            let word = match (self.learned.failed || broke_off, self.learned.ended) {
                (true, _) => FAILED,
                (false, false) => CANCELLED,
                (false, true) => return None,
            };
            Some(word.to_owned())
        });
        self.count(error.as_deref());
        self.tell(error.as_deref());
    }
}
