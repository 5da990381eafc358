//! Owns the light tap on an answer that passes through as bytes: how much was written, what it cost, whether it was
//! finished. Refuses to change, hold back or fail anything.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::domain::delta::{Usage, Written};
use crate::domain::prompt::Measure;
use crate::domain::sse::{SseEvent, SseParser};

/// Bytes of sound in base64 that are as much as a byte of text; compressed speech has about 200 a token.
const AUDIO_BYTES_PER_BYTE: usize = 50;

/// Watches a stream of OpenAI's chunks.
pub(crate) struct Tap {
    parser: SseParser,
    /// What was written so far.
    pub(crate) written: Written,
    /// Whether a chunk came; the first one often only says who speaks.
    begun: bool,
    /// What the provider said it cost.
    pub(crate) usage: Option<Usage>,
    /// Whether an end was seen: a reason of every answer that began, `[DONE]`, or an error that the provider told itself.
    pub(crate) finished: bool,
    /// Whether the provider told a failure in its stream.
    pub(crate) failed: bool,
    /// Whether `[DONE]` was seen.
    done: bool,
    /// The answers that began, a bit for each index, and those whose reason was seen.
    answers: u128,
    ended: u128,
}

/// A chunk, as far as it must be known that passes through.
#[derive(Deserialize)]
struct Chunk<'a> {
    #[serde(borrow, default)]
    choices: Vec<Choice<'a>>,
    usage: Option<Usage>,
    #[serde(borrow)]
    error: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Choice<'a> {
    index: Option<u32>,
    #[serde(borrow)]
    delta: Option<Piece<'a>>,
    #[serde(borrow)]
    finish_reason: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Piece<'a> {
    #[serde(borrow)]
    content: Option<&'a RawValue>,
    #[serde(borrow)]
    reasoning_content: Option<&'a RawValue>,
    #[serde(borrow)]
    reasoning: Option<&'a RawValue>,
    #[serde(borrow)]
    tool_calls: Option<&'a RawValue>,
    /// A tool call as it was written before there could be several.
    #[serde(borrow)]
    function_call: Option<&'a RawValue>,
    #[serde(borrow)]
    refusal: Option<&'a RawValue>,
    #[serde(borrow)]
    audio: Option<&'a RawValue>,
    #[serde(borrow)]
    images: Option<&'a RawValue>,
}

impl Piece<'_> {
    /// Returns the bytes of its text; of a tool call rather too many. Sound and images count as the text of as many tokens.
    fn bytes(&self) -> usize {
        let all = [
            self.content,
            self.reasoning_content.or(self.reasoning),
            self.tool_calls,
            self.function_call,
            self.refusal,
        ];
        // Without the quotes.
        let within = |raw: &RawValue| raw.get().len().saturating_sub(2);
        let bytes: usize = all.into_iter().flatten().map(within).sum();
        let audio = self.audio.map_or(0, |raw| within(raw).div_ceil(AUDIO_BYTES_PER_BYTE));
        let images = self.images.filter(|raw| within(raw) > 0);
        bytes + audio + images.map_or(0, |raw| Measure::of(raw.get()).estimated_bytes())
    }
}

impl Tap {
    /// Begins to watch; events over `event_bytes_max` pass unread.
    pub(crate) fn new(event_bytes_max: usize) -> Self {
        Self {
            parser: SseParser::new(event_bytes_max),
            written: Written::default(),
            begun: false,
            usage: None,
            finished: false,
            failed: false,
            done: false,
            answers: 0,
            ended: 0,
        }
    }

    /// Tells whether all was read to its proper end, with no failure in it.
    pub(crate) fn is_complete(&self) -> bool {
        self.done && !self.parser.has_passed_over() && !self.failed
    }

    /// Looks at the next bytes.
    pub(crate) fn watch(&mut self, bytes: &[u8]) {
        let mut parser = std::mem::take(&mut self.parser);
        parser.feed_past(bytes, |event| self.event(event));
        self.parser = parser;
    }

    /// Tells whether it ended before its end. What cannot be watched is not called so.
    pub(crate) const fn is_broken_off(&self) -> bool {
        !self.finished && !self.parser.has_passed_over()
    }

    /// Tells whether what passed stops within an event.
    pub(crate) fn is_cut(&self) -> bool {
        self.parser.is_cut()
    }

    fn event(&mut self, event: SseEvent<'_>) {
        if event.data == b"[DONE]" {
            (self.finished, self.done) = (true, true);
            return;
        }
        let Ok(chunk) = serde_json::from_slice::<Chunk<'_>>(event.data) else {
            return self.odd(event.data);
        };
        let bytes = chunk.choices.iter().filter_map(|choice| choice.delta.as_ref());
        self.count(bytes.map(Piece::bytes).sum());
        let begins = |raw: &RawValue, with| raw.get().starts_with(with);
        self.failed |= chunk.error.is_some_and(|raw| begins(raw, '{'));
        for choice in &chunk.choices {
            let bit = 1_u128.wrapping_shl(choice.index.unwrap_or(0));
            self.answers |= bit;
            if choice.finish_reason.is_some_and(|raw| begins(raw, '"')) {
                self.ended |= bit;
            }
        }
        let all_ended = self.ended != 0 && self.answers & !self.ended == 0;
        self.finished = self.failed || self.done || all_ended;
        self.usage = chunk.usage.or(self.usage);
    }

    /// Looks at what is no chunk as OpenAI writes them.
    fn odd(&mut self, data: &[u8]) {
        self.failed |= has_value(data, b"\"error\"", b'{');
        if has_value(data, b"\"finish_reason\"", b'"') {
            // Whose it is cannot be told.
            self.ended = u128::MAX;
        }
        self.finished |= self.failed || self.ended == u128::MAX;
    }

    /// Counts a chunk; one that says nothing, such as that of the end or of the usage, is no piece.
    fn count(&mut self, bytes: usize) {
        if !std::mem::replace(&mut self.begun, true) {
            self.written = Written::at_once(bytes);
        } else if bytes > 0 {
            self.written.add(bytes);
        }
    }
}

/// Tells whether the key `key` (quotes included) stands in `json` with a value that begins with `first`.
fn has_value(json: &[u8], key: &[u8], first: u8) -> bool {
    json.windows(key.len())
        .enumerate()
        .filter(|(_, window)| *window == key)
        .any(|(at, _)| {
            let mut rest = json.iter().skip(at + key.len()).filter(|b| !b.is_ascii_whitespace());
            rest.next() == Some(&b':') && rest.next() == Some(&first)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_counted_and_its_end_and_usage_are_seen_however_it_is_cut() {
        let text = b"data: {\"choices\":[{\"delta\":{\"role\":\"assistant\"},\"finish_reason\":null}],\"usage\":null}\n\n\
            data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\ndata: {\"choices\":[{\"finish_reason\": \"stop\"}]}\n\n\
            data: {\"choices\":[],\"usage\": {\"prompt_tokens\":3,\"completion_tokens\":4,\"details\":{}}}\n\ndata: [DONE]\n\n";
        for size in [1, 7, 4096] {
            let mut tap = Tap::new(4096);
            text.chunks(size).for_each(|part| tap.watch(part));
            assert_eq!(tap.usage, Some(Usage::of(3, 4)));
            assert!(tap.finished && tap.is_complete());
            assert_eq!(tap.written.tokens(), 1);
        }
        let mut cut = Tap::new(4096);
        cut.watch(text.get(..120).unwrap());
        assert!(!cut.finished && cut.usage.is_none());
    }

    #[test]
    fn what_says_nothing_is_no_piece() {
        let mut tap = Tap::new(4096);
        tap.watch(b"data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\n");
        tap.watch(b"data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\ndata: {\"choices\":[{\"delta\":{\"reasoning\":\"b\"}}]}\n\n");
        let before = tap.written;
        assert_eq!(before.pieces, 2);
        tap.watch(
            b"data: {\"choices\":[{\"delta\":{\"content\":\"\",\"tool_calls\":[]},\"finish_reason\":\"stop\"}]}\n\n",
        );
        tap.watch(b"data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3}}\n\ndata: odd\n\ndata: [DONE]\n\n");
        assert_eq!(tap.written, before);
    }

    #[test]
    fn whatever_was_written_counts() {
        let tokens = |delta: &str| {
            let mut tap = Tap::new(64 * 1024);
            tap.watch(b"data: {\"choices\":[{\"delta\":{\"role\":\"assistant\"}}]}\n\n");
            for _ in 0..3 {
                tap.watch(format!("data: {{\"choices\":[{{\"delta\":{delta}}}]}}\n\n").as_bytes());
            }
            tap.written.tokens()
        };
        let base64 = "A".repeat(20_000);
        for delta in [
            r#"{"function_call":{"name":"f","arguments":""}}"#,
            r#"{"refusal":"no"}"#,
            r#"{"audio":{"transcript":"a"}}"#,
            r#"{"images":[{"type":"image_url","image_url":{"url":"https://a/b"}}]}"#,
        ] {
            assert!(tokens(delta) >= 3, "{delta}");
        }
        let sound = tokens(&format!(r#"{{"audio":{{"data":"{base64}"}}}}"#));
        assert!((200..400).contains(&sound), "{sound}");
        let image = format!(r#"{{"images":[{{"image_url":{{"url":"data:image/png;base64,{base64}"}}}}]}}"#);
        assert!((6_000..6_100).contains(&tokens(&image)), "{}", tokens(&image));
        let nothing = r#"{"function_call":null,"refusal":null,"audio":null,"images":[]}"#;
        assert_eq!(tokens(nothing), 0);
    }

    #[test]
    fn several_answers_have_ended_once_each_of_them_has() {
        let chunk = |index: u32, rest: &str| format!("data: {{\"choices\":[{{\"index\":{index},{rest}}}]}}\n\n");
        for (one, other) in [(0, 1), (1, 0), (7, 300)] {
            let mut tap = Tap::new(4096);
            tap.watch(chunk(one, "\"delta\":{\"content\":\"a\"}").as_bytes());
            tap.watch(chunk(other, "\"delta\":{\"content\":\"b\"}").as_bytes());
            tap.watch(chunk(one, "\"finish_reason\":\"stop\"").as_bytes());
            assert!(!tap.finished && tap.is_broken_off());
            tap.watch(chunk(other, "\"finish_reason\":\"stop\"").as_bytes());
            assert!(tap.finished);
            tap.watch(b"data: {\"choices\":[],\"usage\":{\"prompt_tokens\":3}}\n\n");
            assert!(tap.finished);
        }
        // One after the other.
        let mut tap = Tap::new(4096);
        tap.watch(chunk(0, "\"finish_reason\":\"stop\"").as_bytes());
        tap.watch(chunk(1, "\"delta\":{\"content\":\"b\"}").as_bytes());
        assert!(tap.is_broken_off());
        tap.watch(b"data: [DONE]\n\n");
        assert!(tap.finished);
    }

    #[test]
    fn an_event_too_large_to_read_still_passes() {
        let mut tap = Tap::new(100);
        let large = format!(
            "data: {{\"choices\":[{{\"delta\":{{\"content\":\"{}\"}}}}]}}\n\n",
            "a".repeat(100)
        );
        tap.watch(large.as_bytes());
        assert!(!tap.finished && !tap.is_broken_off());
        tap.watch(b"data: {\"usage\":{\"prompt_tokens\":3,\"completion_tokens\":4}}\n\ndata: [DONE]\n\n");
        assert_eq!(tap.usage, Some(Usage::of(3, 4)));
        assert!(tap.finished && !tap.is_complete());
    }

    #[test]
    fn a_failure_that_the_provider_tells_is_an_end_but_no_complete_answer() {
        let mut tap = Tap::new(4096);
        tap.watch(b"data: {\"choices\":[{\"finish_reason\":\"stop\"}]}\n\n");
        assert!(tap.finished && !tap.is_complete());
        tap.watch(b"data: {\"error\": {\"message\":\"no\"}}\n\ndata: [DONE]\n\n");
        assert!(tap.finished && tap.failed && !tap.is_complete());
    }
}
