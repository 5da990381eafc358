//! Owns the built-in provider: scripted, deterministic replies without any model, always labelled as such. The same
//! conversation gets the same words, streamed or whole. Refuses to pretend: it knows nothing but what it is told.

mod conversation;
mod debate;
mod facts;
mod moderator;
mod persona;
mod script;
mod tool;

use std::time::Duration;

use async_trait::async_trait;
use futures::stream::{self, StreamExt as _};

use crate::domain::delta::{Delta, Reason, Usage};
use crate::domain::embedding;
use crate::error::Error;
use crate::providers::{Ask, Provider, Reply};
use conversation::Conversation;
use script::{Pace, Scripted};

/// The model that writes.
pub(crate) const CHAT_MODEL: &str = "scripted";
/// The model that embeds.
pub(crate) const EMBEDDING_MODEL: &str = "hashed-ngrams";
/// `system_fingerprint` of every reply.
pub(crate) const FINGERPRINT: &str = "demo-scripted";
/// What people are shown beside every reply.
pub(crate) const BADGE: &str = "Demo: scripted replies, no AI model";
/// Between two words of a stream, so that it looks like writing.
const WORD_PAUSE: Duration = Duration::from_millis(8);
/// The same after `/demo slow`.
const SLOW_WORD_PAUSE: Duration = Duration::from_millis(200);

/// The scripted provider.
pub(crate) struct Demo {
    name: String,
}

impl Demo {
    /// Answers as provider `name`.
    pub(crate) fn new(name: &str) -> Self {
        Self { name: name.into() }
    }
}

#[async_trait]
impl Provider for Demo {
    async fn chat(&self, ask: Ask) -> Result<Reply, Error> {
        if ask.model != CHAT_MODEL {
            return Err(Error::Invalid(
                "model",
                format!("{}/{} does not chat", self.name, ask.model),
            ));
        }
        let conversation = Conversation::read(&ask.body)?;
        ask.sent.note(true);
        let read = conversation.words();
        let (pieces, reason, pause) = match script::reply(&conversation) {
            Scripted::Failure => {
                let words = "it was asked to, by `/demo error`.".to_owned();
                return Err(Error::UpstreamFailed {
                    provider: self.name.clone(),
                    words,
                });
            }
            Scripted::Tool { name, arguments } => (tool_pieces(name, &arguments, read), Reason::ToolCalls, WORD_PAUSE),
            Scripted::Text { text, pace } => {
                let (pieces, reason) = text_pieces(&text, conversation.max_words());
                let pause = match pace {
                    Pace::Slow => SLOW_WORD_PAUSE,
                    Pace::Natural if ask.stream => WORD_PAUSE,
                    Pace::Natural | Pace::Fast => Duration::ZERO,
                };
                (pieces, reason, pause)
            }
        };
        let written = u32::try_from(pieces.len()).unwrap_or(u32::MAX);
        let ended = Delta::Ended {
            reason,
            usage: Usage::of(read, written),
        };
        let paced =
            stream::iter(pieces.into_iter().chain([ended]).enumerate()).then(move |(number, delta)| async move {
                // The first word comes at once, the end right after the last.
                if number > 0 && pause > Duration::ZERO && !matches!(delta, Delta::Ended { .. }) {
                    tokio::time::sleep(pause).await;
                }
                Ok(delta)
            });
        Ok(Reply::Deltas(paced.boxed()))
    }

    async fn embed(&self, ask: Ask) -> Result<Reply, Error> {
        let text = std::str::from_utf8(&ask.body).unwrap_or_default();
        let (answer, _) = embedding::answer(text, &format!("{}/{EMBEDDING_MODEL}", self.name))?;
        Ok(Reply::json(answer.to_string().into()))
    }

    fn is_demo(&self) -> bool {
        true
    }
}

/// Cuts a text to words, each with the blank after it; a word is this provider's token.
fn text_pieces(text: &str, max: Option<usize>) -> (Vec<Delta>, Reason) {
    let mut words: Vec<&str> = text.split_inclusive(char::is_whitespace).collect();
    let reason = if max.is_some_and(|max| max < words.len()) {
        Reason::Length
    } else {
        Reason::Stop
    };
    words.truncate(max.unwrap_or(usize::MAX));
    (words.into_iter().map(|w| Delta::Text(w.to_owned())).collect(), reason)
}

/// Cuts a call to pieces as real providers do; its id follows from the conversation, since nothing here is random.
fn tool_pieces(name: String, arguments: &str, seed: u32) -> Vec<Delta> {
    let mut pieces = vec![Delta::ToolBegan {
        index: 0,
        id: format!("call_demo_{seed}"),
        name,
    }];
    let cut = arguments.split_inclusive([':', ',']).map(|json| Delta::ToolArguments {
        index: 0,
        json: json.to_owned(),
    });
    pieces.extend(cut);
    pieces
}
