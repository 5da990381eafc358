//! Owns the reading of answers in OpenAI's dialect as pieces, for callers of another one: a stream of chunks, or one whole
//! object. Refuses to hold more than one event.

use serde::Deserialize;

use crate::domain::delta::{Delta, Reason, ToolCall, Usage, Whole};
use crate::domain::outline::or_default;
use crate::domain::sse::SseParser;
use crate::error::Error;
use crate::providers::deltas::{ReadDeltas, Ready, broken_off, failed};
use crate::providers::upstream::said;

/// Tool calls of one answer at most.
const TOOLS_MAX: usize = 128;

/// Reads one stream.
pub(crate) struct ChunkReader {
    provider: String,
    parser: Option<SseParser>,
    usage: Option<Usage>,
    reason: Option<Reason>,
    /// What the provider numbers its tool calls by, in the order of their beginning.
    tools: Vec<usize>,
    /// Pieces so far, for when the provider counts nothing.
    pieces: u32,
    prompt_estimate: u32,
    ended: bool,
}

#[derive(Deserialize)]
struct Chunk {
    #[serde(default, deserialize_with = "or_default")]
    choices: Vec<Choice>,
    usage: Option<Usage>,
    error: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Choice {
    delta: Option<Said>,
    message: Option<Said>,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Said {
    content: Option<String>,
    refusal: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    tool_calls: Vec<ToolPiece>,
}

#[derive(Deserialize)]
struct ToolPiece {
    #[serde(default)]
    index: usize,
    id: Option<String>,
    function: Option<FunctionPiece>,
}

#[derive(Deserialize)]
struct FunctionPiece {
    name: Option<String>,
    arguments: Option<String>,
}

impl ChunkReader {
    /// Reads the answer of `provider`, whose events have at most `event_bytes_max` bytes, to a conversation of about
    /// `prompt_estimate` tokens.
    pub(crate) fn new(provider: &str, event_bytes_max: usize, prompt_estimate: u32) -> Self {
        Self {
            provider: provider.into(),
            parser: Some(SseParser::new(event_bytes_max)),
            usage: None,
            reason: None,
            tools: Vec::new(),
            pieces: 0,
            prompt_estimate,
            ended: false,
        }
    }

    fn chunk(&mut self, data: &[u8], ready: &mut Ready) {
        if self.ended {
            return;
        }
        if data == b"[DONE]" {
            return self.end(ready);
        }
        let chunk = match serde_json::from_slice::<Chunk>(data) {
            Ok(chunk) if chunk.error.is_none() => chunk,
            Ok(_) => {
                let words = said(data).unwrap_or_default();
                return ready.push_back(Err(failed(&self.provider, &words)));
            }
            Err(_) => {
                let words = "it wrote a chunk that cannot be read.";
                return ready.push_back(Err(failed(&self.provider, words)));
            }
        };
        self.usage = chunk.usage.or(self.usage);
        // One answer is asked for, so there is one choice.
        let Some(choice) = chunk.choices.into_iter().next() else {
            return;
        };
        self.reason = choice.finish_reason.as_deref().map(reason).or(self.reason);
        let Some(said) = choice.delta else { return };
        for text in [said.content, said.refusal]
            .into_iter()
            .flatten()
            .filter(|t| !t.is_empty())
        {
            self.give(Delta::Text(text), ready);
        }
        for tool in said.tool_calls {
            self.tool(tool, ready);
        }
    }

    fn tool(&mut self, tool: ToolPiece, ready: &mut Ready) {
        let (name, arguments) = tool.function.map_or((None, None), |f| (f.name, f.arguments));
        let known = self.tools.iter().position(|index| *index == tool.index);
        let index = match (known, tool.id) {
            (Some(index), _) => index,
            (None, Some(id)) if self.tools.len() < TOOLS_MAX => {
                let index = self.tools.len();
                self.tools.push(tool.index);
                let name = name.unwrap_or_default();
                self.give(Delta::ToolBegan { index, id, name }, ready);
                index
            }
            (None, _) => {
                let words = "it wrote a tool call without an id, or too many.";
                return ready.push_back(Err(failed(&self.provider, words)));
            }
        };
        if let Some(json) = arguments.filter(|a| !a.is_empty()) {
            self.give(Delta::ToolArguments { index, json }, ready);
        }
    }

    fn give(&mut self, delta: Delta, ready: &mut Ready) {
        self.pieces = self.pieces.saturating_add(1);
        ready.push_back(Ok(delta));
    }

    fn end(&mut self, ready: &mut Ready) {
        self.ended = true;
        ready.push_back(Ok(Delta::Ended {
            reason: self.reason.unwrap_or(Reason::Stop),
            usage: self.usage.unwrap_or(Usage::of(self.prompt_estimate, self.pieces)),
        }));
    }
}

impl ReadDeltas for ChunkReader {
    fn read(&mut self, bytes: &[u8], ready: &mut Ready) {
        let Some(mut parser) = self.parser.take() else { return };
        match parser.feed(bytes, |event| self.chunk(event.data, ready)) {
            Ok(()) => self.parser = Some(parser),
            Err(e) => ready.push_back(Err(failed(&self.provider, &e.to_string()))),
        }
    }

    fn ended(&self) -> bool {
        self.ended
    }

    fn close(&mut self, ready: &mut Ready) {
        // Some servers write no `[DONE]`.
        if self.reason.is_some() {
            self.end(ready);
        } else {
            ready.push_back(Err(broken_off(&self.provider)));
        }
    }
}

/// Reads a whole answer of `provider`. Without its own count its usage is `counted`.
pub(crate) fn whole(provider: &str, body: &[u8], counted: impl FnOnce(usize) -> Usage) -> Result<Whole, Error> {
    let answer: Chunk =
        serde_json::from_slice(body).map_err(|_| failed(provider, "it wrote an answer that cannot be read."))?;
    let choice = answer.choices.into_iter().next();
    let choice = choice.ok_or_else(|| failed(provider, "its answer is empty."))?;
    let (mut text, mut tools) = (String::new(), Vec::new());
    if let Some(said) = choice.message {
        text = said.content.or(said.refusal).unwrap_or_default();
        let calls = said.tool_calls.into_iter().filter_map(|t| Some((t.id?, t.function?)));
        tools.extend(calls.map(|(id, f)| ToolCall {
            id,
            name: f.name.unwrap_or_default(),
            arguments: f.arguments.unwrap_or_default(),
            signature: None,
        }));
    }
    let usage = answer.usage.unwrap_or_else(|| counted(text.len()));
    let reason = choice.finish_reason.as_deref().map_or(Reason::Stop, reason);
    Ok(Whole {
        text,
        tools,
        ended: Some((reason, usage)),
    })
}

/// Cuts a whole answer to pieces, for a caller who wanted a stream of a server that has none.
pub(crate) fn pieces(whole: Whole) -> Vec<Delta> {
    let mut pieces = Vec::new();
    if !whole.text.is_empty() {
        pieces.push(Delta::Text(whole.text));
    }
    for (index, tool) in whole.tools.into_iter().enumerate() {
        let ToolCall {
            id, name, arguments, ..
        } = tool;
        pieces.push(Delta::ToolBegan { index, id, name });
        pieces.push(Delta::ToolArguments { index, json: arguments });
    }
    pieces.extend(whole.ended.map(|(reason, usage)| Delta::Ended { reason, usage }));
    pieces
}

fn reason(word: &str) -> Reason {
    match word {
        "length" => Reason::Length,
        "tool_calls" | "function_call" => Reason::ToolCalls,
        "content_filter" => Reason::ContentFilter,
        _ => Reason::Stop,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: &str = r#"data: {"choices":[{"delta":{"role":"assistant","content":""}}],"usage":null}

data: {"choices":[{"delta":{"content":"hi"}}]}

data: {"choices":[{"delta":{"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"f","arguments":""}}]}}]}

data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]}}]}

data: {"choices":[{"delta":{"tool_calls":[{"index":1,"id":"c2","function":{"name":"g","arguments":"{\"a\":1}"}}]}}]}

data: {"choices":[{"delta":{},"finish_reason":"tool_calls"}]}

data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4}}

data: [DONE]

"#;

    fn read(text: &str, size: usize) -> Vec<Result<Delta, String>> {
        let (mut reader, mut ready) = (ChunkReader::new("a", 10_000, 7), Ready::new());
        text.as_bytes()
            .chunks(size)
            .for_each(|part| reader.read(part, &mut ready));
        if !reader.ended() {
            reader.close(&mut ready);
        }
        ready.into_iter().map(|r| r.map_err(|e| e.to_string())).collect()
    }

    #[test]
    fn chunks_become_pieces_however_they_are_cut() {
        let usage = Usage::of(3, 4);
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
        let expected = vec![
            Ok(Delta::Text("hi".into())),
            began(0, "c1", "f"),
            arguments(0, "{}"),
            began(1, "c2", "g"),
            arguments(1, r#"{"a":1}"#),
            Ok(Delta::Ended {
                reason: Reason::ToolCalls,
                usage,
            }),
        ];
        for size in [1, 50, 4096] {
            assert_eq!(read(STREAM, size), expected);
        }
    }

    #[test]
    fn an_end_without_done_is_an_end_and_one_without_a_reason_is_a_cut() {
        let ended = read(
            "data: {\"choices\":[{\"delta\":{\"content\":\"a\"},\"finish_reason\":\"length\"}]}\n\n",
            9,
        );
        let usage = Usage::of(7, 1);
        let reason = Reason::Length;
        assert_eq!(ended[1], Ok(Delta::Ended { reason, usage }));
        let cut = read("data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n", 9);
        assert!(cut[1].as_ref().is_err_and(|e| e.contains("broke off")));
        let failed = read("data: {\"error\":{\"message\":\"no more\"}}\n\n", 9);
        assert!(failed[0].as_ref().is_err_and(|e| e.contains("no more")));
    }

    #[test]
    fn a_whole_answer_is_read_and_can_be_cut_to_pieces() {
        let body = br#"{"choices":[{"message":{"content":null,"tool_calls":[{"id":"c","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}"#;
        let counted = |_| Usage::of(1, 2);
        let read = whole("a", body, counted).unwrap();
        assert_eq!(read.tools[0].name, "f");
        assert_eq!(read.ended, Some((Reason::ToolCalls, counted(0))));
        let mut again = Whole::default();
        pieces(read.clone()).into_iter().for_each(|piece| again.add(piece));
        assert_eq!(again, read);
        assert!(whole("a", b"<html>", counted).is_err() && whole("a", b"{\"choices\":[]}", counted).is_err());
    }
}
