//! Owns the envelope of every event (CloudEvents 1.0, structured JSON) and the list of topics.
//! Refuses to know how events travel: that is the bus.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use kernel::{Ambient, EventId, Fault, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::{Trace, Trail};

/// When an event of another version may be readable at the soonest.
const READ_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// A stream of facts about one kind of aggregate, cut into a fixed number of partitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Topic {
    /// Name with version, such as `chat.message.v1`.
    pub name: &'static str,
    /// Number of partitions, fixed for the topic's life.
    pub partitions: u16,
}

/// Every topic there is.
pub mod topic {
    use super::Topic;

    macro_rules! topics {
        ($($name:ident = $text:literal),* $(,)?) => {
            $(#[doc = concat!("`", $text, "`")] pub const $name: Topic = Topic { name: $text, partitions: 8 };)*
            /// All topics, for adapters that must create them.
            pub const ALL: &[Topic] = &[$($name),*];
        };
    }

    topics! {
        ACCOUNT = "social.account.v1",
        PROFILE = "social.profile.v1",
        FRIENDSHIP = "social.friendship.v1",
        POST = "social.post.v1",
        COMMENT = "social.comment.v1",
        REACTION = "social.reaction.v1",
        ASSET = "media.asset.v1",
        NOTIFICATION = "notification.item.v1",
        ROOM = "chat.room.v1",
        MESSAGE = "chat.message.v1",
        RECEIPT = "chat.receipt.v1",
        RUN = "ai.run.v1",
        USAGE = "commerce.usage.v1",
        CARD = "commerce.card.v1",
        RESERVATION = "commerce.reservation.v1",
        ORDER = "commerce.order.v1",
        TIMER = "commerce.timer.v1",
        PAYMENT = "commerce.payment.v1",
        ENTITLEMENT = "commerce.entitlement.v1",
        LEDGER = "commerce.ledger.v1",
        MODERATION = "platform.moderation.v1",
    }
}

/// Hashes a partition key to a partition, the same on every backend and for ever: FNV-1a, 32 bits, mod N.
pub fn partition_of(key: &str, partitions: u16) -> u16 {
    let hash = key
        .bytes()
        .fold(0x811c_9dc5_u32, |h, b| (h ^ u32::from(b)).wrapping_mul(0x0100_0193));
    u16::try_from(hash % u32::from(partitions.max(1))).unwrap_or(0)
}

/// A payload type that knows its topic. `kind()` is the last part of the CloudEvents type
/// (`aichat.<kind>.v1`, such as `message.sent`).
pub trait EventBody: Serialize + DeserializeOwned + Send + Sync {
    /// Where these events go.
    const TOPIC: Topic;
    /// Who says so, such as `chat`.
    const SOURCE: &'static str;
    /// Returns the event's name, such as `message.sent`.
    fn kind(&self) -> &'static str;
    /// Returns the aggregate's id, which is also the partition key.
    fn key(&self) -> String;
    /// Returns the aggregate's version after this event, when it has one.
    fn sequence(&self) -> Option<u64> {
        None
    }
}

/// What surrounds a payload: the CloudEvents attributes as they stand in JSON.
#[derive(Serialize)]
struct Envelope<'a, B> {
    specversion: &'a str,
    id: EventId,
    source: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    subject: &'a str,
    time: Timestamp,
    datacontenttype: &'a str,
    partitionkey: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sequence: Option<u64>,
    /// Of CloudEvents' extension for distributed tracing: who caused it. Nothing when nobody asked for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    traceparent: Option<Trace>,
    data: &'a B,
}

/// An event: its envelope read once, and the very bytes that stand in outbox, log, broker and dead letter.
#[derive(Clone, Debug)]
pub struct Event {
    /// Dedupe key.
    pub id: EventId,
    /// Topic name.
    pub topic: Arc<str>,
    /// CloudEvents type, such as `aichat.message.sent.v1`.
    pub kind: Arc<str>,
    /// Partition key = aggregate id.
    pub key: Arc<str>,
    /// When it happened.
    pub time: Timestamp,
    /// The whole CloudEvents JSON.
    pub bytes: Bytes,
}

/// The largest event, envelope included.
pub const EVENT_BYTES_MAX: usize = 256 * 1024;

#[derive(Deserialize)]
struct DataOnly<T> {
    data: T,
}

impl Event {
    /// Wraps `body` with a new id, the current time and the trace that this task works under.
    pub fn new<B: EventBody>(ambient: &Ambient, body: &B) -> Result<Self, Fault> {
        let (id, time, key) = (ambient.id(), ambient.now(), body.key());
        let kind = format!("aichat.{}.v1", body.kind());
        let envelope = Envelope {
            specversion: "1.0",
            id,
            source: B::SOURCE,
            kind: &kind,
            subject: &key,
            time,
            datacontenttype: "application/json",
            partitionkey: &key,
            sequence: body.sequence(),
            traceparent: Trail::trace(),
            data: body,
        };
        let bytes = serde_json::to_vec(&envelope).map_err(Fault::internal)?;
        if bytes.len() > EVENT_BYTES_MAX {
            return Err(Fault::new(
                kernel::ErrorCode::TooLarge,
                "event.too_large",
                "An event is over 256 KiB.",
            ));
        }
        Ok(Self {
            id,
            topic: B::TOPIC.name.into(),
            kind: kind.into(),
            key: key.into(),
            time,
            bytes: bytes.into(),
        })
    }

    /// Reads an event back from the bytes of `topic`. Unknown attributes are tolerated.
    pub fn parse(topic: &str, bytes: Bytes) -> Result<Self, Fault> {
        // Strings are owned here because an escaped string cannot be borrowed.
        #[derive(Deserialize)]
        struct Head {
            id: EventId,
            #[serde(rename = "type")]
            kind: String,
            time: Timestamp,
            partitionkey: String,
        }
        let head: Head = serde_json::from_slice(&bytes)
            .map_err(|e| Fault::new(kernel::ErrorCode::Malformed, "event.malformed", e.to_string()))?;
        Ok(Self {
            id: head.id,
            topic: topic.into(),
            kind: head.kind.into(),
            key: head.partitionkey.into(),
            time: head.time,
            bytes,
        })
    }

    /// Tells whether this is a `kind`, such as `message.sent`.
    pub fn is(&self, kind: &str) -> bool {
        let bare = self.kind.strip_prefix("aichat.").and_then(|k| k.strip_suffix(".v1"));
        bare == Some(kind)
    }

    /// Reads the payload. Fails with `Unavailable` when it is not a `B`: whoever wrote it is of a version that knows more, and so will be
    /// who reads it, when all are replaced (docs/adr/0016).
    pub fn body<B: DeserializeOwned>(&self) -> Result<B, Fault> {
        serde_json::from_slice::<DataOnly<B>>(&self.bytes)
            .map(|d| d.data)
            .map_err(|e| Fault::unavailable("event.other_version", e.to_string(), READ_AGAIN_AFTER))
    }

    /// Reads the deed that caused it; nothing when that is unknown. Not kept beside the bytes: few who carry an event ask.
    pub fn trace(&self) -> Option<Trace> {
        #[derive(Deserialize)]
        struct TraceOnly {
            traceparent: Option<Trace>,
        }
        serde_json::from_slice::<TraceOnly>(&self.bytes).ok()?.traceparent
    }

    /// Returns the partition of this event in a topic of `partitions` partitions.
    pub fn partition(&self, partitions: u16) -> u16 {
        partition_of(&self.key, partitions)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expiration::TimerEvent;

    fn due() -> Event {
        let ambient = Ambient::system();
        let timer = TimerEvent {
            order_id: ambient.id(),
            due: ambient.now(),
        };
        Event::new(&ambient, &timer).unwrap()
    }

    fn attributes(event: &Event) -> serde_json::Value {
        serde_json::from_slice(&event.bytes).unwrap()
    }

    #[tokio::test]
    async fn an_event_tells_who_caused_it_and_without_anybody_it_is_as_it_always_was() {
        let trace: Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
            .parse()
            .unwrap();
        let trail = Trail {
            trace: Some(trace),
            ..Trail::default()
        };
        let caused = trail.follow(async { due() }).await;
        assert_eq!(attributes(&caused)["traceparent"], trace.to_string());
        let read = Event::parse(&caused.topic, caused.bytes.clone()).unwrap();
        assert_eq!(read.trace(), Some(trace));
        read.body::<TimerEvent>().unwrap();

        let nobodys = due();
        assert!(attributes(&nobodys).get("traceparent").is_none());
        assert_eq!(nobodys.trace(), None);
    }

    #[test]
    fn an_event_of_a_later_version_waits_for_who_can_read_it() {
        let mut attributes = attributes(&due());
        attributes["data"] = serde_json::json!({"event": "of a kind that is not known yet"});
        let event = Event::parse("commerce.timer.v1", attributes.to_string().into()).unwrap();
        let unread = event.body::<TimerEvent>().unwrap_err();
        assert_eq!(unread.kind, kernel::ErrorCode::Unavailable);
    }

    #[test]
    fn a_trace_that_is_none_does_no_harm() {
        let mut attributes = attributes(&due());
        attributes["traceparent"] = "00-zz".into();
        let event = Event::parse("commerce.timer.v1", attributes.to_string().into()).unwrap();
        assert_eq!(event.trace(), None);
        event.body::<TimerEvent>().unwrap();
    }
}
