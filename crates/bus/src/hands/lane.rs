//! Owns the order of one partition in one consumer's hands: one event of a key at a time, keys beside each other, and
//! how far everything before is dealt with. Refuses to wait, to store and to know handlers.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use contracts::Event;

/// Events of one partition that wait behind one of their own key; then the partition is read no further.
pub(super) const WAITING_MAX: usize = 1_024;
/// Offsets of one partition between the first that is not dealt with and the last that was read.
const WINDOW_MAX: usize = 65_536;

/// An event at its offset.
pub(crate) type Placed = (i64, Event);

/// The events of one partition between "acked up to here" and "read up to here".
pub(super) struct Lane {
    /// Offsets in order, and whether each is dealt with.
    window: VecDeque<(i64, bool)>,
    /// Keys that are being handled, with what waits behind.
    busy: HashMap<Arc<str>, VecDeque<Placed>>,
    waiting: usize,
    /// Offsets beyond the cursor that an earlier holder has dealt with.
    skip: HashSet<i64>,
    /// Everything before is dealt with, and was said to be.
    next: i64,
}

impl Lane {
    /// Starts where an earlier holder left off: everything before `next` is dealt with, and the offsets `done` beyond.
    pub fn new(next: i64, done: Vec<i64>) -> Self {
        let mut lane = Self {
            window: VecDeque::new(),
            busy: HashMap::new(),
            waiting: 0,
            skip: HashSet::new(),
            next,
        };
        lane.skip(done);
        lane
    }

    /// Notes that these are dealt with too, before they come.
    pub fn skip(&mut self, done: Vec<i64>) {
        let next = self.next;
        self.skip.extend(done.into_iter().filter(|offset| *offset >= next));
    }

    /// Tells whether more may be read.
    pub fn has_room(&self) -> bool {
        self.waiting < WAITING_MAX && self.window.len() < WINDOW_MAX
    }

    /// Takes the next event of the partition. Returns it when it is to be started now; else it waits behind its key, or was dealt with before.
    pub fn admit(&mut self, offset: i64, event: Event) -> Option<Event> {
        let done = self.skip.remove(&offset);
        self.window.push_back((offset, done));
        if done {
            return None;
        }
        if let Some(behind) = self.busy.get_mut(&event.key) {
            behind.push_back((offset, event));
            self.waiting += 1;
            return None;
        }
        self.busy.insert(event.key.clone(), VecDeque::new());
        Some(event)
    }

    /// Takes the next event of the partition, to be dealt with beside its key's order (a letter behind a parked key).
    pub fn admit_aside(&mut self, offset: i64) -> bool {
        let done = self.skip.remove(&offset);
        self.window.push_back((offset, done));
        !done
    }

    /// Marks an offset as dealt with.
    pub fn done(&mut self, offset: i64) {
        let at = self.window.partition_point(|(o, _)| *o < offset);
        if let Some(place) = self.window.get_mut(at).filter(|(o, _)| *o == offset) {
            place.1 = true;
        }
    }

    /// Frees a key; returns its next event, which is to be started, and keeps the key busy with it.
    pub fn next_of(&mut self, key: &str) -> Option<Placed> {
        let behind = self.busy.get_mut(key)?;
        let Some(next) = behind.pop_front() else {
            self.busy.remove(key);
            return None;
        };
        self.waiting -= 1;
        Some(next)
    }

    /// Frees a key and returns all that waited behind it.
    pub fn take_waiting(&mut self, key: &str) -> VecDeque<Placed> {
        let behind = self.busy.remove(key).unwrap_or_default();
        self.waiting -= behind.len();
        behind
    }

    /// Tells whether an event of the key is being handled.
    pub fn is_busy(&self, key: &str) -> bool {
        self.busy.contains_key(key)
    }

    /// Cuts off the contiguous prefix that is dealt with; returns its last offset when there is one.
    pub fn commit(&mut self) -> Option<i64> {
        let mut last = None;
        while let Some((offset, true)) = self.window.front() {
            last = Some(*offset);
            self.window.pop_front();
        }
        self.next = last.map_or(self.next, |offset| offset + 1);
        last
    }

    /// Returns the offsets beyond the cursor that are dealt with, for the next holder.
    pub fn done_beyond(&self) -> Vec<i64> {
        let here = self.window.iter().filter(|(_, done)| *done).map(|(offset, _)| *offset);
        // What is to be left out may never come: the log keeps things for a while only.
        let to_come = self.skip.iter().copied().filter(|offset| *offset >= self.next);
        here.chain(to_come).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::{Ambient, HeldClock, SeededRandom, Timestamp};

    fn event(key: &str) -> Event {
        let ambient = Ambient::new(HeldClock::new(Timestamp::from_millis(1)), SeededRandom::new(1));
        Event {
            id: ambient.id(),
            topic: "t".into(),
            kind: "k".into(),
            key: key.into(),
            time: ambient.now(),
            bytes: bytes::Bytes::new(),
        }
    }

    #[test]
    fn one_event_of_a_key_at_a_time_and_only_the_contiguous_prefix_is_committed() {
        let mut lane = Lane::new(0, Vec::new());
        assert!(lane.admit(1, event("a")).is_some());
        assert!(lane.admit(2, event("a")).is_none(), "behind its key");
        assert!(lane.admit(5, event("b")).is_some());
        lane.done(5);
        assert!(lane.next_of("b").is_none());
        assert_eq!(lane.commit(), None, "1 is not done");
        lane.done(1);
        assert_eq!(lane.next_of("a").map(|p| p.0), Some(2));
        assert_eq!(lane.commit(), Some(1));
        assert_eq!(lane.done_beyond(), [5]);
        lane.done(2);
        assert!(lane.next_of("a").is_none());
        assert_eq!(lane.commit(), Some(5));
        assert!(!lane.is_busy("a"));
    }

    #[test]
    fn what_an_earlier_holder_did_is_not_done_again() {
        let mut lane = Lane::new(1, vec![0, 2, 9]);
        assert!(lane.admit(1, event("a")).is_some());
        assert!(lane.admit(2, event("a")).is_none());
        lane.done(1);
        assert!(lane.next_of("a").is_none(), "2 does not wait, it is done");
        assert_eq!(lane.commit(), Some(2));
        assert_eq!(lane.done_beyond(), [9], "0 is before all");
        assert!(lane.admit(11, event("a")).is_some(), "9 is gone");
        lane.done(11);
        assert_eq!(lane.commit(), Some(11));
        assert!(lane.done_beyond().is_empty());
    }

    #[test]
    fn a_lane_whose_key_is_stuck_is_read_no_further_than_its_limit() {
        let mut lane = Lane::new(0, Vec::new());
        let mut offset = 0;
        while lane.has_room() {
            offset += 1;
            lane.admit(offset, event("stuck"));
        }
        assert_eq!(offset, WAITING_MAX as i64 + 1);
        assert_eq!(lane.take_waiting("stuck").len(), WAITING_MAX);
        assert!(lane.has_room());
    }
}
