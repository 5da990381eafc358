//! Owns a client of server-sent events that records everything. It refuses to reconnect by itself.

use futures::StreamExt as _;
use reqwest::RequestBuilder;
use serde_json::Value;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::DEADLINE;

/// One event.
#[derive(Clone, Debug, Default)]
pub struct SseEvent {
    /// The `id:` line; empty when there is none.
    pub id: String,
    /// The `event:` line; empty when there is none.
    pub event: String,
    /// The `data:` lines.
    pub data: String,
}

impl SseEvent {
    /// Reads the data as JSON; null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.data).unwrap_or(Value::Null)
    }
}

/// A stream of events that is read in the background.
pub struct Sse {
    events: watch::Receiver<Vec<SseEvent>>,
    reader: JoinHandle<()>,
}

impl Sse {
    /// Sends the request, expects a 200 of `text/event-stream` and starts to read.
    pub async fn open(request: RequestBuilder) -> Self {
        let answer = request
            .header("accept", "text/event-stream")
            .send()
            .await
            .expect("an answer");
        let (status, kind) = (answer.status(), answer.headers().get("content-type").cloned());
        let streams = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
        if status != 200 || !streams {
            panic!(
                "no event stream but {status}: {}",
                answer.text().await.unwrap_or_default()
            );
        }
        let (sender, events) = watch::channel(Vec::new());
        let reader = tokio::spawn(async move {
            let mut chunks = answer.bytes_stream();
            let mut pending = Vec::new();
            while let Some(Ok(chunk)) = chunks.next().await {
                pending.extend_from_slice(&chunk);
                for event in split(&mut pending) {
                    sender.send_modify(|events| events.push(event));
                }
            }
        });
        Self { events, reader }
    }

    /// Waits until `look` finds something in all events so far.
    pub async fn until<T>(&self, what: &str, mut look: impl FnMut(&[SseEvent]) -> Option<T>) -> T {
        let mut found = None;
        let mut events = self.events.clone();
        let seen = timeout(
            DEADLINE,
            events.wait_for(|events| {
                found = look(events);
                found.is_some()
            }),
        );
        let outcome = seen.await.map(|seen| seen.is_ok());
        found.unwrap_or_else(|| panic!("no {what} ({outcome:?}) in {:#?}", self.seen()))
    }

    /// Reads to the end of the stream and gives all events.
    pub async fn to_end(mut self) -> Vec<SseEvent> {
        let ended = timeout(DEADLINE, async { while self.events.changed().await.is_ok() {} }).await;
        assert!(ended.is_ok(), "the stream does not end: {:#?}", self.seen());
        self.seen()
    }

    /// Gives the events so far.
    pub fn seen(&self) -> Vec<SseEvent> {
        self.events.borrow().clone()
    }
}

impl Drop for Sse {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

/// Takes the complete events off the front of `pending`. Comments give no event.
fn split(pending: &mut Vec<u8>) -> Vec<SseEvent> {
    let mut events = Vec::new();
    while let Some(end) = pending.windows(2).position(|pair| pair == b"\n\n") {
        let block: Vec<u8> = pending.drain(..end + 2).collect();
        let mut event = SseEvent::default();
        for line in String::from_utf8_lossy(&block).lines() {
            let (name, value) = line.split_once(':').unwrap_or((line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match name {
                "id" => event.id = value.to_owned(),
                "event" => event.event = value.to_owned(),
                "data" if event.data.is_empty() => event.data = value.to_owned(),
                "data" => event.data = format!("{}\n{value}", event.data),
                _ => {}
            }
        }
        if !event.data.is_empty() {
            events.push(event);
        }
    }
    events
}

#[cfg(test)]
mod tests {
    //! The stream arrives in pieces of any size.
    use super::*;

    #[test]
    fn events_are_cut_at_blank_lines_and_comments_are_none() {
        let mut pending = b": hello\n\nid: 7\nevent: ev\ndata: {\"a\":\ndata: 1}\n\ndata: [DO".to_vec();
        let events = split(&mut pending);
        assert_eq!(events.len(), 1);
        assert_eq!((events[0].id.as_str(), events[0].event.as_str()), ("7", "ev"));
        assert_eq!(events[0].json(), serde_json::json!({"a": 1}));
        pending.extend_from_slice(b"NE]\n\n");
        assert_eq!(split(&mut pending)[0].data, "[DONE]");
    }
}
