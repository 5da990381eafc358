//! Owns how an answer of another dialect looks in OpenAI's: chunks of a stream, or one whole object; and how a failure
//! in mid-stream is told. Refuses to know where the answer came from.

use bytes::Bytes;
use kernel::Fault;
use serde_json::{Value, json};

use crate::domain::delta::{Delta, ToolCall, Usage, Whole};

/// The end of every stream.
pub(crate) const DONE: &[u8] = b"data: [DONE]\n\n";

/// Writes one answer in OpenAI's dialect.
pub(crate) struct ChunkWriter {
    /// The answer's id.
    pub(crate) id: String,
    /// When it began, seconds since 1970.
    pub(crate) created: i64,
    /// The model's public name.
    pub(crate) model: String,
    /// What wrote it, where that matters: `demo-scripted`.
    pub(crate) fingerprint: Option<&'static str>,
    /// Whether the stream ends with its usage.
    pub(crate) include_usage: bool,
}

impl ChunkWriter {
    /// Writes the first chunk, which says who speaks.
    pub(crate) fn role(&self) -> Bytes {
        self.chunk(&json!({"role": "assistant", "content": ""}), Value::Null)
    }

    /// Writes a piece; the last one with everything that ends a stream.
    pub(crate) fn delta(&self, delta: &Delta) -> Bytes {
        match delta {
            Delta::Text(text) => self.chunk(&json!({ "content": text }), Value::Null),
            Delta::ToolBegan { index, id, name } => {
                let function = json!({"name": name, "arguments": ""});
                self.chunk(
                    &json!({"tool_calls": [{"index": index, "id": id, "type": "function", "function": function}]}),
                    Value::Null,
                )
            }
            Delta::ToolArguments { index, json } => self.chunk(
                &json!({"tool_calls": [{"index": index, "function": {"arguments": json}}]}),
                Value::Null,
            ),
            Delta::ToolSigned { index, signature } => self.chunk(
                &json!({"tool_calls": [{"index": index, "extra_content": extra_content(signature)}]}),
                Value::Null,
            ),
            Delta::Ended { reason, usage } => {
                let mut end = self.chunk(&json!({}), json!(reason)).to_vec();
                if self.include_usage {
                    end.extend_from_slice(&self.event("chat.completion.chunk", json!([]), Some(usage_json(*usage))));
                }
                end.extend_from_slice(DONE);
                end.into()
            }
        }
    }

    /// Writes the whole answer as one object.
    pub(crate) fn whole(&self, whole: &Whole) -> Bytes {
        let (reason, usage) = whole.ended.unzip();
        let content = if whole.text.is_empty() && !whole.tools.is_empty() {
            Value::Null
        } else {
            json!(whole.text)
        };
        let mut message = json!({"role": "assistant", "content": content, "refusal": null});
        if let (false, Some(message)) = (whole.tools.is_empty(), message.as_object_mut()) {
            message.insert("tool_calls".into(), whole.tools.iter().map(tool_call).collect());
        }
        let choice = json!({"index": 0, "message": message, "logprobs": null, "finish_reason": reason});
        self.object(
            "chat.completion",
            json!([choice]),
            Some(usage_json(usage.unwrap_or_default())),
        )
        .to_string()
        .into()
    }

    fn chunk(&self, delta: &Value, reason: Value) -> Bytes {
        let choice = json!({"index": 0, "delta": delta, "logprobs": null, "finish_reason": reason});
        self.event("chat.completion.chunk", json!([choice]), None)
    }

    fn event(&self, object: &str, choices: Value, usage: Option<Value>) -> Bytes {
        format!("data: {}\n\n", self.object(object, choices, usage)).into()
    }

    fn object(&self, object: &str, choices: Value, usage: Option<Value>) -> Value {
        let mut value = json!({
            "id": self.id, "object": object, "created": self.created, "model": self.model,
            "system_fingerprint": self.fingerprint, "choices": choices,
        });
        if let (Some(usage), Some(object)) = (usage, value.as_object_mut()) {
            object.insert("usage".into(), usage);
        }
        value
    }
}

fn tool_call(tool: &ToolCall) -> Value {
    let function = json!({"name": tool.name, "arguments": tool.arguments});
    let mut call = json!({"id": tool.id, "type": "function", "function": function});
    if let (Some(signature), Some(call)) = (&tool.signature, call.as_object_mut()) {
        call.insert("extra_content".into(), extra_content(signature));
    }
    call
}

/// Where Google itself puts the mark of a call in OpenAI's dialect.
fn extra_content(signature: &str) -> Value {
    json!({"google": {"thought_signature": signature}})
}

fn usage_json(usage: Usage) -> Value {
    let Usage {
        prompt_tokens,
        completion_tokens,
        ..
    } = usage;
    let total = prompt_tokens.saturating_add(completion_tokens);
    json!({"prompt_tokens": prompt_tokens, "completion_tokens": completion_tokens, "total_tokens": total})
}

/// Writes a failure in mid-stream as an event; nothing follows it.
pub(crate) fn error_event(fault: &Fault) -> Bytes {
    let kind = if fault.kind.status() == 429 {
        "rate_limit_error"
    } else {
        "server_error"
    };
    let error = json!({"message": fault.detail, "type": kind, "code": fault.code, "param": null});
    format!("data: {}\n\n", json!({ "error": error })).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::delta::Reason;

    fn writer(include_usage: bool) -> ChunkWriter {
        ChunkWriter {
            id: "chatcmpl-1".into(),
            created: 7,
            model: "p/m".into(),
            fingerprint: None,
            include_usage,
        }
    }

    #[test]
    fn a_stream_ends_with_its_reason_its_usage_when_asked_for_and_done() {
        let usage = Usage::of(2, 3);
        let ended = Delta::Ended {
            reason: Reason::ToolCalls,
            usage,
        };
        let lines = |bytes: Bytes| {
            String::from_utf8(bytes.to_vec())
                .unwrap()
                .split_terminator("\n\n")
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        let with = lines(writer(true).delta(&ended));
        assert_eq!(with.len(), 3);
        assert!(with[0].contains(r#""finish_reason":"tool_calls""#), "{with:?}");
        assert!(
            with[1].contains(r#""choices":[]"#) && with[1].contains(r#""total_tokens":5"#),
            "{with:?}"
        );
        assert_eq!(with[2], "data: [DONE]");
        assert_eq!(lines(writer(false).delta(&ended)).len(), 2);
    }
}
