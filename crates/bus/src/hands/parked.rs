//! Owns what a member does about keys that are held back: letters behind them, and handing letters out when they are released.
//! Refuses to know the loop.

use std::sync::Arc;

use contracts::Event;

use super::held::Parked;
use super::redeliver::{Drained, HandingOut};
use super::{Chore, Hands, Letter, Standing};

/// Letters of one key that are written at once.
const LETTERS_MAX: usize = 256;

impl Hands {
    /// Begins to hand out the letters of a key that was released.
    pub fn release(&mut self, slot: u32, key: &Arc<str>) {
        let Some(held) = self.lanes.get_mut(&slot) else { return };
        let of = held.parked.entry(key.clone());
        let parked = of.or_insert_with(|| Parked::new("released".into(), 0));
        (parked.releasing, parked.again) = (true, true);
        self.drain(slot, key);
    }

    /// Writes a letter behind a parked key.
    pub(super) fn write_behind(&mut self, slot: u32, offset: i64, event: Event) {
        let parked = self.lanes.get(&slot).and_then(|held| held.parked.get(&event.key));
        let reason = parked.map_or_else(String::new, |p| format!("parked behind {}", p.head));
        self.write_letter(slot, Letter { offset, event, reason });
    }

    /// Queues a letter behind those of its key that are not yet durable.
    pub(super) fn write_letter(&mut self, slot: u32, letter: Letter) {
        let Some(held) = self.lanes.get_mut(&slot) else { return };
        metrics::counter!("bus_dead_letters_total", "group" => self.attempts.group).increment(1);
        (held.in_hand, self.letters) = (held.in_hand + 1, self.letters + 1);
        let key = letter.event.key.clone();
        let mail = held.mail.entry(key.clone()).or_default();
        mail.waiting.push_back(letter);
        if !mail.writing {
            mail.writing = true;
            self.to_write.push_back((slot, key));
        }
    }

    /// Begins to write what waits, all of a key at once.
    pub(super) fn start_letters(&mut self) {
        while let Some((slot, key)) = self.to_write.pop_front() {
            let Some(held) = self.lanes.get_mut(&slot) else {
                continue;
            };
            let Some(mail) = held.mail.get_mut(&key) else { continue };
            let count = mail.waiting.len().min(LETTERS_MAX);
            let letters: Vec<Letter> = mail.waiting.drain(..count).collect();
            let offsets = letters.iter().map(|letter| letter.offset).collect();
            let park = held.parked.get(&key).map(|parked| parked.parking(&key));
            let written = self.ledger.write(&held.seat, letters, park);
            self.chore(async move {
                written.await?;
                Ok(Chore::Lettered(slot, key, offsets))
            });
        }
    }

    /// Goes on with the next letters of a key when some are written, and hands letters out if that is what is wanted.
    pub(super) fn end_letters(&mut self, slot: u32, key: &Arc<str>, offsets: &[i64]) {
        self.letters -= offsets.len();
        let Some(held) = self.lanes.get_mut(&slot) else { return };
        held.in_hand -= offsets.len();
        offsets.iter().for_each(|offset| held.lane.done(*offset));
        if held.mail.get(key).is_some_and(|mail| !mail.waiting.is_empty()) {
            self.to_write.push_back((slot, key.clone()));
        } else {
            held.mail.remove(key);
        }
        self.drain(slot, key);
    }

    /// Queues the handing out of a key's letters, if it is being released and nothing of it is in hand.
    pub(super) fn drain(&mut self, slot: u32, key: &Arc<str>) {
        let Some(held) = self.lanes.get_mut(&slot).filter(|h| h.opened && !h.closing) else {
            return;
        };
        let busy = held.lane.is_busy(key);
        let idle = |p: &&mut Parked| p.releasing && !p.draining && !p.freeing && !busy;
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
            held.in_hand += 1;
            self.draining += 1;
            let (out, ending) = (
                HandingOut {
                    ledger: self.ledger.clone(),
                    attempts: self.attempts.clone(),
                    on_poison: self.on_poison,
                    seat: held.seat.clone(),
                    key: key.clone(),
                },
                held.ending.clone(),
            );
            self.chore(async move {
                let end = tokio::select! {
                    end = out.run(&ending.give_up) => end?,
                    () = ending.lost.cancelled() => Drained::Abandoned,
                };
                Ok(Chore::Drained(slot, key, end))
            });
        }
    }

    pub(super) fn end_drain(&mut self, slot: u32, key: &Arc<str>, end: Drained) {
        self.draining -= 1;
        let Some(held) = self.lanes.get_mut(&slot) else { return };
        held.in_hand -= 1;
        let Some(parked) = held.parked.get_mut(key) else { return };
        parked.draining = false;
        match end {
            Drained::Abandoned => {}
            Drained::ParkedAgain(head) => {
                (parked.head, parked.releasing) = (head, false);
                // Somebody may have released it just then.
                self.free(slot, key);
            }
            // Letters on their way come first; the last of them drains again.
            Drained::Empty if held.mail.contains_key(key) => {}
            Drained::Empty => self.free(slot, key),
        }
    }

    /// Asks the ledger to free a key, if nothing of it is left; it knows of everything that was written and released meanwhile.
    fn free(&mut self, slot: u32, key: &Arc<str>) {
        let Some(held) = self.lanes.get_mut(&slot) else { return };
        let Some(parked) = held.parked.get_mut(key) else { return };
        (parked.freeing, parked.again) = (true, false);
        held.in_hand += 1;
        let (key, freed) = (key.clone(), self.ledger.free(&held.seat, key));
        self.chore(async move { Ok(Chore::Freed(slot, key, freed.await?)) });
    }

    pub(super) fn end_free(&mut self, slot: u32, key: &Arc<str>, standing: Standing) {
        let Some(held) = self.lanes.get_mut(&slot) else { return };
        held.in_hand -= 1;
        let Some(parked) = held.parked.get_mut(key) else { return };
        parked.freeing = false;
        match standing {
            Standing::Free if !parked.again => drop(held.parked.remove(key)),
            Standing::HeldBack if !parked.again => parked.releasing = false,
            _ => {
                parked.releasing = true;
                self.drain(slot, key);
            }
        }
    }
}
