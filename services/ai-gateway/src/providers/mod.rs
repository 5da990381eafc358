//! Owns what a provider is to the gateway. One file (or folder) a dialect; each knows its own wire and nothing of
//! callers, keys or money.

pub(crate) mod answer;
pub(crate) mod anthropic;
pub(crate) mod chunks;
pub(crate) mod deltas;
pub(crate) mod demo;
pub(crate) mod gemini;
pub(crate) mod lines;
pub(crate) mod observed;
pub(crate) mod ollama;
pub(crate) mod openai;
pub(crate) mod reach;
mod series;
pub(crate) mod upstream;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use http::{HeaderMap, HeaderValue};

use crate::domain::delta::Delta;
use crate::domain::messages::{Said, message_said, message_usage};
use crate::domain::tail::Learned;
use crate::error::Error;
use answer::Patience;

/// What is asked of a provider: OpenAI's request, its model already named as the provider names it.
pub(crate) struct Ask {
    /// The body.
    pub(crate) body: Bytes,
    /// The model, as the provider names it.
    pub(crate) model: String,
    /// Whether the caller wants a stream.
    pub(crate) stream: bool,
    /// Headers of the caller's that belong to the dialect of the body.
    pub(crate) headers: HeaderMap,
    /// How long it is waited for.
    pub(crate) patience: Patience,
    /// Whether the provider may have got it.
    pub(crate) sent: Sent,
}

impl Ask {
    /// Returns how it is to be asked, for a stream or not.
    pub(crate) fn how(&self, stream: bool) -> How {
        How {
            stream,
            patience: self.patience,
            sent: self.sent.clone(),
        }
    }
}

/// How a provider is asked.
pub(crate) struct How {
    /// Whether a stream is asked for.
    stream: bool,
    patience: Patience,
    sent: Sent,
}

/// Whether a request may have reached its provider: one that never did costs nothing.
#[derive(Clone, Default)]
pub(crate) struct Sent(Arc<AtomicBool>);

impl Sent {
    /// Takes note.
    pub(crate) fn note(&self, is_so: bool) {
        // Told and read by the task that asks: no order of memory matters.
        self.0.store(is_so, Ordering::Relaxed);
    }

    /// Tells whether it is so.
    pub(crate) fn is_so(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// A whole answer, and what it says of itself.
pub(crate) struct WholeAnswer {
    pub(crate) content_type: HeaderValue,
    pub(crate) body: Bytes,
    pub(crate) learned: Learned,
}

/// How a provider answers.
pub(crate) enum Reply {
    /// A whole answer, to be passed on as it is.
    Whole(WholeAnswer),
    /// A stream in OpenAI's dialect, to be passed on frame by frame.
    Frames {
        content_type: HeaderValue,
        frames: BoxStream<'static, Result<Bytes, Error>>,
    },
    /// Pieces of another dialect, to be written out in OpenAI's.
    Deltas(BoxStream<'static, Result<Delta, Error>>),
}

impl Reply {
    /// Takes a whole answer in OpenAI's dialect. What it says of itself is read here, whoever wants to know it later.
    fn whole(content_type: HeaderValue, body: Bytes) -> Self {
        Self::Whole(WholeAnswer {
            learned: Learned::of_whole(&body),
            content_type,
            body,
        })
    }

    /// Takes JSON in OpenAI's dialect that was written here.
    fn json(body: Bytes) -> Self {
        Self::whole(HeaderValue::from_static("application/json"), body)
    }

    /// Takes a whole message in Anthropic's dialect.
    fn message(content_type: HeaderValue, body: Bytes) -> Self {
        let Said { id, model, stop_reason } = message_said(&body);
        Self::Whole(WholeAnswer {
            learned: Learned {
                id,
                model,
                reasons: stop_reason.into_iter().collect(),
                usage: message_usage(&body),
                ended: true,
                failed: false,
            },
            content_type,
            body,
        })
    }
}

/// A place where models are.
#[async_trait]
pub(crate) trait Provider: Send + Sync {
    /// Asks for a chat completion. Dropping what comes back ends the call at the provider.
    async fn chat(&self, ask: Ask) -> Result<Reply, Error>;

    /// Asks for embeddings; the whole answer comes back.
    async fn embed(&self, ask: Ask) -> Result<Reply, Error> {
        Err(Error::NoEmbeddings(ask.model))
    }

    /// Returns the provider as one that speaks Anthropic's Messages itself, to which such a request passes as it is.
    fn messages(&self) -> Option<&dyn Messages> {
        None
    }

    /// Asks which models it has, the default first. `None` from a provider that is only ever told.
    async fn find_models(&self) -> Option<Result<Vec<String>, Error>> {
        None
    }

    /// Tells whether no model is behind it.
    fn is_demo(&self) -> bool {
        false
    }

    /// Tells whether a request passes to it as it is, with fields that nobody here knows.
    fn passes_on(&self) -> bool {
        false
    }

    /// Tells how the most tokens to write are called in its requests.
    fn max_tokens_field(&self) -> &'static str {
        "max_tokens"
    }

    /// Tells whether `top_k` may stand in its requests, which is not OpenAI's.
    fn takes_top_k(&self) -> bool {
        true
    }
}

/// A place where models are that are asked in Anthropic's dialect: bytes in, bytes out.
#[async_trait]
pub(crate) trait Messages: Send + Sync {
    /// Asks for a message: `Whole` or `Frames`, in Anthropic's dialect. Dropping what comes back ends the call.
    async fn create(&self, ask: Ask) -> Result<Reply, Error>;

    /// Asks how many tokens a request has; the whole answer comes back.
    async fn count(&self, ask: Ask) -> Result<Bytes, Error>;
}
