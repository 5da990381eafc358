//! Owns one member of a group at work: it reads the partitions that the group gives it and moves their cursors. Refuses to write SQL and to
//! know handlers: what is done with the events is `hands`.
//!
//! The loop never waits for anything but its own select, so that no handler in hand is ever left unpolled.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt as _};
use futures::{FutureExt as _, pin_mut};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::group::{Group, Move};
use super::journal::Journal;
use super::log;
use super::source::{More, Question, Source};
use crate::BusError;
use crate::hands::{Hands, Placed, Taken, Terms};

/// What the file had of a partition.
struct Read {
    slot: u32,
    question: Question,
    events: Vec<Placed>,
}

/// One call of `consume`.
pub(super) struct Member {
    journal: Arc<Journal>,
    group: Arc<Group>,
    number: u64,
    waker: Arc<Notify>,
    hands: Hands,
    sources: BTreeMap<u32, Source>,
    reads: FuturesUnordered<BoxFuture<'static, Result<Read, BusError>>>,
    seen_changes: u64,
    stopping: bool,
    failed: Option<BusError>,
}

impl Member {
    /// Joins a group for topics, each given as (number, slots).
    pub fn join(journal: Arc<Journal>, group: Arc<Group>, topics: &[(usize, Vec<u32>)], terms: Terms) -> Self {
        let waker = Arc::new(Notify::new());
        topics
            .iter()
            .for_each(|(topic, _)| journal.outlets.listeners.add(*topic, &waker));
        Self {
            number: group.join(topics, waker.clone()),
            hands: Hands::new(journal.clone(), terms),
            journal,
            group,
            waker,
            sources: BTreeMap::new(),
            reads: FuturesUnordered::new(),
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
            self.feed();
            let more = self.hands.fill().await;
            self.commit();
            if let Some(error) = self.hands.failure() {
                self.fail(error);
            }
            if self.is_over() {
                break;
            }
            tokio::select! {
                biased;
                _ = &mut stop, if !self.stopping => self.stop(),
                () = self.hands.step() => {}
                Some(read) = self.reads.next(), if !self.reads.is_empty() => self.take_in(read),
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
            Some(_) => self.hands.is_idle(),
            None => self.stopping && self.hands.is_empty(),
        }
    }

    fn stop(&mut self) {
        self.stopping = true;
        self.group.retire(self.number);
        self.hands.close_all();
    }

    fn fail(&mut self, error: BusError) {
        tracing::warn!(group = %self.group.name, %error, "a consumer stops because the log failed");
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
        let (mut taken, mut released) = (Vec::new(), Vec::new());
        for next in self.group.moves(self.number) {
            match next {
                Move::Take(slot, done) => taken.extend(self.take(slot, done)),
                Move::Give(slot) => self.hands.close(slot),
                Move::Release(slot, key) => released.push((slot, key)),
            }
        }
        self.hands.take(taken);
        for (slot, key) in released {
            self.hands.release(slot, &key);
        }
    }

    fn take(&mut self, slot: u32, done: Vec<i64>) -> Option<Taken> {
        let cursor = self.journal.outlets.cursors.cell(&self.group.name, slot);
        let (Some(partition), Some(cursor)) = (self.journal.outlets.partitions.get(&slot), cursor) else {
            self.fail(BusError::Refused(format!("partition {slot} has no cursor")));
            return None;
        };
        let (seat, source) = (partition.seat(&self.group.name), Source::new(partition.clone(), cursor));
        let next = source.next();
        self.sources.insert(slot, source);
        Some(Taken { seat, next, done })
    }

    /// Reads partitions of which little waits.
    fn feed(&mut self) {
        for (slot, source) in &mut self.sources {
            if !source.has_more() {
                continue;
            }
            let room = self.hands.room(*slot);
            if room == 0 {
                continue;
            }
            match source.read(room) {
                More::Nothing => {}
                More::Events(events) => self.hands.feed(*slot, some(events)),
                More::Ask(question) => {
                    let (readers, slot, topic) = (self.journal.readers.clone(), *slot, source.partition.topic.clone());
                    let read = async move {
                        let read = readers.read(move |from| log::read_after(from, slot, &topic, question.after));
                        let events = read.await?;
                        Ok(Read { slot, question, events })
                    };
                    self.reads.push(read.boxed());
                }
            }
        }
    }

    /// Takes in what the file had.
    fn take_in(&mut self, read: Result<Read, BusError>) {
        let Read { slot, question, events } = match read {
            Ok(read) => read,
            Err(error) => return self.fail(error),
        };
        let source = self.sources.get_mut(&slot);
        if source.is_some_and(|source| source.answered(question, &events)) {
            self.hands.feed(slot, some(events));
        }
    }

    /// Moves the cursors over what is dealt with, and gives up the partitions that are to be given and have nothing in hand.
    fn commit(&mut self) {
        let mut moved = false;
        self.hands.commits(|slot, offset| {
            moved = true;
            self.sources
                .get(&slot)
                .into_iter()
                .for_each(|source| source.commit(offset));
        });
        if moved {
            self.journal.writer.cursors_moved();
        }
        for (slot, done) in self.hands.emptied() {
            self.sources.remove(&slot);
            self.group.give(self.number, slot, done);
        }
    }
}

/// Every row of the log is an event.
fn some(events: Vec<Placed>) -> impl Iterator<Item = (i64, Option<contracts::Event>)> {
    events.into_iter().map(|(offset, event)| (offset, Some(event)))
}

impl Drop for Member {
    /// Leaves the group also when the call was cancelled: what was in hand is given to another member again.
    fn drop(&mut self) {
        // Before the partitions are free: a key is never in two hands.
        self.hands.abandon();
        self.journal.outlets.listeners.remove(&self.waker);
        self.group.leave(self.number);
    }
}
