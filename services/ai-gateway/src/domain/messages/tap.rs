//! Owns the light tap on an answer in Anthropic's dialect that passes through as bytes. Refuses to change, hold back or
//! fail anything.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::domain::delta::{Usage, Written};
use crate::domain::messages::Counted;
use crate::domain::sse::{SseEvent, SseParser};

/// Watches a stream of Anthropic's events.
pub(crate) struct MessageTap {
    parser: SseParser,
    /// What was written so far.
    pub(crate) written: Written,
    /// What the provider said it cost. Its first event counts only what was read.
    counted: Option<Usage>,
    /// Whether it has counted what was written.
    counted_written: bool,
    /// Whether an end was seen: `message_stop`, or an error that the provider told itself.
    pub(crate) finished: bool,
    /// Whether the provider told a failure in its stream.
    pub(crate) failed: bool,
    /// What it said about itself.
    pub(crate) said: Said,
}

/// What an answer says about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct Said {
    pub(crate) id: Option<String>,
    pub(crate) model: Option<String>,
    /// Why it ended.
    pub(crate) stop_reason: Option<String>,
}

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(rename = "type", borrow)]
    kind: std::borrow::Cow<'a, str>,
    message: Option<Message>,
    usage: Option<Counted>,
    #[serde(borrow)]
    delta: Option<Piece<'a>>,
}

#[derive(Deserialize)]
struct Message {
    #[serde(flatten)]
    said: Said,
    usage: Option<Counted>,
}

/// A piece of content, as far as its length goes, or the end.
#[derive(Deserialize)]
struct Piece<'a> {
    #[serde(borrow)]
    text: Option<&'a RawValue>,
    #[serde(borrow)]
    partial_json: Option<&'a RawValue>,
    #[serde(borrow)]
    thinking: Option<&'a RawValue>,
    stop_reason: Option<String>,
}

impl Piece<'_> {
    fn bytes(&self) -> usize {
        let all = [self.text, self.partial_json, self.thinking];
        // Without the quotes.
        let bytes = all.into_iter().flatten().map(|raw| raw.get().len().saturating_sub(2));
        bytes.sum()
    }
}

#[derive(Deserialize)]
struct WithUsage {
    usage: Option<Counted>,
}

/// Reads what a whole message says about itself.
pub(crate) fn message_said(json: &[u8]) -> Said {
    serde_json::from_slice(json).unwrap_or_default()
}

/// Reads the usage of a whole message, if it is there.
pub(crate) fn message_usage(json: &[u8]) -> Option<Usage> {
    let counted = serde_json::from_slice::<WithUsage>(json).ok()?.usage?;
    let mut usage = Usage::default();
    usage.count(Some(counted));
    Some(usage)
}

impl MessageTap {
    /// Begins to watch; events over `event_bytes_max` pass unread.
    pub(crate) fn new(event_bytes_max: usize) -> Self {
        Self {
            parser: SseParser::new(event_bytes_max),
            written: Written::default(),
            counted: None,
            counted_written: false,
            finished: false,
            failed: false,
            said: Said::default(),
        }
    }

    /// Returns what the provider counted, if it did. Until it has counted what was written, that is estimated.
    pub(crate) fn usage(&self) -> Option<Usage> {
        let mut usage = self.counted?;
        if !self.counted_written {
            usage.completion_tokens = usage.completion_tokens.max(self.written.tokens());
        }
        Some(usage)
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
        let Ok(event) = serde_json::from_slice::<Event<'_>>(event.data) else {
            return;
        };
        match &*event.kind {
            "content_block_delta" => self.written.add(event.delta.as_ref().map_or(0, Piece::bytes)),
            "message_stop" => self.finished = true,
            "error" => (self.finished, self.failed) = (true, true),
            _ => {}
        }
        self.counted_written |= event.usage.as_ref().is_some_and(Counted::has_written);
        let mut counts = [None, event.usage];
        if let Some(message) = event.message {
            self.said = message.said;
            counts = [message.usage, event.usage];
        }
        if let Some(reason) = event.delta.and_then(|delta| delta.stop_reason) {
            self.said.stop_reason = Some(reason);
        }
        for counted in counts.into_iter().flatten() {
            self.counted.get_or_insert_default().count(Some(counted));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: &[u8] = b"event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":5,\"cache_read_input_tokens\":2,\"output_tokens\":1}}}\n\n\
        event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{}}\n\n\
        event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{},\"usage\":{\"output_tokens\":9}}\n\n\
        event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";

    #[test]
    fn a_stream_is_counted_and_its_end_is_seen_however_it_is_cut() {
        for size in [1, 7, 4096] {
            let mut tap = MessageTap::new(4096);
            STREAM.chunks(size).for_each(|part| tap.watch(part));
            let usage = Usage {
                cached_tokens: 2,
                ..Usage::of(7, 9)
            };
            assert_eq!((tap.usage(), tap.written.pieces, tap.finished), (Some(usage), 1, true));
        }
        let mut cut = MessageTap::new(4096);
        cut.watch(STREAM.get(..180).unwrap());
        assert_eq!((cut.usage().unwrap().completion_tokens, cut.finished), (1, false));
    }

    #[test]
    fn until_the_provider_counts_what_it_wrote_that_is_estimated() {
        let start = b"data: {\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"model\":\"c\",\"stop_reason\":null,\"usage\":{\"input_tokens\":5,\"output_tokens\":1}}}\n\n";
        let piece = |kind: &str, text: &str| {
            format!("data: {{\"type\":\"content_block_delta\",\"delta\":{{\"{kind}\":\"{text}\"}}}}\n\n")
        };
        let mut tap = MessageTap::new(4096);
        tap.watch(start);
        for _ in 0..6 {
            tap.watch(piece("text", "a").as_bytes());
        }
        assert_eq!(tap.usage(), Some(Usage::of(5, 6)));
        tap.watch(piece("thinking", &"x".repeat(400)).as_bytes());
        assert_eq!(tap.usage(), Some(Usage::of(5, 102)));
        tap.watch(b"data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":90}}\n\n");
        assert_eq!(tap.usage(), Some(Usage::of(5, 90)));
        let word = |word: &str| Some(word.to_owned());
        assert_eq!(
            (tap.said.id, tap.said.model, tap.said.stop_reason),
            (word("m"), word("c"), word("end_turn"))
        );
        assert!(!tap.failed);
    }

    #[test]
    fn an_event_too_large_to_read_hides_no_count_after_it() {
        let mut tap = MessageTap::new(100);
        let large = format!(
            "data: {{\"type\":\"content_block_delta\",\"delta\":{{\"text\":\"{}\"}}}}\n\n",
            "a".repeat(100)
        );
        tap.watch(large.as_bytes());
        assert!(!tap.finished && !tap.is_broken_off());
        tap.watch(b"data: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":9}}\n\n");
        assert_eq!((tap.usage(), tap.finished), (Some(Usage::of(0, 9)), false));
        tap.watch(b"data: {\"type\":\"message_stop\"}\n\n");
        assert!(tap.finished);
    }

    #[test]
    fn a_whole_message_tells_its_usage() {
        let usage = message_usage(br#"{"usage":{"input_tokens":3,"output_tokens":4,"service_tier":"x"}}"#);
        assert_eq!(usage, Some(Usage::of(3, 4)));
        assert_eq!(message_usage(b"{}"), None);
    }
}
