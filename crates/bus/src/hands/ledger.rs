//! Owns what a member asks of the place where its adapter keeps letters and parked keys. Refuses to know what such a place is.

use std::sync::Arc;

use contracts::Event;
use futures::future::BoxFuture;

use super::lane::Placed;
use crate::BusError;

/// One group in one partition.
#[derive(Clone, Debug)]
pub(crate) struct Seat {
    /// The group.
    pub group: Arc<str>,
    /// The adapter's own number of this partition of this topic.
    pub slot: u32,
    /// The topic.
    pub topic: Arc<str>,
    /// The partition of the topic.
    #[cfg_attr(
        not(any(feature = "kafka", feature = "jetstream")),
        expect(dead_code, reason = "the slot tells it to the embedded log")
    )]
    pub partition: u16,
}

/// A partition that a member takes.
#[derive(Clone, Debug)]
pub(crate) struct Taken {
    /// Which.
    pub seat: Seat,
    /// The first offset that may not be dealt with; everything before is.
    pub next: i64,
    /// Offsets beyond it that an earlier holder has dealt with.
    pub done: Vec<i64>,
}

/// What stands about a partition when it is taken.
#[derive(Debug)]
pub(crate) struct Known {
    /// Which.
    pub slot: u32,
    /// The keys that are held back.
    pub parked: Vec<Parking>,
    /// Offsets from `next` on that have a letter, where the ledger is sure whose they are: those events are dealt with, also when the
    /// process died before it could say so.
    pub lettered: Vec<i64>,
}

/// A key that a group holds back, as the ledger has it.
#[derive(Clone, Debug)]
pub(crate) struct Parking {
    /// The key.
    pub key: Arc<str>,
    /// Id of the event that it was parked for.
    pub head: String,
    /// Offset of that event. Every event of the key before it has been dealt with, whatever the cursor says.
    pub since: i64,
    /// Whether its letters are to be handed out.
    pub releasing: bool,
}

/// A dead letter to be written.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    /// The event's offset.
    pub offset: i64,
    /// The event.
    pub event: Event,
    /// Why.
    pub reason: String,
}

/// How a key stands in the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Nothing holds it back.
    Free,
    /// It is being released and has letters to hand out.
    Releasing,
    /// It is held back until somebody releases it.
    HeldBack,
}

/// Where letters and parked keys are kept. What it promises is durable on `Ok`; it tries again by itself for a bounded time.
///
/// Whoever releases a key tells the member (`Hands::release`) after that is durable. The letters of a key are ordered by offset.
pub(crate) trait Ledger: Send + Sync + 'static {
    /// Tells what stands about partitions that are taken; one that is left out has nothing.
    fn open(&self, taken: &[Taken]) -> BoxFuture<'static, Result<Vec<Known>, BusError>>;
    /// Writes dead letters of one key, in order; the same offset again changes nothing. With `park` the key is held back as well,
    /// unless it is already. The next of a key come when these are durable.
    fn write(
        &self,
        seat: &Seat,
        letters: Vec<Letter>,
        park: Option<Parking>,
    ) -> BoxFuture<'static, Result<(), BusError>>;
    /// Returns the first letters of a key that are released and not dealt with, in order; none when that was all.
    fn released(&self, seat: &Seat, key: &Arc<str>) -> BoxFuture<'static, Result<Vec<Placed>, BusError>>;
    /// Removes a letter that was acked.
    fn remove(&self, seat: &Seat, letter: &Placed) -> BoxFuture<'static, Result<(), BusError>>;
    /// Makes a released letter dead again, in its place. With `park` the key is held back again because of it, with all its letters.
    fn bury(&self, seat: &Seat, letter: Letter, park: bool) -> BoxFuture<'static, Result<(), BusError>>;
    /// Frees a key that is being released and has no letters to hand out any more. Tells how it stands then.
    fn free(&self, seat: &Seat, key: &Arc<str>) -> BoxFuture<'static, Result<Standing, BusError>>;
}
