//! Owns the port that every adapter implements. Its exact meaning is `conformance`.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use contracts::{Event, Topic};
use futures::stream::BoxStream;
use kernel::{Fault, Timestamp};
use tokio_util::sync::CancellationToken;

/// Most events of one `publish`.
pub const PUBLISH_EVENTS_MAX: usize = 512;
/// Most events of one answer of `undelivered`.
pub(crate) const UNDELIVERED_EVENTS_MAX: usize = 256;
/// Bytes of events after which an answer of `undelivered` ends.
pub(crate) const UNDELIVERED_BYTES_MAX: usize = 4 * 1024 * 1024;

/// A failed operation of the bus.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BusError {
    /// The broker or log does not answer now; nothing was accepted.
    #[error("the bus is unavailable: {0}")]
    Unavailable(String),
    /// The event or subscription is not acceptable.
    #[error("the bus refused: {0}")]
    Refused(String),
    /// What must be there is not, and was not to be made.
    #[error("the bus lacks something: {0}")]
    Absent(String),
}

impl From<BusError> for Fault {
    fn from(e: BusError) -> Self {
        match e {
            BusError::Unavailable(why) => Fault::unavailable("bus.unavailable", why, Duration::from_secs(1)),
            BusError::Refused(why) | BusError::Absent(why) => Fault::internal(why),
        }
    }
}

/// What to do with an event that failed every try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnPoison {
    /// Write a dead letter and hold back the key's later events (each becomes a dead letter behind it) until released. For commerce and chat.
    ParkKey,
    /// Write a dead letter and go on. For feeds and counters.
    Skip,
}

/// Where a **new** group begins. A known group goes on where it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// At the oldest event kept.
    Earliest,
    /// At events published after the subscription.
    Latest,
    /// At the first event published at or after this instant.
    At(Timestamp),
}

/// How often and how long a failing handler is tried again, in place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// Tries after the first, 5 by default.
    pub retries_max: u32,
    /// First pause, 100 ms by default; tripled each time, 20 % jitter.
    pub pause: Duration,
    /// Longest single pause, 15 s by default.
    pub pause_max: Duration,
    /// All pauses together, 30 s by default.
    pub total_max: Duration,
    /// How long an event waits, in all pauses together and besides its tries, for what is away for now: the handler failed with
    /// `Unavailable` or `Timeout`. An hour by default.
    pub away_max: Duration,
    /// Longest single try, 60 s by default. A handler that takes longer is dropped where it waits, and the try has failed:
    /// what it has committed by then stays, as after a crash.
    pub handler_max: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            retries_max: 5,
            pause: Duration::from_millis(100),
            pause_max: Duration::from_secs(15),
            total_max: Duration::from_secs(30),
            away_max: Duration::from_secs(3600),
            handler_max: Duration::from_secs(60),
        }
    }
}

/// A wish to be given events.
#[derive(Clone, Debug)]
pub struct Subscription {
    /// Who: members of one group share the events, every group gets all. The service's name, or `service.purpose`.
    pub group: &'static str,
    /// Which topics.
    pub topics: Vec<Topic>,
    /// Where a new group begins.
    pub start: Start,
    /// What to do with poison.
    pub on_poison: OnPoison,
    /// Retries in place.
    pub retry: Retry,
    /// Most events being handled at once (keys in parallel), 64 by default.
    pub in_flight_max: usize,
}

impl Subscription {
    /// Subscribes `group` to `topics` from the earliest event, parking keys on poison.
    pub fn new(group: &'static str, topics: &[Topic]) -> Self {
        Self {
            group,
            topics: topics.to_vec(),
            start: Start::Earliest,
            on_poison: OnPoison::ParkKey,
            retry: Retry::default(),
            in_flight_max: 64,
        }
    }
}

/// Deals with one event. `Ok` acks it: the handler's own write has committed. Must be idempotent by event id.
#[async_trait]
pub trait Handler: Send + Sync {
    /// Deals with `event`.
    async fn handle(&self, event: &Event) -> Result<(), Fault>;
}

/// An event that could not be handled.
#[derive(Clone, Debug)]
pub struct DeadLetter {
    /// Its place in the dead letters of topic and group, for `release`.
    pub number: u64,
    /// The event, as it was.
    pub event: Event,
    /// The last error, or `parked behind <event id>`.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// A key whose events a group holds back until somebody releases it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParkedKey {
    /// The topic.
    pub topic: String,
    /// The group that could not handle an event of the key.
    pub group: String,
    /// The key, for `release`.
    pub key: String,
    /// When the first of its dead letters was written; nothing when none is left.
    pub since: Option<Timestamp>,
}

/// The port.
#[async_trait]
pub trait Bus: Send + Sync {
    /// Publishes events (at most 512 a call, of any topics), in order per key. Durable on `Ok`. The same id again is
    /// accepted and not delivered twice where the backend can tell.
    async fn publish(&self, events: &[Event]) -> Result<(), BusError>;

    /// Joins a group and hands events to `handler` until `stop`; then finishes what is in hand, acks and leaves.
    async fn consume(
        &self,
        subscription: Subscription,
        handler: Arc<dyn Handler>,
        stop: CancellationToken,
    ) -> Result<(), BusError>;

    /// Gives **every** caller all events of `topics` published from now on, in order per key, in batches as they come.
    /// A hint only: when the connection is lost or the caller is slow the rest is missing. Nothing is left out in between: a
    /// tail that fell behind ends; subscribe again and resynchronise.
    async fn tail(&self, topics: &[Topic]) -> Result<BoxStream<'static, Vec<Event>>, BusError>;

    /// Returns dead letters of a topic and group, oldest first.
    async fn dead_letters(&self, topic: Topic, group: &str, limit: usize) -> Result<Vec<DeadLetter>, BusError>;

    /// Returns keys that are parked and not being released, of all topics and groups, the longest parked first. Refused by a
    /// backend that cannot list them.
    async fn parked(&self, limit: usize) -> Result<Vec<ParkedKey>, BusError> {
        let _ = limit;
        Err(BusError::Refused("this bus cannot list its parked keys".into()))
    }

    /// Publishes a key's dead letters again to their group alone, in order, and frees the key.
    async fn release(&self, topic: Topic, group: &str, key: &str) -> Result<u64, BusError>;

    /// Returns how many events a group has still before it in a topic.
    async fn lag(&self, topic: Topic, group: &str) -> Result<u64, BusError>;

    /// Returns events of one partition that one of `groups` has not dealt with or holds back, oldest first, each with its place,
    /// from after a place (0: from the first); a few hundred at a time, nothing at the end. A group that has never begun waits for all that
    /// is kept; other groups than those named count for nothing. For export, while nobody consumes. Refused by a backend that cannot tell.
    async fn undelivered(
        &self,
        topic: Topic,
        groups: &[&str],
        partition: u16,
        after: i64,
    ) -> Result<Vec<(i64, Event)>, BusError> {
        let _ = (topic, groups, partition, after);
        Err(BusError::Refused(
            "this bus cannot tell what has not been dealt with".into(),
        ))
    }

    /// Returns the topics whose backend may lose what it has accepted, each with a number that changes when it was seen to have done so:
    /// who has kept events publishes the last ten minutes of that topic again. Empty by default: nothing accepted is ever lost.
    fn generations(&self) -> Vec<(&'static str, u64)> {
        Vec::new()
    }

    /// Checks that the bus answers, for readiness.
    async fn ping(&self) -> Result<(), BusError>;

    /// Finishes what is queued and closes.
    async fn close(&self);
}
