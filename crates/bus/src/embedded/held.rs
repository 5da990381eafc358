//! Owns what a member knows of one partition that it holds. Refuses to wait.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use contracts::Event;
use tokio_util::sync::CancellationToken;

use super::letters::{ParkedKey, Seat};
use super::partition::{Next, Partition};
use crate::lane::{Lane, Placed};

/// Events taken from memory at once.
const TAKE_MAX: usize = 128;

/// A partition in a member's hands.
pub(super) struct Held {
    pub seat: Seat,
    pub lane: Lane,
    pub parked: HashMap<Arc<str>, Parked>,
    /// Handlers, letters, reads and redeliveries under way. The partition is given up only when there are none.
    pub in_hand: usize,
    /// Ends the pauses between tries when the partition is to be given up.
    pub give_up: CancellationToken,
    pub closing: bool,
    partition: Arc<Partition>,
    cursor: Arc<AtomicI64>,
    /// Read and not yet admitted.
    buffer: VecDeque<Placed>,
    read: i64,
    /// Whether the file is being asked: first for parked keys, later for events.
    asking: bool,
}

/// A key that is held back.
pub(super) struct Parked {
    /// The event for which it was parked.
    pub head: String,
    /// The offset of that event: what is before has been dealt with.
    pub since: i64,
    pub releasing: bool,
    /// Whether its letters are being handed out.
    pub draining: bool,
    /// Letters behind it that are being written.
    pub letters: usize,
    /// Whether a letter was written since the handing out began.
    pub fresh: bool,
}

impl Parked {
    /// Holds back for `head` at its offset.
    pub fn new(head: String, since: i64, releasing: bool) -> Self {
        Self {
            head,
            since,
            releasing,
            draining: false,
            letters: 0,
            fresh: false,
        }
    }
}

/// What a partition has next.
pub(super) enum Step {
    /// Nothing, or no room for it.
    Nothing,
    /// Ask the file for what comes after the first offset; the partition ends at the second now.
    Ask(i64, i64),
    /// This event.
    Event(i64, Event),
}

impl Held {
    /// Takes over from the cursor; nothing is started until the parked keys are known (`opened`).
    pub fn new(seat: Seat, partition: Arc<Partition>, cursor: Arc<AtomicI64>, done: Vec<i64>) -> Self {
        let read = cursor.load(Ordering::Acquire);
        Self {
            seat,
            lane: Lane::new(done),
            parked: HashMap::new(),
            in_hand: 1,
            give_up: CancellationToken::new(),
            closing: false,
            partition,
            cursor,
            buffer: VecDeque::new(),
            read,
            asking: true,
        }
    }

    /// Begins, with the parked keys as the file has them.
    pub fn opened(&mut self, keys: Vec<ParkedKey>) {
        (self.asking, self.in_hand) = (false, self.in_hand - 1);
        for key in keys {
            let known = self
                .parked
                .entry(key.key)
                .or_insert_with(|| Parked::new(key.head, key.since, key.releasing));
            known.releasing |= key.releasing;
        }
    }

    /// Returns the next event, if it may be taken now.
    pub fn next(&mut self) -> Step {
        if self.closing || self.asking || !self.lane.has_room() {
            return Step::Nothing;
        }
        if self.buffer.is_empty() {
            match self.partition.after(self.read, TAKE_MAX) {
                Next::Nothing => return Step::Nothing,
                Next::Events(events) => self.fill(events),
                Next::OnDisk(end) => {
                    (self.asking, self.in_hand) = (true, self.in_hand + 1);
                    return Step::Ask(self.read, end);
                }
            }
        }
        self.buffer
            .pop_front()
            .map_or(Step::Nothing, |(offset, event)| Step::Event(offset, event))
    }

    /// Takes what the file had; `end` is where the partition ended before it was asked.
    pub fn answered(&mut self, events: Vec<Placed>, end: i64) {
        (self.asking, self.in_hand) = (false, self.in_hand - 1);
        if events.is_empty() {
            // Nothing up to the end: it was swept.
            self.read = self.read.max(end);
        }
        if !self.closing {
            self.fill(events);
        }
    }

    fn fill(&mut self, events: Vec<Placed>) {
        if let Some((last, _)) = events.last() {
            self.read = *last;
        }
        self.buffer.extend(events);
    }

    /// Stops taking; what is in hand is finished, what waits is left to the next holder.
    pub fn close(&mut self) {
        self.closing = true;
        self.give_up.cancel();
        self.buffer.clear();
    }

    /// Moves the cursor over what is dealt with; tells whether it moved.
    pub fn commit(&mut self) -> bool {
        let moved = self.lane.commit();
        if let Some(offset) = moved {
            self.cursor.store(offset, Ordering::Release);
        }
        moved.is_some()
    }
}
