//! Owns what a room does when it has missed messages: it holds everything back until the store has filled the gap, or
//! resets its readers.

use std::sync::Arc;

use super::super::frame::Frame;
use super::{Held, Reader, Room, Seat, Sent};

/// Most messages that are held while a gap is filled.
pub(crate) const REPAIR_MAX: usize = 5_000;

/// Messages that were missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Gap {
    /// The last one known.
    pub(crate) after: u64,
    /// The last one missed.
    pub(crate) upto: u64,
}

/// What is held while a gap is filled.
#[derive(Default)]
pub(super) struct Repair {
    pub(super) held: Vec<Held>,
    pub(super) overflowed: bool,
}

impl Repair {
    /// Holds one more, up to [`REPAIR_MAX`].
    pub(super) fn hold(&mut self, held: Held) {
        if self.held.len() < REPAIR_MAX {
            self.held.push(held);
        } else {
            self.overflowed = true;
        }
    }
}

impl<R: Reader> Room<R> {
    /// Takes the head that the store told for an idle room, or, with `force`, after a break of the bus.
    pub(crate) fn check_head(&mut self, head: u64, force: bool) -> Option<Gap> {
        let after = self.position?;
        if self.live == 0 || self.repair.is_some() || (head <= after && !force) {
            return None;
        }
        self.repair = Some(Box::default());
        Some(Gap {
            after,
            upto: head.max(after),
        })
    }

    /// Takes what the store had of a gap, in order, then what was held. Returns what is missing still.
    pub(crate) fn repaired(&mut self, changed: &[Arc<Frame>], found: &[Sent], batch: &mut R::Batch) -> Option<Gap> {
        self.repair.as_ref()?;
        for frame in changed {
            self.event(frame, batch);
        }
        for sent in found {
            if self.position.is_none_or(|p| sent.seq == p + 1) {
                self.deliver(sent, batch);
            }
        }
        let mut repair = self.repair.take()?;
        let mut held = std::mem::take(&mut repair.held).into_iter();
        while let Some(next) = held.next() {
            match next {
                Held::Frame(frame) => self.event(&frame, batch),
                Held::Message(sent) => match self.position {
                    Some(p) if sent.seq <= p => {}
                    Some(p) if sent.seq > p + 1 => {
                        let gap = Gap {
                            after: p,
                            upto: sent.seq - 1,
                        };
                        repair.held = std::iter::once(Held::Message(sent)).chain(held).collect();
                        self.repair = Some(repair);
                        return Some(gap);
                    }
                    _ => self.deliver(&sent, batch),
                },
            }
        }
        None
    }

    /// Tells whether so much came during a repair that it must be given up.
    pub(crate) fn repair_overflowed(&self) -> bool {
        self.repair.as_ref().is_some_and(|r| r.overflowed)
    }

    /// Gives a repair up: all live readers get `reset` and load the room by HTTP; those who subscribe are reset too.
    pub(crate) fn give_up(&mut self, head: u64, reset: &Arc<Frame>, batch: &mut R::Batch) {
        let repair = self.repair.take().unwrap_or_default();
        let held = repair.held.iter().filter_map(Held::seq).max().unwrap_or(0);
        let upto = self.position.unwrap_or(0).max(head).max(held);
        self.position = Some(upto);
        for place in self.places.values_mut() {
            match &mut place.seat {
                Seat::Live { delivered, texts } => {
                    (*delivered, *texts) = (upto, None);
                    place.reader.reset(self.id, reset, batch);
                }
                Seat::Pending(pending) => pending.overflowed = true,
                Seat::Light => {}
            }
        }
    }

    /// Takes a new epoch: history was restored, and offsets of the old one mean nothing.
    pub(crate) fn turn_epoch(&mut self, epoch: Arc<str>, head: u64, reset: &Arc<Frame>, batch: &mut R::Batch) {
        self.epoch = Some(epoch);
        self.position = Some(head);
        self.give_up(head, reset, batch);
    }
}
