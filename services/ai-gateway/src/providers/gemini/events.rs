//! Owns the reading of Gemini's stream: each event is a part of the answer in Google's shape, and becomes pieces. Refuses to
//! hold more than one event.

use kernel::Ambient;
use serde::Deserialize;
use serde_json::Value;

use crate::domain::delta::{Delta, Reason, Usage};
use crate::domain::outline::or_default;
use crate::domain::sse::SseParser;
use crate::providers::deltas::{ReadDeltas, Ready, broken_off, failed};

/// Reads one answer.
pub(super) struct Reader {
    provider: String,
    parser: Option<SseParser>,
    ambient: Ambient,
    usage: Usage,
    reason: Option<Reason>,
    /// Tool calls so far.
    tools: usize,
    ended: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    #[serde(default, deserialize_with = "or_default")]
    candidates: Vec<Candidate>,
    prompt_feedback: Option<Feedback>,
    usage_metadata: Option<Counted>,
    error: Option<Failure>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Candidate {
    content: Option<Content>,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Content {
    #[serde(default, deserialize_with = "or_default")]
    parts: Vec<Part>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Part {
    text: Option<String>,
    /// Whether it is thought, not said.
    #[serde(default)]
    thought: bool,
    thought_signature: Option<String>,
    function_call: Option<FunctionCall>,
}

#[derive(Deserialize)]
struct FunctionCall {
    id: Option<String>,
    name: String,
    args: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Feedback {
    block_reason: Option<String>,
}

/// `usageMetadata`: what was counted so far.
#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Counted {
    prompt_token_count: Option<u32>,
    tool_use_prompt_token_count: Option<u32>,
    /// Of those, what was in Google's cache.
    cached_content_token_count: Option<u32>,
    candidates_token_count: Option<u32>,
    thoughts_token_count: Option<u32>,
}

#[derive(Deserialize)]
struct Failure {
    #[serde(default)]
    message: String,
}

impl Counted {
    /// Returns the tokens read.
    pub(super) fn read(self) -> u32 {
        let parts = [self.prompt_token_count, self.tool_use_prompt_token_count];
        parts.into_iter().flatten().fold(0, u32::saturating_add)
    }

    /// Returns the tokens written: what was thought is paid for like what was said.
    fn written(self) -> u32 {
        let parts = [self.candidates_token_count, self.thoughts_token_count];
        parts.into_iter().flatten().fold(0, u32::saturating_add)
    }
}

impl Reader {
    /// Reads the answer of `provider`, whose events have at most `event_bytes_max` bytes; ids of tool calls that it does not
    /// give come from `ambient`.
    pub(super) fn new(provider: &str, event_bytes_max: usize, ambient: Ambient) -> Self {
        Self {
            provider: provider.into(),
            parser: Some(SseParser::new(event_bytes_max)),
            ambient,
            usage: Usage::default(),
            reason: None,
            tools: 0,
            ended: false,
        }
    }

    fn event(&mut self, event: Event, ready: &mut Ready) {
        if let Some(failure) = event.error {
            return ready.push_back(Err(failed(&self.provider, &failure.message)));
        }
        if let Some(counted) = event.usage_metadata {
            self.usage = Usage {
                cached_tokens: counted.cached_content_token_count.unwrap_or(0),
                ..Usage::of(counted.read(), counted.written())
            };
        }
        if event.prompt_feedback.and_then(|f| f.block_reason).is_some() {
            self.reason = Some(Reason::ContentFilter);
        }
        // One answer is asked for, so there is one candidate.
        let Some(candidate) = event.candidates.into_iter().next() else {
            return;
        };
        for part in candidate.content.map(|c| c.parts).unwrap_or_default() {
            self.part(part, ready);
        }
        match candidate.finish_reason.as_deref().map(|word| self.finished(word)) {
            None => {}
            Some(Ok(reason)) => self.reason = Some(reason),
            Some(Err(words)) => ready.push_back(Err(failed(&self.provider, words))),
        }
    }

    fn part(&mut self, part: Part, ready: &mut Ready) {
        if let Some(call) = part.function_call {
            let index = self.tools;
            self.tools += 1;
            let id = call.id.filter(|id| !id.is_empty());
            let id = id.unwrap_or_else(|| format!("call_{}", self.ambient.token::<12>()));
            let name = call.name;
            ready.push_back(Ok(Delta::ToolBegan { index, id, name }));
            let signed = part.thought_signature;
            ready.extend(signed.map(|signature| Ok(Delta::ToolSigned { index, signature })));
            let json = call.args.map_or_else(|| "{}".to_owned(), |args| args.to_string());
            ready.push_back(Ok(Delta::ToolArguments { index, json }));
        } else if let Some(text) = part.text.filter(|text| !part.thought && !text.is_empty()) {
            ready.push_back(Ok(Delta::Text(text)));
        }
    }

    /// Tells what a `finishReason` means, or what went wrong.
    fn finished(&self, word: &str) -> Result<Reason, &'static str> {
        match word {
            "STOP" if self.tools > 0 => Ok(Reason::ToolCalls),
            "MAX_TOKENS" => Ok(Reason::Length),
            "SAFETY"
            | "RECITATION"
            | "LANGUAGE"
            | "BLOCKLIST"
            | "PROHIBITED_CONTENT"
            | "SPII"
            | "IMAGE_SAFETY"
            | "IMAGE_PROHIBITED_CONTENT"
            | "IMAGE_RECITATION" => Ok(Reason::ContentFilter),
            "MALFORMED_FUNCTION_CALL" => Err("it wrote a tool call that cannot be read."),
            "UNEXPECTED_TOOL_CALL" => Err("it called a tool that was not offered."),
            "TOO_MANY_TOOL_CALLS" => Err("it called too many tools."),
            "MISSING_THOUGHT_SIGNATURE" => Err("it misses the signature of a tool call."),
            _ => Ok(Reason::Stop),
        }
    }
}

impl ReadDeltas for Reader {
    fn read(&mut self, bytes: &[u8], ready: &mut Ready) {
        let Some(mut parser) = self.parser.take() else { return };
        let fed = parser.feed(bytes, |event| match serde_json::from_slice::<Event>(event.data) {
            Ok(event) => self.event(event, ready),
            Err(_) => ready.push_back(Err(failed(&self.provider, "it wrote an event that cannot be read."))),
        });
        match fed {
            Ok(()) => self.parser = Some(parser),
            Err(e) => ready.push_back(Err(failed(&self.provider, &e.to_string()))),
        }
    }

    fn ended(&self) -> bool {
        self.ended
    }

    /// The stream has no last word of its own: its end is the body's, after a reason was told.
    fn close(&mut self, ready: &mut Ready) {
        match self.reason {
            Some(reason) => {
                self.ended = true;
                let usage = self.usage;
                ready.push_back(Ok(Delta::Ended { reason, usage }));
            }
            None => ready.push_back(Err(broken_off(&self.provider))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, size: usize) -> Vec<Result<Delta, String>> {
        let (mut reader, mut ready) = (Reader::new("g", 10_000, Ambient::system()), Ready::new());
        text.as_bytes()
            .chunks(size)
            .for_each(|part| reader.read(part, &mut ready));
        reader.close(&mut ready);
        ready.into_iter().map(|r| r.map_err(|e| e.to_string())).collect()
    }

    const STREAM: &str = r#"data: {"candidates":[{"content":{"parts":[{"text":"hm","thought":true}],"role":"model"}}],"usageMetadata":{"promptTokenCount":5}}

data: {"candidates":[{"content":{"parts":[{"text":"hi"}],"role":"model"},"index":0}]}

data: {"candidates":[{"content":{"parts":[{"functionCall":{"id":"c1","name":"f","args":{"a":1}},"thoughtSignature":"s+="},{"functionCall":{"id":"c2","name":"g"}}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":5,"cachedContentTokenCount":4,"toolUsePromptTokenCount":1,"candidatesTokenCount":7,"thoughtsTokenCount":30,"totalTokenCount":43}}

"#;

    #[test]
    fn text_calls_and_their_signatures_are_read_and_thoughts_are_counted_as_written() {
        let began = |index, id: &str, name: &str| {
            Ok(Delta::ToolBegan {
                index,
                id: id.into(),
                name: name.into(),
            })
        };
        let arguments = |index, json: &str| {
            Ok(Delta::ToolArguments {
                index,
                json: json.into(),
            })
        };
        let usage = Usage {
            cached_tokens: 4,
            ..Usage::of(6, 37)
        };
        let expected = vec![
            Ok(Delta::Text("hi".into())),
            began(0, "c1", "f"),
            Ok(Delta::ToolSigned {
                index: 0,
                signature: "s+=".into(),
            }),
            arguments(0, r#"{"a":1}"#),
            began(1, "c2", "g"),
            arguments(1, "{}"),
            Ok(Delta::Ended {
                reason: Reason::ToolCalls,
                usage,
            }),
        ];
        for size in [3, 4096] {
            assert_eq!(read(STREAM, size), expected);
        }
    }

    #[test]
    fn reasons_are_told_in_openais_words_and_a_blocked_prompt_is_filtered() {
        let end = |event: &str| read(&format!("data: {event}\n\n"), 4096).pop().unwrap();
        let because = |reason| {
            Ok(Delta::Ended {
                reason,
                usage: Usage::default(),
            })
        };
        for (word, reason) in [
            ("STOP", Reason::Stop),
            ("MAX_TOKENS", Reason::Length),
            ("SAFETY", Reason::ContentFilter),
            ("RECITATION", Reason::ContentFilter),
            ("OTHER", Reason::Stop),
        ] {
            let event = format!(r#"{{"candidates":[{{"finishReason":"{word}"}}]}}"#);
            assert_eq!(end(&event), because(reason), "{word}");
        }
        let blocked = r#"{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"}}"#;
        assert_eq!(end(blocked), because(Reason::ContentFilter));
        let first = |event: &str| read(&format!("data: {event}\n\n"), 9).remove(0).unwrap_err();
        assert!(first(r#"{"candidates":[{"finishReason":"MALFORMED_FUNCTION_CALL"}]}"#).contains("tool call"));
        assert!(first(r#"{"error":{"code":503,"message":"overloaded"}}"#).contains("overloaded"));
        assert!(first(r#"{"candidates":[]}"#).contains("broke off"));
    }
}
