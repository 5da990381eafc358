//! Owns what a member knows of one partition that it holds. Refuses to wait.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use contracts::Event;
use tokio_util::sync::CancellationToken;

use super::lane::Lane;
use super::{Known, LANE_TURN_MAX, Letter, Parking, Seat, Taken};

/// Events of one partition that are read and not yet taken.
const BUFFER_MAX: usize = 256;

/// A partition in a member's hands.
pub(super) struct Held {
    pub seat: Seat,
    pub lane: Lane,
    pub parked: HashMap<Arc<str>, Parked>,
    /// Letters that are not yet durable, by key.
    pub mail: HashMap<Arc<str>, Mail>,
    /// Handlers, letters and redeliveries under way. The partition is given up only when there are none.
    pub in_hand: usize,
    pub ending: Arc<Ending>,
    pub closing: bool,
    /// Whether its letters and parked keys are known.
    pub opened: bool,
    /// Read and not yet admitted; nothing stands for a record that is no event.
    buffer: VecDeque<(i64, Option<Event>)>,
    /// The first offset that has not come.
    read: i64,
}

/// How the work in a partition ends early.
#[derive(Default)]
pub(super) struct Ending {
    /// Ends the pauses between tries: the partition is to be given up.
    pub give_up: CancellationToken,
    /// Ends the handlers as well: the partition is somebody else's.
    pub lost: CancellationToken,
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
    /// Whether it was released again since.
    pub again: bool,
}

/// Letters of a key: some are being written or about to be, and those that wait for them. Who hands letters out meets them in order.
#[derive(Default)]
pub(super) struct Mail {
    pub writing: bool,
    pub waiting: VecDeque<Letter>,
}

impl Parked {
    /// Holds back for `head` at its offset.
    pub fn new(head: String, since: i64) -> Self {
        Self {
            head,
            since,
            releasing: false,
            draining: false,
            freeing: false,
            again: false,
        }
    }

    /// Tells the ledger.
    pub fn parking(&self, key: &Arc<str>) -> Parking {
        Parking {
            key: key.clone(),
            head: self.head.clone(),
            since: self.since,
            releasing: self.releasing,
        }
    }
}

impl Held {
    /// Takes over where an earlier holder left off; nothing is started until letters and parked keys are known (`open`).
    pub fn new(taken: Taken) -> Self {
        Self {
            seat: taken.seat,
            lane: Lane::new(taken.next, taken.done),
            parked: HashMap::new(),
            mail: HashMap::new(),
            in_hand: 1,
            ending: Arc::default(),
            closing: false,
            opened: false,
            buffer: VecDeque::new(),
            read: taken.next,
        }
    }

    /// Begins, with what stands in the ledger.
    pub fn open(&mut self, known: Known) {
        self.lane.skip(known.lettered);
        for parking in known.parked {
            let of = self.parked.entry(parking.key);
            let parked = of.or_insert_with(|| Parked::new(String::new(), 0));
            (parked.head, parked.since) = (parking.head, parking.since);
            // It may have been released since.
            parked.releasing |= parking.releasing;
        }
    }

    pub fn parked_keys(&self) -> Vec<Arc<str>> {
        self.parked.keys().cloned().collect()
    }

    /// Returns how many more may be fed; none while a turn's worth is there.
    pub fn room(&self) -> usize {
        if self.closing || self.buffer.len() >= LANE_TURN_MAX || !self.lane.has_room() {
            return 0;
        }
        BUFFER_MAX - self.buffer.len()
    }

    /// Adds what was read. What comes once more is left out: a lane takes each offset once, in order.
    pub fn feed(&mut self, events: impl IntoIterator<Item = (i64, Option<Event>)>) {
        if self.closing {
            return;
        }
        for (offset, event) in events {
            if offset >= self.read {
                self.read = offset + 1;
                self.buffer.push_back((offset, event));
            }
        }
    }

    /// Returns the next event, if it may be taken now.
    pub fn next(&mut self) -> Option<(i64, Option<Event>)> {
        if self.closing || !self.opened || !self.lane.has_room() {
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
        self.ending.give_up.cancel();
        self.buffer.clear();
    }

    /// Ends what is in hand.
    pub fn lose(&self) {
        self.ending.lost.cancel();
    }
}
