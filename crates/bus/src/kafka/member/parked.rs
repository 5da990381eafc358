//! Owns what a member does about keys that are held back: letters behind them, and handing letters out when they are released.
//! Refuses to know the loop.

use std::sync::Arc;

use contracts::Event;
use futures::FutureExt as _;

use super::{Chore, LOOK, Looked, Member, SILENT_MAX};
use crate::kafka::begin::Slot;
use crate::kafka::handing_out::{Drained, End, HandingOut, Wrote};
use crate::kafka::letters::{Note, Whole};
use crate::kafka::troubles::{Entry, Mark, Parked, Troubles};
use crate::lane::Placed;
use crate::{BusError, OnPoison};

impl Member {
    /// Begins with a partition whose letters are known; those that are older than anybody wants go.
    pub(super) fn opened(&mut self, slot: Slot, troubles: Troubles) {
        let Some(held) = self.lanes.get_mut(&slot) else { return };
        held.opened(troubles);
        let keys: Vec<Arc<str>> = held.troubles.keys.keys().cloned().collect();
        let before = self.tools.attempts.ambient.now() - self.tools.letters_kept;
        let outdated = held.troubles.outdated(before);
        let gone = outdated.into_iter().filter_map(|offset| {
            let letter = held.troubles.letters.remove(&offset)?;
            Some(Note::Gone(offset, letter.key))
        });
        let gone: Vec<Note> = gone.collect();
        if !gone.is_empty() {
            self.note(slot, gone);
        }
        keys.iter().for_each(|key| self.drain(slot, key));
    }

    /// Looks for releases, and whether the thread is alive.
    pub(super) fn look_around(&mut self) {
        if !self.stopping && self.poller.silent_for() > SILENT_MAX {
            metrics::counter!("bus_kafka_consumers_silent_total").increment(1);
            let silent = format!("the consumer has not polled for {SILENT_MAX:?}");
            return self.fail(BusError::Unavailable(silent));
        }
        self.look();
    }

    /// Reads what others have written about the letters of partitions that have any: releases.
    pub(super) fn look(&mut self) {
        let troubled = self.lanes.iter().filter(|(_, held)| !held.troubles.is_empty());
        let troubled: Vec<(Slot, i64)> = troubled.map(|(slot, held)| (*slot, held.troubles.next)).collect();
        if self.looking || self.stopping || troubled.is_empty() {
            return;
        }
        self.looking = true;
        let (letters, author, boxes) = (
            self.tools.letters.clone(),
            self.author.clone(),
            self.tools.boxes.clone(),
        );
        let look = async move {
            let mut all = Vec::new();
            for (topic, of) in boxes.iter().enumerate() {
                let mine = troubled.iter().filter(|(slot, _)| slot.topic == topic);
                let from: Vec<(i32, i64)> = mine.map(|(slot, next)| (slot.partition, *next)).collect();
                if from.is_empty() {
                    continue;
                }
                match letters.read_on(of, from, Some(author.clone())).await {
                    Ok(read) => all.extend(read.into_iter().map(|read| Looked { topic, read })),
                    // The next look comes soon.
                    Err(error) => tracing::debug!(%error, pause = ?LOOK, "a look for releases failed"),
                }
            }
            Ok(Chore::Looked(all))
        };
        self.chores.push(look.boxed());
    }

    /// Does what was read.
    pub(super) fn looked(&mut self, Looked { topic, read }: Looked) {
        let partition = read.partition;
        let slot = Slot { topic, partition };
        // Of another time that this partition was held: that is in what was loaded since.
        let held = self.lanes.get_mut(&slot).filter(|held| held.troubles.next == read.from);
        let Some(held) = held else { return };
        held.troubles.next = read.next;
        let mut keys = Vec::new();
        for (place, entry) in read.entries {
            if let Entry::Key(key, _) = &entry {
                keys.push(key.clone());
            }
            held.troubles.apply(place, entry);
        }
        keys.iter().for_each(|key| self.drain(slot, key));
    }

    /// Goes on with a key that has become free.
    pub(super) fn go_on(&mut self, slot: Slot, key: &Arc<str>) {
        let Some(held) = self.lanes.get_mut(&slot).filter(|h| !h.closing) else {
            return;
        };
        if held.troubles.keys.contains_key(key) {
            for (offset, event) in held.lane.take_waiting(key) {
                self.write_behind(slot, offset, event);
            }
            self.drain(slot, key);
        } else if let Some(next) = held.lane.next_of(key) {
            self.ready.push_back((slot, next));
        }
    }

    /// Writes a letter behind a parked key.
    pub(super) fn write_behind(&mut self, slot: Slot, offset: i64, event: Event) {
        let parked = self
            .lanes
            .get(&slot)
            .and_then(|held| held.troubles.keys.get(&event.key));
        let reason = parked.map_or_else(String::new, |p| format!("parked behind {}", p.mark.head));
        self.write_letter(slot, (offset, event), reason, None);
    }

    /// Writes a letter; with `head`, its key is held back as well, unless it is already.
    pub(super) fn write_letter(&mut self, slot: Slot, (offset, event): Placed, reason: String, head: Option<Mark>) {
        let at = self.tools.attempts.ambient.now();
        let (Some(held), Some(of)) = (self.lanes.get_mut(&slot), self.tools.boxes.get(slot.topic).cloned()) else {
            return;
        };
        held.in_hand += 1;
        let (key, mut notes) = (event.key.clone(), Vec::new());
        if let Some(mark) = head.filter(|_| !held.troubles.keys.contains_key(&key)) {
            // Before the letter: a key that has one is held back, whenever the process dies.
            notes.push(Note::Key(key.clone(), mark.clone()));
            held.troubles.keys.insert(key.clone(), Parked::new(mark));
        }
        if let Some(parked) = held.troubles.keys.get_mut(&key) {
            parked.writing += 1;
        }
        metrics::counter!("bus_dead_letters_total", "group" => self.tools.attempts.group).increment(1);
        let whole = Whole {
            offset,
            event,
            reason,
            at,
        };
        notes.push(Note::Letter(whole, false));
        let (letters, author) = (self.tools.letters.clone(), self.author.clone());
        let write = async move {
            let places = letters.write(&of, slot.partition, notes, (&author, at)).await?;
            let place = places.last().copied().unwrap_or_default();
            Ok(Chore::Lettered(slot, Wrote { offset, place, key, at }))
        };
        self.chores.push(write.boxed());
    }

    pub(super) fn lettered(&mut self, slot: Slot, wrote: &Wrote) {
        let Some(held) = self.lanes.get_mut(&slot) else { return };
        held.in_hand -= 1;
        held.lane.done(wrote.offset);
        if let Some(parked) = held.troubles.keys.get_mut(&wrote.key) {
            (parked.writing, parked.fresh) = (parked.writing.saturating_sub(1), true);
        }
        held.troubles.apply(wrote.place, wrote.entry(false));
        self.drain(slot, &wrote.key);
    }

    /// Queues the handing out of a key's letters, if it is being released and nothing of it is in hand.
    pub(super) fn drain(&mut self, slot: Slot, key: &Arc<str>) {
        let Some(held) = self.lanes.get_mut(&slot).filter(|h| !h.closing) else {
            return;
        };
        let busy = held.lane.is_busy(key);
        let parked = held.troubles.keys.get_mut(key);
        if let Some(parked) = parked.filter(|p| p.mark.releasing && !p.draining && !busy) {
            parked.draining = true;
            self.to_drain.push_back((slot, key.clone()));
        }
    }

    /// Begins to hand out the letters of the keys whose turn has come.
    pub(super) fn start_drains(&mut self) {
        while self.in_flight() < self.tools.in_flight_max {
            let Some((slot, key)) = self.to_drain.pop_front() else {
                return;
            };
            let (Some(held), Some(of)) = (self.lanes.get_mut(&slot), self.tools.boxes.get(slot.topic).cloned()) else {
                continue;
            };
            let released = held.troubles.released(&key);
            let Some(parked) = held.troubles.keys.get_mut(&key) else {
                continue;
            };
            parked.fresh = false;
            held.in_hand += 1;
            self.draining += 1;
            let out = HandingOut {
                letters: self.tools.letters.clone(),
                attempts: self.tools.attempts.clone(),
                of,
                partition: slot.partition,
                key: key.clone(),
                since: parked.mark.since,
                on_poison: self.tools.on_poison,
                author: self.author.clone(),
            };
            let give_up = held.give_up.clone();
            let ended = async move { Ok(Chore::Drained(slot, key, out.run(released, give_up).await?)) };
            self.chores.push(ended.boxed());
        }
    }

    pub(super) fn end_drain(&mut self, slot: Slot, key: &Arc<str>, drained: Drained) {
        self.draining -= 1;
        let Some(held) = self.lanes.get_mut(&slot) else { return };
        held.in_hand -= 1;
        for offset in &drained.gone {
            held.troubles.letters.remove(offset);
        }
        for wrote in drained.kept {
            let entry = wrote.entry(self.tools.on_poison == OnPoison::Skip);
            held.troubles.apply(wrote.place, entry);
        }
        let Some(parked) = held.troubles.keys.get_mut(key) else {
            return;
        };
        parked.draining = false;
        match drained.end {
            End::Abandoned => {}
            End::ParkedAgain(mark) => parked.mark = mark,
            // Letters on their way come first; the last of them drains again.
            End::Empty if parked.writing > 0 => {}
            End::Empty if parked.fresh => self.drain(slot, key),
            End::Empty => {
                held.troubles.keys.remove(key);
                self.note(slot, vec![Note::Free(key.clone())]);
            }
        }
    }

    /// Writes notes that nothing waits for but the giving up of the partition.
    fn note(&mut self, slot: Slot, notes: Vec<Note>) {
        let (Some(held), Some(of)) = (self.lanes.get_mut(&slot), self.tools.boxes.get(slot.topic).cloned()) else {
            return;
        };
        held.in_hand += 1;
        let (letters, author, now) = (
            self.tools.letters.clone(),
            self.author.clone(),
            self.tools.attempts.ambient.now(),
        );
        let noted = async move {
            letters.write(&of, slot.partition, notes, (&author, now)).await?;
            Ok(Chore::Noted(slot))
        };
        self.chores.push(noted.boxed());
    }
}
