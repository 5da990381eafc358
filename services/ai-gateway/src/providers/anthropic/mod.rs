//! Owns the adapter to Anthropic's Messages API (version 2023-06-01). The request is translated, the answer always
//! streamed and put together by the gateway, so that there is one translation. Refuses what it cannot translate with 422.

mod events;
mod request;

use async_trait::async_trait;
use futures::stream::{self, StreamExt as _};
use std::collections::VecDeque;
use url::Url;

use crate::error::Error;
use crate::providers::upstream::Upstream;
use crate::providers::{Ask, Provider, Reply};

/// An Anthropic-compatible provider.
pub(crate) struct Anthropic {
    name: String,
    upstream: Upstream,
    messages: Url,
}

impl Anthropic {
    /// Speaks to `upstream`, called `name`.
    pub(crate) fn new(name: &str, upstream: Upstream) -> Self {
        Self {
            name: name.into(),
            messages: upstream.at("messages"),
            upstream,
        }
    }
}

#[async_trait]
impl Provider for Anthropic {
    async fn chat(&self, ask: Ask) -> Result<Reply, Error> {
        let body = request::translate(&ask.body, &ask.model)?;
        let answer = self.upstream.post(&self.messages, body, true, ask.patience).await?;
        let reader = events::Reader::new(&self.name, self.upstream.limits.event_bytes_max);
        let state = Some((answer.frames(), reader, VecDeque::new()));
        let deltas = stream::unfold(state, |state| async move {
            let (mut frames, mut reader, mut ready) = state?;
            loop {
                match ready.pop_front() {
                    Some(Ok(delta)) => return Some((Ok(delta), Some((frames, reader, ready)))),
                    Some(Err(error)) => return Some((Err(error), None)),
                    None if reader.ended() => return None,
                    None => match frames.next().await {
                        Some(Ok(frame)) => reader.read(&frame, &mut ready),
                        Some(Err(error)) => return Some((Err(error), None)),
                        None => return Some((Err(reader.cut()), None)),
                    },
                }
            }
        });
        Ok(Reply::Deltas(deltas.boxed()))
    }
}
