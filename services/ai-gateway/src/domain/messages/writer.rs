//! Owns how an answer looks in Anthropic's dialect: events of a stream, or one whole message; and how a failure in
//! mid-stream is told. Refuses to know where the answer came from.

use bytes::Bytes;
use chassis::problem::anthropic_kind;
use kernel::Fault;
use serde_json::{Value, json};

use crate::domain::delta::{Delta, Reason, Usage, Whole};

/// Writes one answer in Anthropic's dialect. Its content blocks follow one another, one open at a time.
pub(crate) struct MessageWriter {
    /// The answer's id, `msg_…`.
    id: String,
    /// The model's public name.
    model: String,
    /// Tokens of the conversation, roughly: what the first event says, before anybody has counted.
    prompt_estimate: u32,
    /// The open block: its number, and the tool call that it is; text has none.
    open: Option<(usize, Option<usize>)>,
    /// Blocks so far.
    blocks: usize,
}

/// More of a tool call came after its block was closed, which Anthropic's dialect has no words for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("The provider wrote several tool calls at once, which cannot be told in this dialect.")]
pub(crate) struct Interleaved;

impl MessageWriter {
    /// Begins an answer.
    pub(crate) fn new(id: String, model: String, prompt_estimate: u32) -> Self {
        Self {
            id,
            model,
            prompt_estimate,
            open: None,
            blocks: 0,
        }
    }

    /// Writes the first event, which says who speaks.
    pub(crate) fn start(&self) -> Bytes {
        let usage = Usage::of(self.prompt_estimate, 0);
        let message = self.message(Value::Array(Vec::new()), Value::Null, usage);
        event("message_start", &json!({"type": "message_start", "message": message}))
    }

    /// Writes a piece as events; the last one with everything that ends a stream.
    pub(crate) fn delta(&mut self, delta: &Delta) -> Result<Bytes, Interleaved> {
        let mut out = Vec::new();
        match delta {
            Delta::Text(text) => {
                if !matches!(self.open, Some((_, None))) {
                    self.begin(None, &json!({"type": "text", "text": ""}), &mut out);
                }
                self.piece(&json!({"type": "text_delta", "text": text}), &mut out);
            }
            Delta::ToolBegan { index, id, name } => {
                let block = json!({"type": "tool_use", "id": id, "name": name, "input": {}});
                self.begin(Some(*index), &block, &mut out);
            }
            Delta::ToolArguments { index, json } => {
                if !matches!(self.open, Some((_, Some(tool))) if tool == *index) {
                    return Err(Interleaved);
                }
                self.piece(&json!({"type": "input_json_delta", "partial_json": json}), &mut out);
            }
            // The dialect has no place for another provider's mark.
            Delta::ToolSigned { .. } => {}
            Delta::Ended { reason, usage } => {
                self.close(&mut out);
                let end = json!({
                    "type": "message_delta", "delta": {"stop_reason": stop_reason(*reason), "stop_sequence": null},
                    "usage": usage_json(*usage),
                });
                out.extend_from_slice(&event("message_delta", &end));
                out.extend_from_slice(&event("message_stop", &json!({"type": "message_stop"})));
            }
        }
        Ok(out.into())
    }

    /// Writes the whole answer as one message. `None` when the arguments of a tool call are not JSON.
    pub(crate) fn whole(&self, whole: &Whole) -> Option<Bytes> {
        let mut content = Vec::new();
        if !whole.text.is_empty() {
            content.push(json!({"type": "text", "text": whole.text}));
        }
        for tool in &whole.tools {
            let written = if tool.arguments.trim().is_empty() {
                "{}"
            } else {
                &tool.arguments
            };
            let input: Value = serde_json::from_str(written).ok()?;
            content.push(json!({"type": "tool_use", "id": tool.id, "name": tool.name, "input": input}));
        }
        let (reason, usage) = whole.ended.unzip();
        let message = self.message(
            content.into(),
            json!(reason.map(stop_reason)),
            usage.unwrap_or_default(),
        );
        Some(message.to_string().into())
    }

    fn begin(&mut self, tool: Option<usize>, block: &Value, out: &mut Vec<u8>) {
        self.close(out);
        let index = self.blocks;
        self.blocks += 1;
        self.open = Some((index, tool));
        let start = json!({"type": "content_block_start", "index": index, "content_block": block});
        out.extend_from_slice(&event("content_block_start", &start));
    }

    fn piece(&self, delta: &Value, out: &mut Vec<u8>) {
        let index = self.open.map_or(0, |(index, _)| index);
        let piece = json!({"type": "content_block_delta", "index": index, "delta": delta});
        out.extend_from_slice(&event("content_block_delta", &piece));
    }

    fn close(&mut self, out: &mut Vec<u8>) {
        if let Some((index, _)) = self.open.take() {
            let stop = json!({"type": "content_block_stop", "index": index});
            out.extend_from_slice(&event("content_block_stop", &stop));
        }
    }

    fn message(&self, content: Value, reason: Value, usage: Usage) -> Value {
        json!({
            "id": self.id, "type": "message", "role": "assistant", "model": self.model, "content": content,
            "stop_reason": reason, "stop_sequence": null, "usage": usage_json(usage),
        })
    }
}

fn stop_reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Stop => "end_turn",
        Reason::Length => "max_tokens",
        Reason::ToolCalls => "tool_use",
        Reason::ContentFilter => "refusal",
    }
}

fn usage_json(usage: Usage) -> Value {
    json!({"input_tokens": usage.prompt_tokens, "output_tokens": usage.completion_tokens})
}

fn event(name: &str, data: &Value) -> Bytes {
    format!("event: {name}\ndata: {data}\n\n").into()
}

/// Writes the answer to a request to count tokens.
pub(crate) fn counted(tokens: u32) -> Bytes {
    json!({ "input_tokens": tokens }).to_string().into()
}

/// Writes a failure in mid-stream as an event; nothing follows it.
pub(crate) fn error_event(fault: &Fault) -> Bytes {
    let error = json!({"type": anthropic_kind(fault.kind), "message": fault.detail});
    event("error", &json!({"type": "error", "error": error}))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::delta::ToolCall;

    fn writer() -> MessageWriter {
        MessageWriter::new("msg_1".into(), "p/m".into(), 4)
    }

    fn names(bytes: &[u8]) -> Vec<String> {
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let names = text.lines().filter_map(|l| l.strip_prefix("event: "));
        names.map(str::to_owned).collect()
    }

    #[test]
    fn blocks_follow_one_another_and_each_is_closed() {
        let mut writer = writer();
        let began = |index, id: &str| Delta::ToolBegan {
            index,
            id: id.into(),
            name: "f".into(),
        };
        let arguments = |index| Delta::ToolArguments {
            index,
            json: "{}".into(),
        };
        let usage = Usage::of(2, 3);
        let ended = Delta::Ended {
            reason: Reason::ToolCalls,
            usage,
        };
        let text = Delta::Text("a".into());
        let mut all = writer.start().to_vec();
        for delta in [
            text.clone(),
            text,
            began(0, "t1"),
            arguments(0),
            began(1, "t2"),
            arguments(1),
            ended,
        ] {
            all.extend_from_slice(&writer.delta(&delta).unwrap());
        }
        let (start, piece, stop) = ("content_block_start", "content_block_delta", "content_block_stop");
        let expected = [
            "message_start",
            start,
            piece,
            piece,
            stop,
            start,
            piece,
            stop,
            start,
            piece,
            stop,
            "message_delta",
            "message_stop",
        ];
        assert_eq!(names(&all), expected);
        let text = String::from_utf8(all).unwrap();
        assert!(text.contains(r#""stop_reason":"tool_use""#) && text.contains(r#""output_tokens":3"#));
    }

    #[test]
    fn more_of_a_call_whose_block_is_closed_is_an_error() {
        let mut writer = writer();
        let late = Delta::ToolArguments {
            index: 0,
            json: "{}".into(),
        };
        assert_eq!(writer.delta(&late), Err(Interleaved));
    }

    #[test]
    fn a_whole_message_has_its_blocks_and_its_input_as_json() {
        let tool = |arguments: &str| ToolCall {
            id: "t1".into(),
            name: "f".into(),
            arguments: arguments.into(),
            signature: None,
        };
        let mut whole = Whole {
            text: "hi".into(),
            tools: vec![tool(r#"{"a":1}"#), tool("")],
            ended: Some((Reason::Length, Usage::default())),
        };
        let message: Value = serde_json::from_slice(&writer().whole(&whole).unwrap()).unwrap();
        assert_eq!(
            message["content"],
            json!([
                {"type": "text", "text": "hi"}, {"type": "tool_use", "id": "t1", "name": "f", "input": {"a": 1}},
                {"type": "tool_use", "id": "t1", "name": "f", "input": {}},
            ])
        );
        assert_eq!(message["stop_reason"], "max_tokens");
        whole.tools = vec![tool("{")];
        assert!(writer().whole(&whole).is_none());
    }
}
