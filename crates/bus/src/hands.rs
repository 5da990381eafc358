//! Owns a member's work that needs no broker, for every adapter: it starts handlers for the partitions in its hands, each key in order and
//! keys beside each other, makes letters of poison, holds parked keys back and hands their letters out again. Refuses to read events,
//! to save how far it is and to know who else is in the group.
//!
//! The adapter feeds events, and after each `fill` takes what may be committed and which partitions are empty. Where letters and parked
//! keys are kept is its `Ledger`.

mod attempt;
mod held;
mod lane;
mod ledger;
mod parked;
mod redeliver;
#[cfg(test)]
mod tests;
mod turn;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::task::Poll;

use contracts::Event;
use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt as _};
use kernel::Ambient;

use self::attempt::{Attempts, Outcome};
use self::held::Held;
pub(crate) use self::lane::Placed;
pub(crate) use self::ledger::{Known, Ledger, Letter, Parking, Seat, Standing, Taken};
use self::redeliver::Drained;
use crate::{BusError, Handler, OnPoison, Subscription};

/// Handlers started before other tasks get their turn.
pub(crate) const TURN_MAX: usize = 256;
/// Events taken from one partition before the next gets its turn.
const LANE_TURN_MAX: usize = 64;
/// Letters and pieces of own work under way; then no event is taken.
const CHORES_MAX: usize = 1_024;

/// What a member does with its events, and how many at once.
pub(crate) struct Terms {
    attempts: Attempts,
    on_poison: OnPoison,
    in_flight_max: usize,
}

impl Terms {
    /// Reads them from a subscription. `Refused` when that cannot work.
    pub fn of(subscription: &Subscription, handler: Arc<dyn Handler>, ambient: Ambient) -> Result<Self, BusError> {
        let Subscription {
            group,
            ref topics,
            on_poison,
            retry,
            in_flight_max,
            ..
        } = *subscription;
        if group.is_empty() || topics.is_empty() || in_flight_max == 0 {
            return Err(BusError::Refused(
                "a subscription needs a group, a topic and room for one event".into(),
            ));
        }
        Ok(Self {
            attempts: Attempts {
                group,
                handler,
                retry,
                ambient,
            },
            on_poison,
            in_flight_max,
        })
    }
}

/// A handler's run that has ended.
struct Finished {
    slot: u32,
    offset: i64,
    event: Event,
    outcome: Outcome,
}

/// A piece of the member's own work that has ended.
enum Chore {
    Opened(Vec<u32>, Vec<Known>),
    Lettered(u32, Arc<str>, Vec<i64>),
    Drained(u32, Arc<str>, Drained),
    Freed(u32, Arc<str>, Standing),
}

/// The partitions in one member's hands.
pub(crate) struct Hands {
    ledger: Arc<dyn Ledger>,
    attempts: Arc<Attempts>,
    on_poison: OnPoison,
    in_flight_max: usize,
    lanes: BTreeMap<u32, Held>,
    /// Held slots in the order of their turns.
    turns: VecDeque<u32>,
    /// Next events of keys that have become free.
    ready: VecDeque<(u32, Placed)>,
    running: FuturesUnordered<BoxFuture<'static, Finished>>,
    chores: FuturesUnordered<BoxFuture<'static, Result<Chore, BusError>>>,
    /// Keys whose letters are to be written, of which none is being written.
    to_write: VecDeque<(u32, Arc<str>)>,
    /// Letters that are not yet durable.
    letters: usize,
    /// Keys whose letters are to be handed out as soon as there is room.
    to_drain: VecDeque<(u32, Arc<str>)>,
    draining: usize,
    handled: metrics::Counter,
    /// Records that are no events and were passed over.
    unreadable: metrics::Counter,
    /// Whether a commit has made room in a lane that was full: there may be something to take, though nothing has ended.
    has_new_room: bool,
    failed: Option<BusError>,
}

impl Hands {
    /// Starts with nothing in hand.
    pub fn new(ledger: Arc<dyn Ledger>, terms: Terms) -> Self {
        for total in ["bus_retries_total", "bus_dead_letters_total"] {
            metrics::counter!(total, "group" => terms.attempts.group).increment(0);
        }
        Self {
            handled: metrics::counter!("bus_handled_total", "group" => terms.attempts.group),
            unreadable: metrics::counter!("bus_unreadable_total", "group" => terms.attempts.group),
            ledger,
            attempts: Arc::new(terms.attempts),
            on_poison: terms.on_poison,
            in_flight_max: terms.in_flight_max,
            lanes: BTreeMap::new(),
            turns: VecDeque::new(),
            ready: VecDeque::new(),
            running: FuturesUnordered::new(),
            chores: FuturesUnordered::new(),
            to_write: VecDeque::new(),
            letters: 0,
            to_drain: VecDeque::new(),
            draining: 0,
            has_new_room: false,
            failed: None,
        }
    }

    /// Returns the group.
    #[cfg_attr(not(feature = "jetstream"), expect(dead_code, reason = "the others know it"))]
    pub fn group(&self) -> &'static str {
        self.attempts.group
    }

    /// Takes partitions. What is fed of them waits until the ledger has told what stands about them.
    pub fn take(&mut self, taken: Vec<Taken>) {
        if taken.is_empty() {
            return;
        }
        let opened = self.ledger.open(&taken);
        let slots: Vec<u32> = taken.iter().map(|taken| taken.seat.slot).collect();
        for taken in taken {
            let slot = taken.seat.slot;
            if self.lanes.insert(slot, Held::new(taken)).is_none() {
                self.turns.push_back(slot);
            }
        }
        self.chore(async move { Ok(Chore::Opened(slots, opened.await?)) });
    }

    /// Tells how many more events of a partition may be fed now; none of one that is being closed, or of which enough waits.
    pub fn room(&self, slot: u32) -> usize {
        self.lanes.get(&slot).map_or(0, Held::room)
    }

    /// Adds the next events of a partition, in the order of their offsets. A record that is no event is counted and passed over.
    pub fn feed(&mut self, slot: u32, events: impl IntoIterator<Item = (i64, Option<Event>)>) {
        if let Some(held) = self.lanes.get_mut(&slot) {
            held.feed(events);
        }
    }

    /// Stops taking from a partition; what is in hand is finished, what waits is left to the next holder.
    pub fn close(&mut self, slot: u32) {
        self.ready.retain(|(of, _)| *of != slot);
        self.to_drain.retain(|(of, _)| *of != slot);
        self.lanes.get_mut(&slot).into_iter().for_each(Held::close);
    }

    /// The same for all partitions.
    pub fn close_all(&mut self) {
        self.ready.clear();
        self.to_drain.clear();
        self.lanes.values_mut().for_each(Held::close);
    }

    /// Drops a partition that belongs to somebody else now: its handlers end where they wait.
    #[cfg_attr(
        not(any(feature = "kafka", feature = "jetstream")),
        expect(dead_code, reason = "nobody takes a partition of the embedded log away")
    )]
    pub fn lose(&mut self, slot: u32) {
        self.close(slot);
        self.lanes.get(&slot).into_iter().for_each(Held::lose);
    }

    /// Ends everything where it stands.
    pub fn abandon(&mut self) {
        self.running.clear();
        self.chores.clear();
    }

    /// Tells whether no handler is running.
    pub fn is_idle(&self) -> bool {
        self.running.is_empty()
    }

    /// Tells whether there is no partition.
    pub fn is_empty(&self) -> bool {
        self.lanes.is_empty()
    }

    /// Returns the error for which the member is to stop, once.
    pub fn failure(&mut self) -> Option<BusError> {
        self.failed.take()
    }

    /// Tells of each partition whose contiguous prefix of events that are dealt with has grown: its last offset.
    pub fn commits(&mut self, mut committed: impl FnMut(u32, i64)) {
        for (slot, held) in &mut self.lanes {
            let was_full = !held.lane.has_room();
            if let Some(offset) = held.lane.commit() {
                committed(*slot, offset);
            }
            self.has_new_room |= was_full && held.lane.has_room();
        }
    }

    /// Gives up the partitions that are being closed and have nothing in hand, each with the offsets beyond its cursor that are dealt with.
    pub fn emptied(&mut self) -> Vec<(u32, Vec<i64>)> {
        let empty = |(slot, held): (&u32, &Held)| (held.closing && held.in_hand == 0).then_some(*slot);
        let slots: Vec<u32> = self.lanes.iter().filter_map(empty).collect();
        let give = |slot| {
            self.turns.retain(|s| *s != slot);
            let held = self.lanes.remove(&slot)?;
            Some((slot, held.lane.done_beyond()))
        };
        slots.into_iter().filter_map(give).collect()
    }

    /// Waits until something that is under way has ended and draws its consequences; for ever when nothing is. May be dropped at any time.
    pub async fn step(&mut self) {
        if std::mem::take(&mut self.has_new_room) {
            return;
        }
        tokio::select! {
            biased;
            Some(finished) = self.running.next(), if !self.running.is_empty() => {
                self.finish(finished);
                self.finish_others();
            }
            Some(chore) = self.chores.next(), if !self.chores.is_empty() => match chore {
                Ok(chore) => self.end_chore(chore),
                Err(error) => {
                    self.failed.get_or_insert(error);
                }
            },
            else => std::future::pending().await,
        }
    }

    /// Starts what may be started; tells whether there is more for another turn. Does not wait.
    pub async fn fill(&mut self) -> bool {
        std::future::poll_fn(|cx| {
            self.start_drains();
            let more = self.take_turn(cx);
            self.start_letters();
            Poll::Ready(more)
        })
        .await
    }

    fn chore(&mut self, work: impl Future<Output = Result<Chore, BusError>> + Send + 'static) {
        self.chores.push(Box::pin(work));
    }

    fn end_chore(&mut self, chore: Chore) {
        match chore {
            Chore::Opened(slots, known) => self.end_open(&slots, known),
            Chore::Lettered(slot, key, offsets) => self.end_letters(slot, &key, &offsets),
            Chore::Drained(slot, key, end) => self.end_drain(slot, &key, end),
            Chore::Freed(slot, key, standing) => self.end_free(slot, &key, standing),
        }
    }

    fn end_open(&mut self, slots: &[u32], known: Vec<Known>) {
        for known in known {
            if let Some(held) = self.lanes.get_mut(&known.slot) {
                held.open(known);
            }
        }
        for slot in slots {
            let Some(held) = self.lanes.get_mut(slot) else { continue };
            (held.opened, held.in_hand) = (true, held.in_hand - 1);
            for key in held.parked_keys() {
                self.drain(*slot, &key);
            }
        }
    }
}
