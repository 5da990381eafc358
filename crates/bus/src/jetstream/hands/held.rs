//! Owns what a member knows of one partition that it holds. Refuses to wait.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use contracts::Event;
use tokio_util::sync::CancellationToken;

use super::{Parking, Seat};
use crate::lane::{Lane, Placed};

/// Events of one partition that are read and not yet taken.
const BUFFER_MAX: usize = 256;

/// A partition in a member's hands.
pub(super) struct Held {
    pub seat: Seat,
    pub lane: Lane,
    pub parked: HashMap<Arc<str>, Parked>,
    /// Handlers, letters and redeliveries under way. The partition is given up only when there are none.
    pub in_hand: usize,
    /// Ends the pauses between tries when the partition is to be given up.
    pub give_up: CancellationToken,
    /// Ends the handlers as well, when the partition is somebody else's.
    pub lost: CancellationToken,
    pub closing: bool,
    /// Read and not yet admitted.
    buffer: VecDeque<(i64, Option<Event>)>,
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
    /// Whether it is about to be free; until that is known its events wait, and those of the partition behind them.
    pub freeing: bool,
    /// Letters behind it that are being written: the first, and those that wait for it. Who hands letters out meets them in order.
    pub letters: usize,
    pub waiting: VecDeque<(Placed, String)>,
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
            freeing: false,
            letters: 0,
            waiting: VecDeque::new(),
            fresh: false,
        }
    }
}

impl Held {
    /// Begins with what an earlier holder has dealt with beyond the cursor, and the parked keys.
    pub fn new(seat: Seat, done: Vec<i64>, parked: Vec<Parking>) -> Self {
        let keep = |p: Parking| (p.key, Parked::new(p.head, p.since, p.releasing));
        Self {
            seat,
            lane: Lane::new(done),
            parked: parked.into_iter().map(keep).collect(),
            in_hand: 0,
            give_up: CancellationToken::new(),
            lost: CancellationToken::new(),
            closing: false,
            buffer: VecDeque::new(),
        }
    }

    pub fn parked_keys(&self) -> Vec<Arc<str>> {
        self.parked.keys().cloned().collect()
    }

    /// Returns how many more may be fed.
    pub fn room(&self) -> usize {
        if self.closing || !self.lane.has_room() {
            return 0;
        }
        BUFFER_MAX.saturating_sub(self.buffer.len())
    }

    pub fn feed(&mut self, events: impl IntoIterator<Item = (i64, Option<Event>)>) {
        if !self.closing {
            self.buffer.extend(events);
        }
    }

    /// Returns the next event, if it may be taken now.
    pub fn next(&mut self) -> Option<(i64, Option<Event>)> {
        if self.closing || !self.lane.has_room() {
            return None;
        }
        if let Some((_, Some(event))) = self.buffer.front()
            && self.parked.get(&event.key).is_some_and(|p| p.freeing)
        {
            return None;
        }
        self.buffer.pop_front()
    }

    /// Stops taking; what is in hand is finished, what waits is left to the next holder.
    pub fn close(&mut self) {
        self.closing = true;
        self.give_up.cancel();
        self.buffer.clear();
    }

    /// Ends what is in hand.
    pub fn lose(&self) {
        self.lost.cancel();
    }
}
