//! Owns what a member does about keys that are held back: letters behind them, and handing letters out when they are released.
//! Refuses to know the loop.

use std::sync::Arc;

use contracts::Event;
use futures::FutureExt as _;

use super::redeliver::{Drained, redeliver};
use super::{Chore, Hands, Parking};
use crate::lane::Placed;

impl Hands {
    /// Goes on with a key that has become free.
    pub(super) fn go_on(&mut self, slot: u32, key: &Arc<str>) {
        let Some(held) = self.lanes.get_mut(&slot).filter(|h| !h.closing) else {
            return;
        };
        if held.parked.contains_key(key) {
            for (offset, event) in held.lane.take_waiting(key) {
                self.write_behind(slot, offset, event);
            }
            self.drain(slot, key);
        } else if let Some(next) = held.lane.next_of(key) {
            self.ready.push_back((slot, next));
        }
    }

    /// Writes a letter behind a parked key.
    pub(super) fn write_behind(&mut self, slot: u32, offset: i64, event: Event) {
        let parked = self.lanes.get(&slot).and_then(|held| held.parked.get(&event.key));
        let reason = parked.map_or_else(String::new, |p| format!("parked behind {}", p.head));
        self.write_letter(slot, (offset, event), reason);
    }

    pub(super) fn write_letter(&mut self, slot: u32, letter: Placed, reason: String) {
        let Some(held) = self.lanes.get_mut(&slot) else { return };
        held.in_hand += 1;
        metrics::counter!("bus_dead_letters_total", "group" => self.attempts.group).increment(1);
        if let Some(parked) = held.parked.get_mut(&letter.1.key) {
            parked.letters += 1;
            if parked.letters > 1 {
                parked.waiting.push_back((letter, reason));
                return;
            }
        }
        self.begin_letter(slot, letter, reason);
    }

    fn begin_letter(&mut self, slot: u32, (offset, event): Placed, reason: String) {
        let Some(held) = self.lanes.get_mut(&slot) else { return };
        let key = event.key.clone();
        let park = held.parked.get(&key).map(|parked| Parking {
            key: key.clone(),
            head: parked.head.clone(),
            since: parked.since,
            releasing: parked.releasing,
        });
        let written = self.ledger.write(&held.seat, (offset, event), reason, park);
        self.chores
            .push(async move { written.await.map(|()| Chore::Lettered(slot, offset, key)) }.boxed());
    }

    /// Begins the next letter of a key when one is written, and hands letters out if that is what is wanted.
    pub(super) fn end_letter(&mut self, slot: u32, offset: i64, key: &Arc<str>) {
        let Some(held) = self.lanes.get_mut(&slot) else { return };
        held.lane.done(offset);
        let Some(parked) = held.parked.get_mut(key) else { return };
        (parked.letters, parked.fresh) = (parked.letters.saturating_sub(1), true);
        if let Some((next, reason)) = parked.waiting.pop_front() {
            self.begin_letter(slot, next, reason);
        }
        self.drain(slot, key);
    }

    /// Queues the handing out of a key's letters, if it is being released and nothing of it is in hand.
    pub(super) fn drain(&mut self, slot: u32, key: &Arc<str>) {
        let Some(held) = self.lanes.get_mut(&slot).filter(|h| !h.closing) else {
            return;
        };
        let busy = held.lane.is_busy(key);
        let idle = |p: &&mut super::Parked| p.releasing && !p.draining && !p.freeing && !busy;
        if let Some(parked) = held.parked.get_mut(key).filter(idle) {
            parked.draining = true;
            self.to_drain.push_back((slot, key.clone()));
        }
    }

    /// Begins to hand out the letters of the keys whose turn has come.
    pub(super) fn start_drains(&mut self) {
        while self.in_flight() < self.in_flight_max {
            let Some((slot, key)) = self.to_drain.pop_front() else {
                return;
            };
            let Some(held) = self.lanes.get_mut(&slot) else {
                continue;
            };
            let Some(parked) = held.parked.get_mut(&key) else {
                continue;
            };
            parked.fresh = false;
            held.in_hand += 1;
            self.draining += 1;
            let of = (held.seat.clone(), key.clone());
            let (attempts, give_up, lost) = (self.attempts.clone(), held.give_up.clone(), held.lost.clone());
            let drain = redeliver(self.ledger.clone(), attempts, of, self.on_poison, give_up);
            let ended = async move {
                let end = tokio::select! {
                    end = drain => end?,
                    () = lost.cancelled() => Drained::Abandoned,
                };
                Ok(Chore::Drained(slot, key, end))
            };
            self.chores.push(ended.boxed());
        }
    }

    pub(super) fn end_drain(&mut self, slot: u32, key: &Arc<str>, end: Drained) {
        let Some(held) = self.lanes.get_mut(&slot) else { return };
        let Some(parked) = held.parked.get_mut(key) else { return };
        parked.draining = false;
        match end {
            Drained::Abandoned => {}
            Drained::ParkedAgain(head) => {
                (parked.head, parked.releasing) = (head, false);
                self.parked_again = true;
            }
            // Letters on their way come first; the last of them drains again.
            Drained::Empty if parked.letters > 0 => {}
            Drained::Empty if parked.fresh => self.drain(slot, key),
            Drained::Empty => {
                parked.freeing = true;
                held.in_hand += 1;
                let (key, freed) = (key.clone(), self.ledger.free(&held.seat, key));
                self.chores
                    .push(async move { freed.await.map(|free| Chore::Freed(slot, key, free)) }.boxed());
            }
        }
    }
}
