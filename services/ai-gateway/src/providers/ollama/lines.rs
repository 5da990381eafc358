//! Owns the reading of Ollama's stream: a line of JSON each, which become pieces. Refuses to hold more than one line.

use kernel::Ambient;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::domain::delta::{Delta, Reason, Usage};
use crate::domain::ndjson::LineReader;
use crate::domain::outline::or_default;
use crate::providers::deltas::{ReadDeltas, Ready, broken_off, failed};

/// Reads one answer.
pub(super) struct Reader {
    provider: String,
    lines: Option<LineReader>,
    ambient: Ambient,
    prompt_estimate: u32,
    /// Pieces so far, for when the server counts nothing.
    pieces: u32,
    /// Tool calls so far.
    tools: usize,
    ended: bool,
}

#[derive(Deserialize)]
struct Line {
    message: Option<Message>,
    #[serde(default)]
    done: bool,
    done_reason: Option<String>,
    prompt_eval_count: Option<u32>,
    eval_count: Option<u32>,
    error: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    content: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    tool_calls: Vec<Call>,
}

#[derive(Deserialize)]
struct Call {
    id: Option<String>,
    function: Function,
}

#[derive(Deserialize)]
struct Function {
    name: String,
    arguments: Option<Value>,
}

impl Reader {
    /// Reads the answer of `provider`, whose lines have at most `line_bytes_max` bytes, to a conversation of about
    /// `prompt_estimate` tokens; ids of tool calls that it does not give come from `ambient`.
    pub(super) fn new(provider: &str, line_bytes_max: usize, prompt_estimate: u32, ambient: Ambient) -> Self {
        Self {
            provider: provider.into(),
            lines: Some(LineReader::new(line_bytes_max)),
            ambient,
            prompt_estimate,
            pieces: 0,
            tools: 0,
            ended: false,
        }
    }

    fn line(&mut self, line: &[u8], ready: &mut Ready) {
        if self.ended {
            return;
        }
        let Ok(line) = serde_json::from_slice::<Line>(line) else {
            let words = "it wrote a line that cannot be read.";
            return ready.push_back(Err(failed(&self.provider, words)));
        };
        if let Some(words) = line.error {
            return ready.push_back(Err(failed(&self.provider, &words)));
        }
        if let Some(message) = line.message {
            let text = message.content.filter(|text| !text.is_empty());
            if let Some(text) = text {
                self.pieces = self.pieces.saturating_add(1);
                ready.push_back(Ok(Delta::Text(text)));
            }
            for call in message.tool_calls {
                self.call(call, ready);
            }
        }
        if line.done {
            self.ended = true;
            let reason = match line.done_reason.as_deref() {
                Some("length") => Reason::Length,
                _ if self.tools > 0 => Reason::ToolCalls,
                _ => Reason::Stop,
            };
            // A conversation that the server still has in memory is not counted again.
            let usage = Usage::of(
                line.prompt_eval_count.unwrap_or(self.prompt_estimate),
                line.eval_count.unwrap_or(self.pieces),
            );
            ready.push_back(Ok(Delta::Ended { reason, usage }));
        }
    }

    fn call(&mut self, call: Call, ready: &mut Ready) {
        let index = self.tools;
        self.tools += 1;
        self.pieces = self.pieces.saturating_add(1);
        let id = call.id.filter(|id| !id.is_empty());
        let id = id.unwrap_or_else(|| format!("call_{}", self.ambient.token::<12>()));
        let Function { name, arguments } = call.function;
        let json = arguments.map_or_else(|| "{}".to_owned(), |a| a.to_string());
        ready.push_back(Ok(Delta::ToolBegan { index, id, name }));
        ready.push_back(Ok(Delta::ToolArguments { index, json }));
    }
}

impl ReadDeltas for Reader {
    fn read(&mut self, bytes: &[u8], ready: &mut Ready) {
        let Some(mut lines) = self.lines.take() else { return };
        match lines.feed(bytes, |line| self.line(line, ready)) {
            Ok(()) => self.lines = Some(lines),
            Err(e) => ready.push_back(Err(failed(&self.provider, &e.to_string()))),
        }
    }

    fn ended(&self) -> bool {
        self.ended
    }

    fn close(&mut self, ready: &mut Ready) {
        if let Some(mut lines) = self.lines.take() {
            // Half a line is no line.
            let is_whole = |line: &[u8]| serde_json::from_slice::<IgnoredAny>(line).is_ok();
            lines.end(|line| {
                if is_whole(line) {
                    self.line(line, ready);
                }
            });
        }
        if !self.ended && !matches!(ready.back(), Some(Err(_))) {
            ready.push_back(Err(broken_off(&self.provider)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, size: usize) -> Vec<Result<Delta, String>> {
        let (mut reader, mut ready) = (Reader::new("o", 1_000, 9, Ambient::system()), Ready::new());
        text.as_bytes()
            .chunks(size)
            .for_each(|part| reader.read(part, &mut ready));
        if !reader.ended() {
            reader.close(&mut ready);
        }
        ready.into_iter().map(|r| r.map_err(|e| e.to_string())).collect()
    }

    const STREAM: &str = r#"{"model":"m","message":{"role":"assistant","content":"","thinking":"hm"},"done":false}
{"model":"m","message":{"role":"assistant","content":"hi"},"done":false}
{"model":"m","message":{"content":"","tool_calls":[{"id":"c1","function":{"index":0,"name":"f","arguments":{"a":1}}}]},"done":false}
{"model":"m","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","prompt_eval_count":5,"eval_count":7}"#;

    #[test]
    fn text_and_calls_are_read_however_they_are_cut_and_the_last_line_needs_no_end() {
        let usage = Usage::of(5, 7);
        let expected = vec![
            Ok(Delta::Text("hi".into())),
            Ok(Delta::ToolBegan {
                index: 0,
                id: "c1".into(),
                name: "f".into(),
            }),
            Ok(Delta::ToolArguments {
                index: 0,
                json: r#"{"a":1}"#.into(),
            }),
            Ok(Delta::Ended {
                reason: Reason::ToolCalls,
                usage,
            }),
        ];
        for size in [1, 100, 4096] {
            assert_eq!(read(STREAM, size), expected);
        }
    }

    #[test]
    fn an_end_without_counts_is_estimated_and_a_length_is_one() {
        let lines = "{\"message\":{\"content\":\"a\"}}\n{\"done\":true,\"done_reason\":\"length\"}\n";
        let usage = Usage::of(9, 1);
        let reason = Reason::Length;
        assert_eq!(read(lines, 4096).pop().unwrap(), Ok(Delta::Ended { reason, usage }));
    }

    #[test]
    fn what_goes_wrong_in_mid_stream_is_an_error() {
        let begun = "{\"message\":{\"content\":\"a\"}}\n";
        for (rest, words) in [
            ("", "broke off"),
            ("{\"message\":{\"con", "broke off"),
            ("{\"error\":\"no memory\"}\n", "no memory"),
            ("<html>\n", "cannot be read"),
            (&*format!("{}\n", "x".repeat(2_000)), "too large"),
        ] {
            let read = read(&format!("{begun}{rest}"), 64);
            assert_eq!(read[0], Ok(Delta::Text("a".into())));
            assert!(read[1].as_ref().is_err_and(|e| e.contains(words)), "{words}: {read:?}");
        }
    }
}
