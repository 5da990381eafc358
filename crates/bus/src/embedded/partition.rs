//! Owns the end of one partition in memory: its most recent events, so that consumers that keep up never ask the file.
//! Refuses to know who reads.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use contracts::Event;
use parking_lot::Mutex;

use crate::hands::{Placed, Seat};

/// Most events kept in memory for each partition.
pub const RECENT_EVENTS_MAX: usize = 1_024;
/// Most bytes of events kept in memory for each partition.
pub const RECENT_BYTES_MAX: usize = 256 * 1024;

/// One partition of a topic.
pub(super) struct Partition {
    pub slot: u32,
    pub topic: Arc<str>,
    /// Its number within the topic.
    pub number: u16,
    /// The topic's place in the list of topics.
    pub topic_number: usize,
    /// Offset of the last event that is durable and may be read.
    last: AtomicI64,
    recent: Mutex<Recent>,
}

struct Recent {
    events: VecDeque<Placed>,
    bytes: usize,
    /// Every event after this offset is in `events`.
    floor: i64,
}

/// What memory can say about the events after an offset.
pub(super) enum Next {
    /// There are none.
    Nothing,
    /// These.
    Events(Vec<Placed>),
    /// Ask the file; the partition ended at this offset when asked.
    OnDisk(i64),
}

impl Partition {
    /// Starts at the end of what the file holds.
    pub fn new(slot: u32, topic: Arc<str>, (topic_number, number): (usize, u16), last: i64) -> Self {
        let recent = Mutex::new(Recent {
            events: VecDeque::new(),
            bytes: 0,
            floor: last,
        });
        Self {
            slot,
            topic,
            number,
            topic_number,
            last: AtomicI64::new(last),
            recent,
        }
    }

    /// Adds an event that has become durable.
    pub fn push(&self, offset: i64, event: Event) {
        let mut recent = self.recent.lock();
        recent.bytes += event.bytes.len();
        recent.events.push_back((offset, event));
        while recent.events.len() > RECENT_EVENTS_MAX || (recent.bytes > RECENT_BYTES_MAX && recent.events.len() > 1) {
            let Some((gone, event)) = recent.events.pop_front() else {
                break;
            };
            recent.bytes -= event.bytes.len();
            recent.floor = gone;
        }
        // Under the lock, so that who sees the new end finds the event.
        self.last.store(offset, Ordering::Release);
    }

    /// Drops events before an offset, which the file has dropped.
    pub fn forget_before(&self, first: i64) {
        let mut recent = self.recent.lock();
        while recent.events.front().is_some_and(|(offset, _)| *offset < first) {
            let Some((gone, event)) = recent.events.pop_front() else {
                break;
            };
            recent.bytes -= event.bytes.len();
            recent.floor = gone;
        }
    }

    /// Returns the group's seat in it.
    pub fn seat(&self, group: &Arc<str>) -> Seat {
        Seat {
            group: group.clone(),
            slot: self.slot,
            topic: self.topic.clone(),
            partition: self.number,
        }
    }

    /// Tells whether there is anything after an offset.
    pub fn has_after(&self, offset: i64) -> bool {
        self.last.load(Ordering::Acquire) > offset
    }

    /// Returns up to `limit` events after an offset.
    pub fn after(&self, offset: i64, limit: usize) -> Next {
        let last = self.last.load(Ordering::Acquire);
        if last <= offset {
            return Next::Nothing;
        }
        let recent = self.recent.lock();
        if offset < recent.floor {
            return Next::OnDisk(last);
        }
        let from = recent.events.partition_point(|(o, _)| *o <= offset);
        Next::Events(recent.events.range(from..).take(limit).cloned().collect())
    }
}
