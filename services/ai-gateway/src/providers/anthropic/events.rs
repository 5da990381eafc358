//! Owns the reading of Anthropic's stream: its events become pieces. Refuses to hold more than one event.

use std::collections::HashMap;

use serde::Deserialize;

use crate::domain::delta::{Delta, Reason, Usage};
use crate::domain::messages::Counted;
use crate::domain::sse::SseParser;
use crate::error::Error;
use crate::providers::deltas::{ReadDeltas, Ready, broken_off, failed};

/// Reads one answer.
pub(super) struct Reader {
    provider: String,
    parser: Option<SseParser>,
    usage: Usage,
    reason: Reason,
    /// Tool calls by the index of their block: their own number, and whether arguments came.
    tools: HashMap<usize, (usize, bool)>,
    ended: bool,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Event {
    MessageStart {
        message: Started,
    },
    ContentBlockStart {
        index: usize,
        content_block: Block,
    },
    ContentBlockDelta {
        index: usize,
        delta: BlockDelta,
    },
    ContentBlockStop {
        index: usize,
    },
    MessageDelta {
        delta: End,
        usage: Option<Counted>,
    },
    MessageStop,
    Error {
        error: Failure,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Started {
    usage: Option<Counted>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Block {
    Text {
        text: String,
    },
    ToolUse {
        id: String,
        name: String,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum BlockDelta {
    TextDelta {
        text: String,
    },
    InputJsonDelta {
        partial_json: String,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct End {
    stop_reason: Option<String>,
}

#[derive(Deserialize)]
struct Failure {
    message: String,
}

impl ReadDeltas for Reader {
    fn read(&mut self, bytes: &[u8], ready: &mut Ready) {
        let Some(mut parser) = self.parser.take() else { return };
        let fed = parser.feed(bytes, |event| match serde_json::from_slice::<Event>(event.data) {
            Ok(event) => self.event(event, ready),
            Err(_) => ready.push_back(Err(self.failed("it wrote an event that cannot be read."))),
        });
        match fed {
            Ok(()) => self.parser = Some(parser),
            Err(e) => ready.push_back(Err(self.failed(&e.to_string()))),
        }
    }

    fn ended(&self) -> bool {
        self.ended
    }

    fn close(&mut self, ready: &mut Ready) {
        ready.push_back(Err(broken_off(&self.provider)));
    }
}

impl Reader {
    /// Reads the answer of `provider`, whose events have at most `event_bytes_max` bytes.
    pub(super) fn new(provider: &str, event_bytes_max: usize) -> Self {
        Self {
            provider: provider.into(),
            parser: Some(SseParser::new(event_bytes_max)),
            usage: Usage::default(),
            reason: Reason::Stop,
            tools: HashMap::new(),
            ended: false,
        }
    }

    fn failed(&self, words: &str) -> Error {
        failed(&self.provider, words)
    }

    fn event(&mut self, event: Event, ready: &mut Ready) {
        match event {
            Event::MessageStart { message } => self.usage.count(message.usage),
            Event::ContentBlockStart { index, content_block } => self.begin(index, content_block, ready),
            Event::ContentBlockDelta {
                delta: BlockDelta::TextDelta { text },
                ..
            } => ready.push_back(Ok(Delta::Text(text))),
            Event::ContentBlockDelta {
                index,
                delta: BlockDelta::InputJsonDelta { partial_json },
            } => {
                if let Some((number, written)) = self.tools.get_mut(&index).filter(|_| !partial_json.is_empty()) {
                    *written = true;
                    ready.push_back(Ok(Delta::ToolArguments {
                        index: *number,
                        json: partial_json,
                    }));
                }
            }
            Event::ContentBlockStop { index } => {
                // A call without arguments has no deltas; OpenAI's clients parse the arguments always.
                if let Some((number, false)) = self.tools.get(&index) {
                    ready.push_back(Ok(Delta::ToolArguments {
                        index: *number,
                        json: "{}".into(),
                    }));
                }
            }
            Event::MessageDelta { delta, usage } => {
                self.usage.count(usage);
                self.reason = delta.stop_reason.as_deref().map_or(self.reason, reason);
            }
            Event::MessageStop => {
                self.ended = true;
                ready.push_back(Ok(Delta::Ended {
                    reason: self.reason,
                    usage: self.usage,
                }));
            }
            Event::Error { error } => ready.push_back(Err(self.failed(&error.message))),
            Event::ContentBlockDelta {
                delta: BlockDelta::Other,
                ..
            }
            | Event::Other => {}
        }
    }

    fn begin(&mut self, index: usize, block: Block, ready: &mut Ready) {
        match block {
            Block::ToolUse { id, name } => {
                let number = self.tools.len();
                self.tools.insert(index, (number, false));
                ready.push_back(Ok(Delta::ToolBegan {
                    index: number,
                    id,
                    name,
                }));
            }
            Block::Text { text } if !text.is_empty() => ready.push_back(Ok(Delta::Text(text))),
            Block::Text { .. } | Block::Other => {}
        }
    }
}

fn reason(word: &str) -> Reason {
    match word {
        "max_tokens" | "model_context_window_exceeded" => Reason::Length,
        "tool_use" => Reason::ToolCalls,
        "refusal" => Reason::ContentFilter,
        _ => Reason::Stop,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, size: usize) -> Vec<Result<Delta, String>> {
        let (mut reader, mut ready) = (Reader::new("a", 10_000), Ready::new());
        text.as_bytes()
            .chunks(size)
            .for_each(|part| reader.read(part, &mut ready));
        ready.into_iter().map(|r| r.map_err(|e| e.to_string())).collect()
    }

    const TOOLS: &str = r#"event: message_start
data: {"type":"message_start","message":{"usage":{"input_tokens":5,"cache_read_input_tokens":2,"output_tokens":1}}}

data: {"type":"ping"}

data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}}

data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}

data: {"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t1","name":"f","input":{}}}

data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":""}}

data: {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"a\":1}"}}

data: {"type":"content_block_stop","index":1}

data: {"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"t2","name":"g","input":{}}}

data: {"type":"content_block_stop","index":2}

data: {"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":9}}

data: {"type":"message_stop"}

"#;

    #[test]
    fn tool_calls_are_numbered_by_themselves_and_always_have_arguments() {
        let arguments = |index, json: &str| {
            Ok(Delta::ToolArguments {
                index,
                json: json.into(),
            })
        };
        let began = |index, id: &str, name: &str| {
            Ok(Delta::ToolBegan {
                index,
                id: id.into(),
                name: name.into(),
            })
        };
        let usage = Usage {
            cached_tokens: 2,
            ..Usage::of(7, 9)
        };
        let expected = vec![
            began(0, "t1", "f"),
            arguments(0, r#"{"a":1}"#),
            began(1, "t2", "g"),
            arguments(1, "{}"),
            Ok(Delta::Ended {
                reason: Reason::ToolCalls,
                usage,
            }),
        ];
        assert_eq!(read(TOOLS, 4096), expected);
        assert_eq!(read(TOOLS, 3), expected);
    }

    #[test]
    fn a_failure_in_mid_stream_is_an_error_with_its_words() {
        let text =
            "data: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n";
        assert_eq!(read(text, 10), [Err("The provider `a` failed: Overloaded".to_owned())]);
    }
}
