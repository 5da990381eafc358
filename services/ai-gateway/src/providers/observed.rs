//! Owns how a provider's calls are seen from outside: a span for each, and histograms, in the words of OpenTelemetry's semantic
//! conventions for generative AI. Whatever the dialect. Refuses to show prompts, answers and keys, and names that callers
//! make up as labels.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::{self, BoxStream, StreamExt as _};
use kernel::Fault;
use metrics::Label;
use parking_lot::Mutex;
use serde::Deserialize;
use serde_json::json;
use tracing::Span;
use tracing::field::Empty;

use crate::domain::delta::Delta;
use crate::domain::messages::{MessageTap, Said, message_said, message_usage};
use crate::domain::models::Models;
use crate::domain::outline::MODEL_CHARS_MAX;
use crate::domain::tail::{Learned, Tail};
use crate::error::{Error, quote};
use crate::providers::{Ask, Messages, Provider, Reply};

/// An event of Anthropic's dialect that is larger is not read.
const EVENT_BYTES_MAX: usize = 1024 * 1024;
/// Stands for every model that the operator does not list: their names are the callers'.
const OTHER: &str = "_OTHER";
/// `error.type` of a call whose caller went away before its end.
const CANCELLED: &str = "cancelled";
/// `error.type` of an answer that broke off, or told its failure itself.
const FAILED: &str = "ai.upstream_failed";
/// Names of answering models that are labels, for one provider; more are [`OTHER`].
const ANSWERING_MODELS_MAX: usize = 64;
/// A larger request is not read again for its span.
const SPAN_BODY_BYTES_MAX: usize = 64 * 1024;

/// A provider whose calls are seen.
pub(crate) struct Observed {
    inner: Arc<dyn Provider>,
    labels: Arc<Labels>,
}

/// The words that may be labels.
struct Labels {
    provider: String,
    models: Models,
    answering: Mutex<HashSet<String>>,
}

impl Labels {
    fn request(&self, model: &str) -> String {
        if self.models.has(model) { model } else { OTHER }.to_owned()
    }

    /// A model that the operator lists may answer under another name, such as one with a date; a label is kept for ever, so it
    /// is no longer than a name may be.
    fn response(&self, asked: &str, model: String) -> String {
        if asked == OTHER || model.len() > MODEL_CHARS_MAX {
            return OTHER.to_owned();
        }
        let mut answering = self.answering.lock();
        if !answering.contains(&model) {
            if answering.len() >= ANSWERING_MODELS_MAX {
                return OTHER.to_owned();
            }
            answering.insert(model.clone());
        }
        model
    }
}

impl Observed {
    /// Watches `inner`, which the operator calls `provider` and whose listed models are `models`.
    pub(crate) fn new(inner: Arc<dyn Provider>, provider: &str, models: Models) -> Self {
        Self {
            inner,
            labels: Arc::new(Labels {
                provider: provider.to_owned(),
                models,
                answering: Mutex::default(),
            }),
        }
    }

    fn watch(mut call: Operation, reply: Result<Reply, Error>) -> Result<Reply, Error> {
        match reply {
            Err(error) => {
                call.fail(&error);
                Err(error)
            }
            Ok(Reply::Whole { content_type, body }) => {
                call.learned = Learned::of_whole(&body);
                Ok(Reply::Whole { content_type, body })
            }
            Ok(Reply::Frames { content_type, frames }) => Ok(Reply::Frames {
                content_type,
                frames: watched_frames(frames, call),
            }),
            Ok(Reply::Deltas(deltas)) => Ok(Reply::Deltas(watched_deltas(deltas, call))),
        }
    }
}

#[async_trait]
impl Provider for Observed {
    async fn chat(&self, ask: Ask) -> Result<Reply, Error> {
        let call = Operation::begin(self.labels.clone(), "chat", &ask);
        Self::watch(call, self.inner.chat(ask).await)
    }

    async fn embed(&self, ask: Ask) -> Result<Reply, Error> {
        let call = Operation::begin(self.labels.clone(), "embeddings", &ask);
        Self::watch(call, self.inner.embed(ask).await)
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
        let mut call = Operation::begin(self.labels.clone(), "chat", &ask);
        let asked = ask.model.clone();
        let native = self.inner.messages().ok_or(Error::ModelNotFound(asked))?;
        match native.create(ask).await {
            Err(error) => {
                call.fail(&error);
                Err(error)
            }
            Ok(Reply::Whole { content_type, body }) => {
                call.learn(message_said(&body));
                (call.learned.usage, call.learned.ended) = (message_usage(&body), true);
                Ok(Reply::Whole { content_type, body })
            }
            Ok(Reply::Frames { content_type, frames }) => Ok(Reply::Frames {
                content_type,
                frames: watched_messages(frames, call),
            }),
            Ok(other) => Ok(other),
        }
    }

    async fn count(&self, ask: Ask) -> Result<Bytes, Error> {
        let asked = ask.model.clone();
        let native = self.inner.messages().ok_or(Error::ModelNotFound(asked))?;
        native.count(ask).await
    }
}

/// Watches frames of Anthropic's dialect.
fn watched_messages(
    frames: BoxStream<'static, Result<Bytes, Error>>,
    call: Operation,
) -> BoxStream<'static, Result<Bytes, Error>> {
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

fn watched_frames(
    frames: BoxStream<'static, Result<Bytes, Error>>,
    call: Operation,
) -> BoxStream<'static, Result<Bytes, Error>> {
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
    labels: Arc<Labels>,
    name: &'static str,
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

    fn begin(labels: Arc<Labels>, name: &'static str, ask: &Ask) -> Self {
        let asked = quote(&ask.model);
        // As loud as the one line that shows it: a span that no line shows would only cost.
        let span = tracing::debug_span!(
            "gen_ai",
            otel.name = format!("{name} {asked}"),
            otel.kind = "client",
            otel.status_code = Empty,
            error.type = Empty,
            gen_ai.operation.name = name,
            gen_ai.provider.name = labels.provider,
            gen_ai.request.model = asked,
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
            model: labels.request(&ask.model),
            labels,
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

    fn labels(&self) -> Vec<Label> {
        let mut labels = vec![
            Label::new("gen_ai_operation_name", self.name),
            Label::new("gen_ai_provider_name", self.labels.provider.clone()),
            Label::new("gen_ai_request_model", self.model.clone()),
        ];
        if let Some(model) = self.learned.model.clone() {
            labels.push(Label::new(
                "gen_ai_response_model",
                self.labels.response(&self.model, model),
            ));
        }
        labels
    }

    fn count(&self, error: Option<&str>) {
        let labels = self.labels();
        let mut with_error = labels.clone();
        with_error.extend(error.map(|error| Label::new("error_type", error.to_owned())));
        metrics::histogram!("gen_ai_client_operation_duration_seconds", with_error)
            .record(self.begun.elapsed().as_secs_f64());
        if let Some(usage) = self.learned.usage {
            for (kind, tokens) in [("input", usage.prompt_tokens), ("output", usage.completion_tokens)] {
                let mut labels = labels.clone();
                labels.push(Label::new("gen_ai_token_type", kind));
                metrics::histogram!("gen_ai_client_token_usage", labels).record(f64::from(tokens));
            }
        }
        let Some(first) = self.first.filter(|_| error.is_none()) else {
            return;
        };
        metrics::histogram!("gen_ai_server_time_to_first_token_seconds", labels.clone())
            .record(first.duration_since(self.begun).as_secs_f64());
        if let Some(after_first) = self.learned.usage.and_then(|u| u.completion_tokens.checked_sub(1))
            && after_first > 0
        {
            metrics::histogram!("gen_ai_server_time_per_output_token_seconds", labels)
                .record(first.elapsed().as_secs_f64() / f64::from(after_first));
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_nobody_listed_are_no_labels() {
        let labels = Labels {
            provider: "p".into(),
            models: vec!["m".to_owned()].into(),
            answering: Mutex::default(),
        };
        assert_eq!(labels.request("m"), "m");
        assert_eq!(labels.request("made up"), OTHER);
        assert_eq!(labels.response(OTHER, "made up".into()), OTHER);
        assert_eq!(labels.response("m", "m".repeat(MODEL_CHARS_MAX + 1)), OTHER);
        for number in 0..ANSWERING_MODELS_MAX {
            assert_eq!(labels.response("m", format!("m-{number}")), format!("m-{number}"));
        }
        assert_eq!(labels.response("m", "one more".into()), OTHER);
        assert_eq!(labels.response("m", "m-7".into()), "m-7");
    }
}
