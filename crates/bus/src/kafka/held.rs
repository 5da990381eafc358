//! Owns what a member knows of one partition that it holds. Refuses to wait.

use std::collections::VecDeque;
use std::sync::Arc;

use contracts::Event;
use tokio_util::sync::CancellationToken;

use super::begin::Progress;
use super::poller::Waiting;
use super::troubles::Troubles;
use crate::lane::{Lane, Placed};

/// A partition in a member's hands.
pub(super) struct Held {
    pub lane: Lane,
    pub troubles: Troubles,
    /// Handlers, letters, reads and redeliveries under way. The partition is given up only when there are none.
    pub in_hand: usize,
    /// Ends the pauses between tries when the partition is to be given up.
    pub give_up: CancellationToken,
    pub closing: bool,
    /// Whether its letters and parked keys are known.
    opened: bool,
    /// Read and not yet admitted; nothing stands for a record that is no event.
    buffer: VecDeque<(i64, Option<Event>)>,
    waiting: Arc<Waiting>,
    /// The first offset that is not dealt with.
    next: i64,
    /// The first offset that has not come.
    read: i64,
}

impl Held {
    /// Takes over where the group is; nothing is started until the letters are known (`opened`).
    pub fn new(progress: Progress, waiting: Arc<Waiting>) -> Self {
        Self {
            lane: Lane::new(progress.done),
            troubles: Troubles::default(),
            in_hand: 1,
            give_up: CancellationToken::new(),
            closing: false,
            opened: false,
            buffer: VecDeque::new(),
            waiting,
            next: progress.next,
            read: progress.next,
        }
    }

    /// Begins, with letters and parked keys as they stand.
    pub fn opened(&mut self, troubles: Troubles) {
        (self.opened, self.in_hand) = (true, self.in_hand - 1);
        self.troubles = troubles;
    }

    /// Adds what was read.
    pub fn push(&mut self, offset: i64, event: Option<Event>) {
        // In a rebalance the client may read again what it has just given: the lane takes each offset once, in order.
        if self.closing || offset < self.read {
            self.waiting.taken(weight(event.as_ref()));
        } else {
            self.read = offset + 1;
            self.buffer.push_back((offset, event));
        }
    }

    /// Returns the next event, if it may be taken now.
    pub fn next(&mut self) -> Option<Placed> {
        while !self.closing && self.opened && self.lane.has_room() {
            let (offset, event) = self.buffer.pop_front()?;
            self.waiting.taken(weight(event.as_ref()));
            match event {
                Some(event) => return Some((offset, event)),
                None => {
                    self.lane.admit_aside(offset);
                    self.lane.done(offset);
                }
            }
        }
        None
    }

    /// Stops taking; what is in hand is finished, what waits is left to the next holder.
    pub fn close(&mut self) {
        self.closing = true;
        self.give_up.cancel();
        for (_, event) in self.buffer.drain(..) {
            self.waiting.taken(weight(event.as_ref()));
        }
    }

    /// Moves over what is dealt with; returns how far when that is further than before.
    pub fn commit(&mut self) -> Option<i64> {
        self.next = self.lane.commit()? + 1;
        Some(self.next)
    }

    /// Tells how far it is, with what is dealt with beyond, for the next holder.
    pub fn progress(&self) -> Progress {
        Progress {
            next: self.next,
            done: self.lane.done_beyond(),
        }
    }
}

fn weight(event: Option<&Event>) -> usize {
    event.map_or(0, |e| e.bytes.len())
}
