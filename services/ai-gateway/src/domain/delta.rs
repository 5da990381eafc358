//! Owns the pieces that every dialect's answer is made of, and how they add up to a whole one. Refuses to know any wire.

use serde::{Deserialize, Serialize};

use crate::domain::outline::estimate;

/// Bytes of text that are surely a token at least.
const BYTES_SURELY: usize = 8;

/// Tokens of one call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "Counted")]
pub(crate) struct Usage {
    /// Tokens read, all of them.
    pub(crate) prompt_tokens: u32,
    /// Tokens written.
    pub(crate) completion_tokens: u32,
    /// Of the tokens read, those that the provider found in its cache of prompts.
    pub(crate) cached_tokens: u32,
    /// Of the tokens read, those that it wrote to that cache.
    pub(crate) cache_write_tokens: u32,
}

/// Usage as OpenAI writes it.
#[derive(Deserialize)]
struct Counted {
    #[serde(default)]
    prompt_tokens: u32,
    #[serde(default)]
    completion_tokens: u32,
    prompt_tokens_details: Option<CountedPrompt>,
}

#[derive(Deserialize)]
struct CountedPrompt {
    cached_tokens: Option<u32>,
}

impl From<Counted> for Usage {
    fn from(counted: Counted) -> Self {
        let cached = counted.prompt_tokens_details.and_then(|details| details.cached_tokens);
        Self {
            cached_tokens: cached.unwrap_or(0),
            ..Self::of(counted.prompt_tokens, counted.completion_tokens)
        }
    }
}

impl Usage {
    /// Counts so much read and written, without any cache.
    pub(crate) const fn of(prompt_tokens: u32, completion_tokens: u32) -> Self {
        Self {
            prompt_tokens,
            completion_tokens,
            cached_tokens: 0,
            cache_write_tokens: 0,
        }
    }
}

/// What came of an answer whose tokens nobody has counted yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Written {
    /// Pieces with something in them. Most providers write a token a piece, some a sentence.
    pub(crate) pieces: u32,
    /// Bytes of their text.
    pub(crate) bytes: usize,
}

impl Written {
    /// Counts a text that came at once.
    pub(crate) const fn at_once(bytes: usize) -> Self {
        Self { pieces: 0, bytes }
    }

    /// Counts one more piece.
    pub(crate) const fn add(&mut self, bytes: usize) {
        self.pieces = self.pieces.saturating_add(1);
        self.bytes = self.bytes.saturating_add(bytes);
    }

    /// Counts a piece, unless it says nothing that anybody wrote.
    pub(crate) fn add_delta(&mut self, delta: &Delta) {
        match delta {
            Delta::Text(text) | Delta::ToolArguments { json: text, .. } => self.add(text.len()),
            Delta::ToolBegan { name, .. } => self.add(name.len()),
            Delta::ToolSigned { .. } | Delta::Ended { .. } => {}
        }
    }

    /// Returns about how many tokens it is: what is charged when nobody counts.
    pub(crate) fn tokens(self) -> u32 {
        self.pieces.max(estimate(self.bytes))
    }

    /// Returns how many it surely is. What is reserved must reach for so many; an estimate that is a little too high must end
    /// no answer that keeps to its limit.
    pub(crate) fn surely(self) -> u32 {
        self.pieces
            .max(u32::try_from(self.bytes / BYTES_SURELY).unwrap_or(u32::MAX))
    }
}

/// Why an answer ended, in OpenAI's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Reason {
    /// It was finished.
    Stop,
    /// The limit of tokens was reached.
    Length,
    /// It wants tools to be called.
    ToolCalls,
    /// The provider withheld it.
    ContentFilter,
}

/// A piece of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Delta {
    /// More text.
    Text(String),
    /// Tool call number `index` begins.
    ToolBegan { index: usize, id: String, name: String },
    /// More of the arguments of tool call `index`, as JSON text.
    ToolArguments { index: usize, json: String },
    /// The provider's own mark of tool call `index`, which it wants back with it.
    ToolSigned { index: usize, signature: String },
    /// The last piece.
    Ended { reason: Reason, usage: Usage },
}

impl Delta {
    /// Returns how many bytes of the answer it is.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Self::Text(text) | Self::ToolArguments { json: text, .. } => text.len(),
            Self::ToolBegan { id, name, .. } => id.len() + name.len(),
            Self::ToolSigned { signature, .. } => signature.len(),
            Self::Ended { .. } => 0,
        }
    }
}

/// A call of a tool.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ToolCall {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) arguments: String,
    /// The provider's own mark of it.
    pub(crate) signature: Option<String>,
}

/// A whole answer, as its pieces add up to it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Whole {
    pub(crate) text: String,
    pub(crate) tools: Vec<ToolCall>,
    /// Set by the last piece.
    pub(crate) ended: Option<(Reason, Usage)>,
}

impl Whole {
    /// Adds a piece.
    pub(crate) fn add(&mut self, delta: Delta) {
        match delta {
            Delta::Text(text) => self.text.push_str(&text),
            Delta::ToolBegan { id, name, .. } => self.tools.push(ToolCall {
                id,
                name,
                ..ToolCall::default()
            }),
            Delta::ToolSigned { index, signature } => {
                if let Some(tool) = self.tools.get_mut(index) {
                    tool.signature = Some(signature);
                }
            }
            Delta::ToolArguments { index, json } => {
                if let Some(tool) = self.tools.get_mut(index) {
                    tool.arguments.push_str(&json);
                }
            }
            Delta::Ended { reason, usage } => self.ended = Some((reason, usage)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_with_many_words_is_more_than_a_token() {
        let mut written = Written::default();
        written.add_delta(&Delta::Text("a".into()));
        assert_eq!((written.tokens(), written.surely()), (1, 1));
        written.add_delta(&Delta::Text("x".repeat(799)));
        assert_eq!((written.tokens(), written.surely()), (200, 100));
        assert_eq!(Written::at_once(9).tokens(), 3);
    }

    #[test]
    fn what_openais_cache_had_is_counted_beside() {
        let read = |json: &str| serde_json::from_str::<Usage>(json).unwrap();
        let usage = read(r#"{"prompt_tokens":9,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":6}}"#);
        assert_eq!((usage.prompt_tokens, usage.cached_tokens), (9, 6));
        for none in [
            r#"{"prompt_tokens":9}"#,
            r#"{"prompt_tokens":9,"prompt_tokens_details":null}"#,
        ] {
            assert_eq!(read(none), Usage::of(9, 0));
        }
    }
}
