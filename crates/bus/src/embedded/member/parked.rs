//! Owns what a member does about keys that are held back: letters behind them, and handing letters out when they are released.
//! Refuses to know the loop.

use std::sync::Arc;

use contracts::Event;
use futures::FutureExt as _;

use super::{Chore, Member};
use crate::embedded::letters::{self, ParkedKey};
use crate::embedded::redeliver::{Drained, redeliver};
use crate::lane::Placed;

impl Member {
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

    pub(super) fn write_letter(&mut self, slot: u32, (offset, event): Placed, reason: String) {
        let Some(held) = self.lanes.get_mut(&slot) else { return };
        held.in_hand += 1;
        if let Some(parked) = held.parked.get_mut(&event.key) {
            parked.letters += 1;
        }
        metrics::counter!("bus_dead_letters_total", "group" => self.attempts.group).increment(1);
        let (seat, key, now) = (held.seat.clone(), event.key.clone(), self.journal.ambient.now());
        let park = held.parked.get(&event.key).map(|p| ParkedKey {
            key: event.key.clone(),
            head: p.head.clone(),
            since: p.since,
            releasing: p.releasing,
        });
        let write = move |to: &rusqlite::Connection| letters::write(to, &seat, (offset, &event), &reason, now, park);
        // Queued here and now: letters are numbered in the order of the log.
        let written = self.journal.writer.run(write);
        self.chores
            .push(async move { written.await.map(|()| Chore::Lettered(slot, offset, key)) }.boxed());
    }

    /// Queues the handing out of a key's letters, if it is being released and nothing of it is in hand.
    pub(super) fn drain(&mut self, slot: u32, key: &Arc<str>) {
        let Some(held) = self.lanes.get_mut(&slot).filter(|h| !h.closing) else {
            return;
        };
        let busy = held.lane.is_busy(key);
        if let Some(parked) = held.parked.get_mut(key).filter(|p| p.releasing && !p.draining && !busy) {
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
            let (journal, attempts, give_up) = (self.journal.clone(), self.attempts.clone(), held.give_up.clone());
            let drain = redeliver(journal, attempts, of, self.on_poison, give_up);
            let ended = async move { drain.await.map(|end| Chore::Drained(slot, key, end)) };
            self.chores.push(ended.boxed());
        }
    }

    pub(super) fn end_drain(&mut self, slot: u32, key: &Arc<str>, end: Drained) {
        let Some(held) = self.lanes.get_mut(&slot) else { return };
        let Some(parked) = held.parked.get_mut(key) else { return };
        parked.draining = false;
        match end {
            Drained::Abandoned => {}
            Drained::ParkedAgain(head) => (parked.head, parked.releasing) = (head, false),
            // Letters on their way come first; the last of them drains again.
            Drained::Empty if parked.letters > 0 => {}
            Drained::Empty if parked.fresh => self.drain(slot, key),
            Drained::Empty => {
                held.parked.remove(key);
                held.in_hand += 1;
                let (seat, key) = (held.seat.clone(), key.clone());
                let freed = self.journal.writer.run(move |on| letters::free(on, &seat, &key));
                self.chores
                    .push(async move { freed.await.map(|()| Chore::Freed(slot)) }.boxed());
            }
        }
    }
}
