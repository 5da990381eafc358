//! Owns one member of a group at work: a single task that takes events from the partitions it holds, keeps each key's
//! order, runs handlers beside each other and moves the cursors. Refuses to write SQL.
//!
//! The loop never waits for anything but its own select, so that no handler in hand is ever left unpolled.

mod parked;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::task::{Context, Poll};

use contracts::Event;
use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt as _};
use futures::{FutureExt as _, pin_mut};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::group::{Group, Move};
use super::held::{Held, Parked, Step};
use super::journal::Journal;
use super::letters::{self, ParkedKey, Seat};
use super::log;
use super::redeliver::Drained;
use crate::attempt::{Attempts, Outcome};
use crate::lane::Placed;
use crate::{BusError, OnPoison};

/// Handlers started before other tasks get their turn.
const TURN_MAX: usize = 256;
/// Events taken from one partition before the next gets its turn.
const LANE_TURN_MAX: usize = 64;
/// Letters, reads and redeliveries under way; then no event is taken.
const CHORES_MAX: usize = 1_024;

/// A handler's run that has ended.
struct Finished {
    slot: u32,
    offset: i64,
    event: Event,
    outcome: Outcome,
}

/// A piece of the member's own work that has ended.
enum Chore {
    Opened(u32, Vec<ParkedKey>),
    Read(u32, Vec<Placed>, i64),
    Lettered(u32, i64, Arc<str>),
    Drained(u32, Arc<str>, Drained),
    Freed(u32),
}

/// One call of `consume`.
pub(super) struct Member {
    journal: Arc<Journal>,
    group: Arc<Group>,
    number: u64,
    waker: Arc<Notify>,
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
    seen_changes: u64,
    stopping: bool,
    failed: Option<BusError>,
}

impl Member {
    /// Joins a group for topics, each given as (number, slots).
    pub fn join(
        journal: Arc<Journal>,
        group: Arc<Group>,
        topics: &[(usize, Vec<u32>)],
        attempts: Attempts,
        (on_poison, in_flight_max): (OnPoison, usize),
    ) -> Self {
        let waker = Arc::new(Notify::new());
        topics
            .iter()
            .for_each(|(topic, _)| journal.outlets.listeners.add(*topic, &waker));
        Self {
            number: group.join(topics, waker.clone()),
            handled: metrics::counter!("bus_handled_total", "group" => attempts.group),
            attempts: Arc::new(attempts),
            journal,
            group,
            waker,
            on_poison,
            in_flight_max,
            lanes: BTreeMap::new(),
            turns: VecDeque::new(),
            ready: VecDeque::new(),
            running: FuturesUnordered::new(),
            chores: FuturesUnordered::new(),
            to_drain: VecDeque::new(),
            draining: 0,
            seen_changes: 0,
            stopping: false,
            failed: None,
        }
    }

    /// Works until one of `stops`, then finishes what is in hand. Fails when the log does.
    pub async fn run(mut self, stops: [CancellationToken; 2]) -> Result<(), BusError> {
        let stop = futures::future::select_all(stops.iter().map(|s| Box::pin(s.cancelled())));
        pin_mut!(stop);
        let waker = self.waker.clone();
        loop {
            // Asked before anything is started, so that nothing is started after the stop.
            if !self.stopping && stops.iter().any(CancellationToken::is_cancelled) {
                self.stop();
            }
            self.follow_group();
            let more = std::future::poll_fn(|cx| Poll::Ready(self.fill(cx))).await;
            self.commit();
            if self.is_over() {
                break;
            }
            tokio::select! {
                biased;
                _ = &mut stop, if !self.stopping => self.stop(),
                Some(finished) = self.running.next(), if !self.running.is_empty() => {
                    self.finish(finished);
                    self.finish_others();
                }
                Some(chore) = self.chores.next(), if !self.chores.is_empty() => {
                    // What the group said before this ended must be known before it is judged.
                    self.follow_group();
                    self.end_chore(chore);
                }
                () = waker.notified() => {}
                () = tokio::task::yield_now(), if more => {}
            }
        }
        match self.failed.take() {
            Some(error) => Err(error),
            None => self.journal.save_cursors().await,
        }
    }

    fn is_over(&self) -> bool {
        match self.failed {
            Some(_) => self.running.is_empty(),
            None => self.stopping && self.lanes.is_empty(),
        }
    }

    fn stop(&mut self) {
        self.stopping = true;
        self.group.retire(self.number);
        self.lanes.values_mut().for_each(Held::close);
        self.ready.clear();
        self.to_drain.clear();
    }

    fn fail(&mut self, error: BusError) {
        tracing::warn!(group = self.attempts.group, %error, "a consumer stops because the log failed");
        self.failed.get_or_insert(error);
        if !self.stopping {
            self.stop();
        }
    }

    /// Does what the group's division of partitions asks for.
    fn follow_group(&mut self) {
        let changes = self.group.changes();
        if self.stopping || changes == self.seen_changes {
            return;
        }
        self.seen_changes = changes;
        for next in self.group.moves(self.number) {
            match next {
                Move::Take(slot, done) => self.take(slot, done),
                Move::Give(slot) => {
                    self.ready.retain(|(of, _)| *of != slot);
                    self.to_drain.retain(|(of, _)| *of != slot);
                    self.lanes.get_mut(&slot).into_iter().for_each(Held::close);
                }
                Move::Release(slot, key) => {
                    let Some(held) = self.lanes.get_mut(&slot) else {
                        continue;
                    };
                    let released = held
                        .parked
                        .entry(key.clone())
                        .or_insert_with(|| Parked::new("released".into(), 0, true));
                    released.releasing = true;
                    self.drain(slot, &key);
                }
            }
        }
    }

    fn take(&mut self, slot: u32, done: Vec<i64>) {
        let cursor = self.journal.outlets.cursors.cell(&self.group.name, slot);
        let (Some(partition), Some(cursor)) = (self.journal.outlets.partitions.get(&slot), cursor) else {
            return self.fail(BusError::Refused(format!("partition {slot} has no cursor")));
        };
        let seat = Seat {
            group: self.group.name.clone(),
            slot,
            topic: partition.topic.clone(),
        };
        self.lanes
            .insert(slot, Held::new(seat.clone(), partition.clone(), cursor, done));
        self.turns.push_back(slot);
        let readers = self.journal.readers.clone();
        let read = async move {
            let keys = readers.read(move |from| letters::parked(from, &seat)).await?;
            Ok(Chore::Opened(slot, keys))
        };
        self.chores.push(read.boxed());
    }

    /// Starts what may be started; tells whether there is more for another turn.
    fn fill(&mut self, cx: &mut Context<'_>) -> bool {
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
            match held.next() {
                Step::Nothing => return taken,
                Step::Ask(after, end) => {
                    self.ask(slot, after, end);
                    return taken;
                }
                Step::Event(offset, event)
                    if held.parked.contains_key(&event.key) && !held.lane.is_busy(&event.key) =>
                {
                    let fresh = held.lane.admit_aside(offset);
                    if held.parked.get(&event.key).is_some_and(|p| offset < p.since) {
                        // Given again because the cursor was not saved when the process died.
                        held.lane.done(offset);
                    } else if fresh {
                        self.write_behind(slot, offset, event);
                    }
                }
                Step::Event(offset, event) => {
                    if let Some(event) = held.lane.admit(offset, event) {
                        self.start(cx, slot, offset, event);
                    }
                }
            }
        }
        limit
    }

    fn in_flight(&self) -> usize {
        self.running.len() + self.ready.len() + self.draining
    }

    fn ask(&mut self, slot: u32, after: i64, end: i64) {
        let Some(held) = self.lanes.get(&slot) else { return };
        let (readers, topic) = (self.journal.readers.clone(), held.seat.topic.clone());
        let read = async move {
            let events = readers
                .read(move |from| log::read_after(from, slot, &topic, after))
                .await?;
            Ok(Chore::Read(slot, events, end))
        };
        self.chores.push(read.boxed());
    }

    fn start(&mut self, cx: &mut Context<'_>, slot: u32, offset: i64, event: Event) {
        let Some(held) = self.lanes.get_mut(&slot) else { return };
        held.in_hand += 1;
        let (attempts, give_up) = (self.attempts.clone(), held.give_up.clone());
        let mut run: BoxFuture<'static, Finished> = Box::pin(async move {
            let outcome = attempts.run(&event, &give_up).await;
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

    fn end_chore(&mut self, chore: Result<Chore, BusError>) {
        match chore {
            Ok(chore) => self.end_good_chore(chore),
            Err(error) => self.fail(error),
        }
    }

    fn end_good_chore(&mut self, chore: Chore) {
        let (Chore::Opened(slot, ..)
        | Chore::Read(slot, ..)
        | Chore::Lettered(slot, ..)
        | Chore::Drained(slot, ..)
        | Chore::Freed(slot)) = chore;
        let Some(held) = self.lanes.get_mut(&slot) else { return };
        match chore {
            Chore::Opened(_, keys) => {
                held.opened(keys);
                let keys: Vec<Arc<str>> = held.parked.keys().cloned().collect();
                keys.iter().for_each(|key| self.drain(slot, key));
            }
            Chore::Read(_, events, end) => held.answered(events, end),
            Chore::Lettered(_, offset, key) => {
                held.in_hand -= 1;
                held.lane.done(offset);
                if let Some(parked) = held.parked.get_mut(&key) {
                    (parked.letters, parked.fresh) = (parked.letters.saturating_sub(1), true);
                }
                self.drain(slot, &key);
            }
            Chore::Drained(_, key, end) => {
                held.in_hand -= 1;
                self.draining -= 1;
                self.end_drain(slot, &key, end);
            }
            Chore::Freed(_) => held.in_hand -= 1,
        }
    }

    /// Moves the cursors over what is dealt with, and gives up the partitions that are to be given and have nothing in hand.
    fn commit(&mut self) {
        let (mut moved, mut empty) = (false, Vec::new());
        for (slot, held) in &mut self.lanes {
            moved |= held.commit();
            if held.closing && held.in_hand == 0 {
                empty.push(*slot);
            }
        }
        if moved {
            self.journal.writer.cursors_moved();
        }
        for slot in empty {
            if let Some(held) = self.lanes.remove(&slot) {
                self.turns.retain(|s| *s != slot);
                self.group.give(self.number, slot, held.lane.done_beyond());
            }
        }
    }
}

impl Drop for Member {
    /// Leaves the group also when the call was cancelled: what was in hand is given to another member again.
    fn drop(&mut self) {
        // Before the partitions are free: a key is never in two hands.
        self.running.clear();
        self.chores.clear();
        self.journal.outlets.listeners.remove(&self.waker);
        self.group.leave(self.number);
    }
}
