//! Owns where a member reads one partition, and what it has dealt with: from memory, and from the file only what memory has no more.
//! Refuses to wait.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use super::partition::{Next, Partition};
use crate::hands::Placed;

/// Events taken from memory at once.
const TAKE_MAX: usize = 128;

/// A partition that a member reads.
pub(super) struct Source {
    pub partition: Arc<Partition>,
    cursor: Arc<AtomicI64>,
    read: i64,
    /// The question to the file that is open.
    asked: Option<Question>,
}

/// What the file is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Question {
    /// What comes after this offset.
    pub after: i64,
    /// Where the partition ended when this was asked.
    end: i64,
}

/// What there is to read.
pub(super) enum More {
    /// Nothing now.
    Nothing,
    /// These.
    Events(Vec<Placed>),
    /// Ask the file.
    Ask(Question),
}

impl Source {
    /// Begins at the cursor.
    pub fn new(partition: Arc<Partition>, cursor: Arc<AtomicI64>) -> Self {
        Self {
            read: cursor.load(Ordering::Acquire),
            partition,
            cursor,
            asked: None,
        }
    }

    /// Returns the first offset that is not dealt with.
    pub fn next(&self) -> i64 {
        self.cursor.load(Ordering::Acquire) + 1
    }

    /// Tells whether there may be more to read. Costs next to nothing.
    pub fn has_more(&self) -> bool {
        self.asked.is_none() && self.partition.has_after(self.read)
    }

    /// Reads on, `room` events at most.
    pub fn read(&mut self, room: usize) -> More {
        match self.partition.after(self.read, room.min(TAKE_MAX)) {
            Next::Nothing => More::Nothing,
            Next::Events(events) => {
                self.read = events.last().map_or(self.read, |(offset, _)| *offset);
                More::Events(events)
            }
            Next::OnDisk(end) => {
                let question = Question { after: self.read, end };
                self.asked = Some(question);
                More::Ask(question)
            }
        }
    }

    /// Takes what the file had; `false` when it was asked by an earlier holder.
    pub fn answered(&mut self, question: Question, events: &[Placed]) -> bool {
        if self.asked != Some(question) {
            return false;
        }
        self.asked = None;
        // When there is nothing up to the end, it was swept.
        self.read = events.last().map_or(self.read.max(question.end), |(offset, _)| *offset);
        true
    }

    /// Moves the cursor.
    pub fn commit(&self, offset: i64) {
        self.cursor.store(offset, Ordering::Release);
    }
}
