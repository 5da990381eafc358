//! Owns the adapter to Anthropic's Messages API (version 2023-06-01). A request in its own dialect passes as bytes; one in
//! OpenAI's is translated, its answer always streamed and put together by the gateway, so that there is one translation.
//! Refuses what it cannot translate with 422.

mod events;
mod request;

use async_trait::async_trait;
use bytes::Bytes;
use url::Url;

use crate::error::Error;
use crate::providers::deltas::begun;
use crate::providers::upstream::Upstream;
use crate::providers::{Ask, Messages, Provider, Reply};

/// An Anthropic-compatible provider.
pub(crate) struct Anthropic {
    name: String,
    upstream: Upstream,
    messages: Url,
    count: Url,
}

impl Anthropic {
    /// Speaks to `upstream`, called `name`.
    pub(crate) fn new(name: &str, upstream: Upstream) -> Self {
        Self {
            name: name.into(),
            messages: upstream.at("messages"),
            count: upstream.at("messages/count_tokens"),
            upstream,
        }
    }
}

#[async_trait]
impl Provider for Anthropic {
    async fn chat(&self, ask: Ask) -> Result<Reply, Error> {
        let body = request::translate(&ask.body, &ask.model)?;
        let answer = self.upstream.post(&self.messages, body, ask.how(true)).await?;
        let reader = events::Reader::new(&self.name, self.upstream.limits.event_bytes_max);
        Ok(Reply::Deltas(begun(answer.frames(), reader).await?))
    }

    fn messages(&self) -> Option<&dyn Messages> {
        Some(self)
    }
}

#[async_trait]
impl Messages for Anthropic {
    async fn create(&self, ask: Ask) -> Result<Reply, Error> {
        let how = ask.how(ask.stream);
        let answer = self.upstream.post_with(&self.messages, ask.body, how, &ask.headers);
        let answer = answer.await?;
        let content_type = answer.content_type();
        if answer.is_event_stream() {
            return Ok(Reply::Frames {
                content_type,
                frames: answer.frames(),
            });
        }
        Ok(Reply::message(content_type, answer.whole().await?))
    }

    async fn count(&self, ask: Ask) -> Result<Bytes, Error> {
        let how = ask.how(false);
        let answer = self.upstream.post_with(&self.count, ask.body, how, &ask.headers);
        answer.await?.whole().await
    }
}
