//! Owns the adapter to whatever speaks OpenAI's dialect: bytes in, bytes out. Refuses to read more of them than it must.

use async_trait::async_trait;
use url::Url;

use crate::error::Error;
use crate::providers::upstream::Upstream;
use crate::providers::{Ask, Provider, Reply};

/// The host of the maker itself, whose newer models know only `max_completion_tokens`.
const MAKER: &str = "api.openai.com";

/// An OpenAI-compatible provider.
pub(crate) struct OpenAi {
    upstream: Upstream,
    chat: Url,
    embeddings: Url,
}

impl OpenAi {
    /// Speaks to `upstream`.
    pub(crate) fn new(upstream: Upstream) -> Self {
        Self {
            chat: upstream.at("chat/completions"),
            embeddings: upstream.at("embeddings"),
            upstream,
        }
    }

    fn is_maker(&self) -> bool {
        self.chat.host_str() == Some(MAKER)
    }
}

#[async_trait]
impl Provider for OpenAi {
    async fn chat(&self, ask: Ask) -> Result<Reply, Error> {
        let how = ask.how(ask.stream);
        let answer = self.upstream.post(&self.chat, ask.body, how).await?;
        let content_type = answer.content_type();
        if answer.is_event_stream() {
            return Ok(Reply::Frames {
                content_type,
                frames: answer.frames(),
            });
        }
        Ok(Reply::whole(content_type, answer.whole().await?))
    }

    async fn embed(&self, ask: Ask) -> Result<Reply, Error> {
        let how = ask.how(false);
        let answer = self.upstream.post(&self.embeddings, ask.body, how).await?;
        Ok(Reply::whole(answer.content_type(), answer.whole().await?))
    }

    fn passes_on(&self) -> bool {
        true
    }

    fn max_tokens_field(&self) -> &'static str {
        if self.is_maker() {
            "max_completion_tokens"
        } else {
            "max_tokens"
        }
    }

    fn takes_top_k(&self) -> bool {
        !self.is_maker()
    }
}
