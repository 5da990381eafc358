//! Owns a member's work that needs no broker: it starts handlers for the partitions in its hands, each key in order and keys
//! beside each other, makes letters of poison, holds parked keys back and hands their letters out again. Refuses to read events,
//! to commit and to know who else is in the group.
//!
//! The adapter feeds events, and after each `step` takes what may be committed and which partitions are empty.

mod held;
mod parked;
mod redeliver;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::task::{Context, Poll};

use contracts::Event;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt as _};

use self::held::{Held, Parked};
use self::redeliver::Drained;
use crate::attempt::{Attempts, Outcome};
use crate::lane::Placed;
use crate::{BusError, OnPoison};

/// Handlers started before other tasks get their turn.
const TURN_MAX: usize = 256;
/// Events taken from one partition before the next gets its turn.
const LANE_TURN_MAX: usize = 64;
/// Letters and redeliveries under way; then no event is taken.
const CHORES_MAX: usize = 1_024;

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
    pub partition: u16,
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

/// Where letters and parked keys are kept. What it promises is durable on `Ok`; it tries again by itself for a bounded time.
pub(crate) trait Ledger: Send + Sync + 'static {
    /// Writes a dead letter; the same offset again changes nothing. With `park` its key is held back as well, unless it is already.
    /// The letters of a parked key are written one after the other, in the order of the partition.
    fn write(
        &self,
        seat: &Seat,
        letter: Placed,
        reason: String,
        park: Option<Parking>,
    ) -> BoxFuture<'static, Result<(), BusError>>;
    /// Returns the first letters of a key that are released and not dealt with, in order; none when that was all.
    fn released(&self, seat: &Seat, key: &Arc<str>) -> BoxFuture<'static, Result<Vec<Placed>, BusError>>;
    /// Removes a letter that was acked.
    fn remove(&self, seat: &Seat, letter: &Placed) -> BoxFuture<'static, Result<(), BusError>>;
    /// Makes a released letter dead again, in its place. With `park` the key is held back again because of it, with all its letters.
    fn bury(&self, seat: &Seat, letter: Placed, reason: String, park: bool)
    -> BoxFuture<'static, Result<(), BusError>>;
    /// Frees a key; `false` when it was released again meanwhile, and there are letters to hand out.
    fn free(&self, seat: &Seat, key: &Arc<str>) -> BoxFuture<'static, Result<bool, BusError>>;
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
    Lettered(u32, i64, Arc<str>),
    Drained(u32, Arc<str>, Drained),
    Freed(u32, Arc<str>, bool),
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
    /// Keys whose letters are to be handed out as soon as there is room.
    to_drain: VecDeque<(u32, Arc<str>)>,
    draining: usize,
    handled: metrics::Counter,
    parked_again: bool,
    failed: Option<BusError>,
}

impl Hands {
    /// Starts with nothing in hand.
    pub fn new(ledger: Arc<dyn Ledger>, attempts: Attempts, (on_poison, in_flight_max): (OnPoison, usize)) -> Self {
        Self {
            handled: metrics::counter!("bus_handled_total", "group" => attempts.group),
            ledger,
            attempts: Arc::new(attempts),
            on_poison,
            in_flight_max,
            lanes: BTreeMap::new(),
            turns: VecDeque::new(),
            ready: VecDeque::new(),
            running: FuturesUnordered::new(),
            chores: FuturesUnordered::new(),
            to_drain: VecDeque::new(),
            draining: 0,
            parked_again: false,
            failed: None,
        }
    }

    /// Takes a partition; `done` are offsets beyond its cursor that an earlier holder has dealt with.
    pub fn take(&mut self, seat: Seat, done: Vec<i64>, parked: Vec<Parking>) {
        let slot = seat.slot;
        self.lanes.insert(slot, Held::new(seat, done, parked));
        self.turns.push_back(slot);
        for key in self.lanes.get(&slot).map(Held::parked_keys).unwrap_or_default() {
            self.drain(slot, &key);
        }
    }

    /// Tells how many more events of a partition may be fed; nothing of one that is being closed.
    pub fn room(&self, slot: u32) -> usize {
        self.lanes.get(&slot).map_or(0, Held::room)
    }

    /// Adds the next events of a partition, in the order of their offsets. Without an event the offset counts as dealt with.
    pub fn feed(&mut self, slot: u32, events: impl IntoIterator<Item = (i64, Option<Event>)>) {
        if let Some(held) = self.lanes.get_mut(&slot) {
            held.feed(events);
        }
    }

    /// Begins to hand out the letters of a key that was released. The same again changes nothing.
    pub fn release(&mut self, slot: u32, key: &Arc<str>) {
        if let Some(held) = self.lanes.get_mut(&slot) {
            let parked = held.parked.entry(key.clone());
            parked
                .or_insert_with(|| Parked::new("released".into(), 0, true))
                .releasing = true;
            self.drain(slot, key);
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
    pub fn lose(&mut self, slot: u32) {
        self.close(slot);
        self.lanes.get(&slot).into_iter().for_each(Held::lose);
    }

    /// Ends everything where it stands.
    pub fn abandon(&mut self) {
        self.running.clear();
        self.chores.clear();
    }

    /// Returns the error for which the member is to stop, once.
    pub fn failure(&mut self) -> Option<BusError> {
        self.failed.take()
    }

    /// Tells, once, whether a key was parked again since the last call: who follows the ledger looks at its keys again, for a
    /// release that came just then.
    pub fn was_parked_again(&mut self) -> bool {
        std::mem::take(&mut self.parked_again)
    }

    /// Returns partitions whose contiguous prefix of events that are dealt with has grown, with the last offset of it.
    pub fn commits(&mut self) -> Vec<(u32, i64)> {
        let moved = self
            .lanes
            .iter_mut()
            .map(|(slot, held)| Some((*slot, held.lane.commit()?)));
        moved.flatten().collect()
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
        std::future::poll_fn(|cx| Poll::Ready(self.fill_now(cx))).await
    }

    fn fill_now(&mut self, cx: &mut Context<'_>) -> bool {
        self.start_drains();
        let mut left = TURN_MAX;
        while let Some((slot, (offset, event))) = self.ready.pop_front() {
            self.start(cx, slot, offset, event);
            left -= 1;
            if left == 0 {
                return true;
            }
        }
        let mut more = !self.ready.is_empty();
        for _ in 0..self.turns.len() {
            let Some(slot) = self.turns.pop_front() else { break };
            self.turns.push_back(slot);
            let taken = self.fill_from(cx, slot, left.min(LANE_TURN_MAX));
            left -= taken;
            if left == 0 {
                return true;
            }
            more |= taken == LANE_TURN_MAX || !self.ready.is_empty();
        }
        more
    }

    /// Takes up to `limit` events from one partition; returns how many.
    fn fill_from(&mut self, cx: &mut Context<'_>, slot: u32, limit: usize) -> usize {
        for taken in 0..limit {
            if self.in_flight() >= self.in_flight_max || self.chores.len() >= CHORES_MAX {
                return taken;
            }
            let Some(held) = self.lanes.get_mut(&slot) else {
                return taken;
            };
            let Some((offset, event)) = held.next() else {
                return taken;
            };
            let Some(event) = event else {
                held.lane.admit_aside(offset);
                held.lane.done(offset);
                continue;
            };
            if !held.parked.contains_key(&event.key) || held.lane.is_busy(&event.key) {
                if let Some(event) = held.lane.admit(offset, event) {
                    self.start(cx, slot, offset, event);
                }
                continue;
            }
            let fresh = held.lane.admit_aside(offset);
            if held.parked.get(&event.key).is_some_and(|p| offset < p.since) {
                // Given again because the cursor was not saved when the process died.
                held.lane.done(offset);
            } else if fresh {
                self.write_behind(slot, offset, event);
            }
        }
        limit
    }

    fn in_flight(&self) -> usize {
        self.running.len() + self.ready.len() + self.draining
    }

    fn start(&mut self, cx: &mut Context<'_>, slot: u32, offset: i64, event: Event) {
        let Some(held) = self.lanes.get_mut(&slot) else { return };
        held.in_hand += 1;
        let (attempts, give_up, lost) = (self.attempts.clone(), held.give_up.clone(), held.lost.clone());
        let mut run: BoxFuture<'static, Finished> = Box::pin(async move {
            let outcome = tokio::select! {
                biased;
                outcome = attempts.run(&event, &give_up) => outcome,
                () = lost.cancelled() => Outcome::Abandoned,
            };
            Finished {
                slot,
                offset,
                event,
                outcome,
            }
        });
        // Many handlers are done at once: those never go into the set.
        match run.as_mut().poll(cx) {
            Poll::Ready(finished) => self.finish(finished),
            Poll::Pending => self.running.push(run),
        }
    }

    fn finish_others(&mut self) {
        for _ in 0..TURN_MAX {
            match self.running.next().now_or_never() {
                Some(Some(finished)) => self.finish(finished),
                _ => return,
            }
        }
    }

    fn finish(
        &mut self,
        Finished {
            slot,
            offset,
            event,
            outcome,
        }: Finished,
    ) {
        let Some(held) = self.lanes.get_mut(&slot) else { return };
        held.in_hand -= 1;
        let key = event.key.clone();
        match outcome {
            Outcome::Acked => {
                held.lane.done(offset);
                self.handled.increment(1);
            }
            Outcome::Abandoned => return,
            Outcome::Poison(reason) => {
                let park = self.on_poison == OnPoison::ParkKey;
                if park {
                    let head = || Parked::new(event.id.to_string(), offset, false);
                    held.parked.entry(key.clone()).or_insert_with(head);
                }
                let group = self.attempts.group;
                tracing::warn!(group, event = %event.id, topic = %event.topic, %reason, park, "an event became a dead letter");
                self.write_letter(slot, (offset, event), reason);
            }
        }
        self.go_on(slot, &key);
    }

    fn end_chore(&mut self, chore: Chore) {
        let (Chore::Lettered(slot, ..) | Chore::Drained(slot, ..) | Chore::Freed(slot, ..)) = chore;
        let Some(held) = self.lanes.get_mut(&slot) else { return };
        held.in_hand -= 1;
        match chore {
            Chore::Lettered(_, offset, key) => self.end_letter(slot, offset, &key),
            Chore::Drained(_, key, end) => {
                self.draining -= 1;
                self.end_drain(slot, &key, end);
            }
            Chore::Freed(_, key, true) => {
                held.parked.remove(&key);
            }
            Chore::Freed(_, key, false) => {
                held.parked.get_mut(&key).into_iter().for_each(|p| p.freeing = false);
                self.drain(slot, &key);
            }
        }
    }
}
