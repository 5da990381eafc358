//! Owns the light tap on an answer in Anthropic's dialect that passes through as bytes. Refuses to change, hold back or
//! fail anything.

use bytes::Bytes;
use serde::Deserialize;

use crate::domain::delta::Usage;
use crate::domain::messages::Counted;
use crate::domain::sse::{SseEvent, SseParser};

/// Watches a stream of Anthropic's events.
pub(crate) struct MessageTap {
    /// Absent once an event was too large to be read.
    parser: Option<SseParser>,
    /// Pieces of content so far: a piece is about a token.
    pub(crate) pieces: u32,
    /// What the provider said it cost, once it said so.
    pub(crate) usage: Option<Usage>,
    /// Whether an end was seen: `message_stop`, or an error that the provider told itself.
    pub(crate) finished: bool,
}

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(rename = "type", borrow)]
    kind: std::borrow::Cow<'a, str>,
    message: Option<WithUsage>,
    usage: Option<Counted>,
}

#[derive(Deserialize)]
struct WithUsage {
    usage: Option<Counted>,
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
            parser: Some(SseParser::new(event_bytes_max)),
            pieces: 0,
            usage: None,
            finished: false,
        }
    }

    /// Looks at the next bytes.
    pub(crate) fn watch(&mut self, bytes: &[u8]) {
        let Some(mut parser) = self.parser.take() else { return };
        if parser.feed(bytes, |event| self.event(event)).is_ok() {
            self.parser = Some(parser);
        } else {
            // What cannot be watched is not called broken either.
            self.finished = true;
        }
    }

    /// Makes `event` one of its own after what passed, even if that was cut in the middle of an event.
    pub(crate) fn apart(&self, event: &Bytes) -> Bytes {
        match &self.parser {
            Some(parser) => parser.apart(event).into(),
            None => event.clone(),
        }
    }

    fn event(&mut self, event: SseEvent<'_>) {
        let Ok(event) = serde_json::from_slice::<Event<'_>>(event.data) else {
            return;
        };
        match &*event.kind {
            "content_block_delta" => self.pieces = self.pieces.saturating_add(1),
            "message_stop" | "error" => self.finished = true,
            _ => {}
        }
        for counted in [event.message.and_then(|m| m.usage), event.usage].into_iter().flatten() {
            self.usage.get_or_insert_default().count(Some(counted));
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
                prompt_tokens: 7,
                completion_tokens: 9,
            };
            assert_eq!((tap.usage, tap.pieces, tap.finished), (Some(usage), 1, true));
        }
        let mut cut = MessageTap::new(4096);
        cut.watch(STREAM.get(..180).unwrap());
        assert_eq!((cut.usage.unwrap().completion_tokens, cut.finished), (1, false));
    }

    #[test]
    fn a_whole_message_tells_its_usage() {
        let usage = message_usage(br#"{"usage":{"input_tokens":3,"output_tokens":4,"service_tier":"x"}}"#);
        assert_eq!(
            usage,
            Some(Usage {
                prompt_tokens: 3,
                completion_tokens: 4
            })
        );
        assert_eq!(message_usage(b"{}"), None);
    }
}
