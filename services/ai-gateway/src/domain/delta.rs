//! Owns the pieces that every dialect's answer is made of, and how they add up to a whole one. Refuses to know any wire.

use serde::{Deserialize, Serialize};

/// Tokens of one call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Usage {
    /// Tokens read.
    #[serde(default)]
    pub(crate) prompt_tokens: u32,
    /// Tokens written.
    #[serde(default)]
    pub(crate) completion_tokens: u32,
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
