//! Owns what a provider is to the gateway. One file (or folder) a dialect; each knows its own wire and nothing of
//! callers, keys or money.

mod answer;
pub(crate) mod anthropic;
pub(crate) mod demo;
pub(crate) mod observed;
pub(crate) mod openai;
pub(crate) mod upstream;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use http::HeaderValue;

use crate::domain::delta::Delta;
use crate::error::Error;

/// What is asked of a provider: OpenAI's request, its model already named as the provider names it.
pub(crate) struct Ask {
    /// The body.
    pub(crate) body: Bytes,
    /// The model, as the provider names it.
    pub(crate) model: String,
    /// Whether the caller wants a stream.
    pub(crate) stream: bool,
}

/// How a provider answers.
pub(crate) enum Reply {
    /// A whole answer in OpenAI's dialect, to be passed on as it is.
    Whole { content_type: HeaderValue, body: Bytes },
    /// A stream in OpenAI's dialect, to be passed on frame by frame.
    Frames {
        content_type: HeaderValue,
        frames: BoxStream<'static, Result<Bytes, Error>>,
    },
    /// Pieces of another dialect, to be written out in OpenAI's.
    Deltas(BoxStream<'static, Result<Delta, Error>>),
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

    /// Tells whether no model is behind it.
    fn is_demo(&self) -> bool {
        false
    }

    /// Tells how the most tokens to write are called in its requests.
    fn max_tokens_field(&self) -> &'static str {
        "max_tokens"
    }
}
