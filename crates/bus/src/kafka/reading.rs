//! Owns what has come of one partition and waits for its turn, and how far the partition is. Refuses to wait.

use std::collections::VecDeque;
use std::sync::Arc;

use contracts::Event;

use super::begin::{Progress, Slot};
use super::poller::Waiting;
use crate::hands::{Seat, Taken};

/// A partition that a member reads.
pub(super) struct Reading {
    pub slot: Slot,
    waiting: Arc<Waiting>,
    /// Nothing stands for a record that is no event.
    buffer: VecDeque<(i64, Option<Event>)>,
    /// The first offset that is not dealt with.
    next: i64,
    closing: bool,
}

impl Reading {
    /// Begins where the group is.
    pub fn new(slot: Slot, next: i64, waiting: Arc<Waiting>) -> Self {
        Self {
            slot,
            waiting,
            buffer: VecDeque::new(),
            next,
            closing: false,
        }
    }

    /// Adds what has come.
    pub fn push(&mut self, offset: i64, event: Option<Event>) {
        if self.closing {
            self.waiting.taken(weight(event.as_ref()));
        } else {
            self.buffer.push_back((offset, event));
        }
    }

    /// Tells whether anything waits.
    pub fn has_more(&self) -> bool {
        !self.buffer.is_empty()
    }

    /// Takes the first that wait, `room` at most.
    pub fn take(&mut self, room: usize) -> impl Iterator<Item = (i64, Option<Event>)> {
        let count = room.min(self.buffer.len());
        let waiting = &self.waiting;
        let taken = self.buffer.drain(..count);
        taken.inspect(|(_, event)| waiting.taken(weight(event.as_ref())))
    }

    /// Takes no more, and drops what waits.
    pub fn close(&mut self) {
        self.closing = true;
        let all = self.buffer.len();
        self.take(all).for_each(drop);
    }

    /// Moves over what is dealt with; returns the first offset that is not.
    pub fn commit(&mut self, offset: i64) -> i64 {
        self.next = offset + 1;
        self.next
    }

    /// Tells how far it is, with what is dealt with beyond, for the next holder.
    pub fn progress(&self, done: Vec<i64>) -> Progress {
        Progress { next: self.next, done }
    }
}

/// Says what is taken, with the group's seat in it.
pub(super) fn taken(group: &Arc<str>, topic: &Arc<str>, slot: Slot, progress: &Progress) -> Taken {
    Taken {
        seat: Seat {
            group: group.clone(),
            slot: slot.number(),
            topic: topic.clone(),
            partition: slot.partition as u16,
        },
        next: progress.next,
        done: progress.done.clone(),
    }
}

fn weight(event: Option<&Event>) -> usize {
    event.map_or(0, |e| e.bytes.len())
}
