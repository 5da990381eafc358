//! Owns the fan-out of one room on this replica: who follows it, up to where, and how a resume is merged with what
//! happens meanwhile. Refuses to know sockets and stores: a reader is whatever takes frames.
//!
//! `position` is the highest seq that was fanned out. Every live reader has been given everything up to it; a message
//! beyond `position + 1` means that some were missed, and nothing more of the room's messages is delivered until the
//! store has filled the gap.

use std::collections::HashMap;
use std::sync::Arc;

use kernel::{RoomId, UserId};
use uuid::Uuid;

use super::frame::{self, Frame};
use super::outbox::span;

mod merge;
mod repair;

pub(crate) use merge::{Caught, Finish};
use merge::{Pending, Texts};
pub(crate) use repair::Gap;
use repair::Repair;

/// Takes frames.
pub(crate) trait Reader {
    /// What a batch of pushes collects.
    type Batch;
    /// Takes a frame. Never waits.
    fn push(&self, frame: &Arc<Frame>, batch: &mut Self::Batch);
    /// Takes a `reset`: what it had of replies being written in the room goes with it, and is to be given anew.
    fn reset(&self, room: RoomId, reset: &Arc<Frame>, batch: &mut Self::Batch);
    /// Returns whose it is.
    fn user(&self) -> Option<UserId>;
}

/// A message, ready to be sent to everybody.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    /// Its place.
    pub(crate) seq: u64,
    /// Who wrote it.
    pub(crate) author: Uuid,
    /// Its frame.
    pub(crate) frame: Arc<Frame>,
}

/// What a room does with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It went out.
    Delivered,
    /// It had gone out before.
    Duplicate,
    /// It waits until a gap is filled.
    Held,
    /// Messages before it are missing: read those after `after` up to `upto`, and call [`Room::repaired`].
    Gap(Gap),
}

enum Held {
    Message(Sent),
    Frame(Arc<Frame>),
}

enum Seat {
    /// A member who is told of activity only.
    Light,
    /// A reader whose resume is being read.
    Pending(Box<Pending>),
    /// A reader who has everything up to `delivered`, and of streamed replies what `texts` say.
    Live { delivered: u64, texts: Option<Box<Texts>> },
}

struct Place<R> {
    reader: R,
    seat: Seat,
}

/// A room's readers on this replica.
pub(crate) struct Room<R> {
    id: RoomId,
    places: HashMap<u64, Place<R>>,
    position: Option<u64>,
    /// The epoch, as last read in the store.
    pub(crate) epoch: Option<Arc<str>>,
    repair: Option<Box<Repair>>,
    live: usize,
    pending: usize,
    /// Whether messages came since the last check of the head.
    pub(crate) busy: bool,
}

impl<R: Reader> Room<R> {
    /// Begins without readers.
    pub(crate) fn new(id: RoomId) -> Self {
        let places = HashMap::new();
        Self {
            id,
            places,
            position: None,
            epoch: None,
            repair: None,
            live: 0,
            pending: 0,
            busy: false,
        }
    }

    /// Tells whether nobody is here.
    pub(crate) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Returns how many subscriptions there are, live or being made.
    pub(crate) fn subscriptions(&self) -> usize {
        self.live + self.pending
    }

    /// Returns the readers who subscribe, for checks.
    pub(crate) fn subscribers(&self) -> impl Iterator<Item = &R> {
        self.places
            .values()
            .filter(|p| !matches!(p.seat, Seat::Light))
            .map(|p| &p.reader)
    }

    /// Returns everybody here.
    pub(crate) fn readers(&self) -> impl Iterator<Item = &R> {
        self.places.values().map(|p| &p.reader)
    }

    /// Tells whether a reader subscribes.
    pub(crate) fn subscribes(&self, id: u64) -> bool {
        self.places.get(&id).is_some_and(|p| !matches!(p.seat, Seat::Light))
    }

    /// Tells whether a connection has a seat.
    pub(crate) fn sits(&self, id: u64) -> bool {
        self.places.contains_key(&id)
    }

    fn seat(&mut self, id: u64, reader: R, seat: Seat) {
        let is_pending = matches!(seat, Seat::Pending(_));
        let old = self.places.insert(id, Place { reader, seat });
        self.left(old.as_ref().map(|p| &p.seat));
        self.pending += usize::from(is_pending);
    }

    fn left(&mut self, seat: Option<&Seat>) {
        match seat {
            Some(Seat::Pending(_)) => self.pending -= 1,
            Some(Seat::Live { .. }) => self.live -= 1,
            Some(Seat::Light) | None => {}
        }
    }

    /// Seats a member who is told of activity, unless there is a seat already. Tells whether it did.
    pub(crate) fn seat_light(&mut self, id: u64, reader: R) -> bool {
        let absent = !self.places.contains_key(&id);
        if absent {
            self.seat(id, reader, Seat::Light);
        }
        absent
    }

    /// Begins a subscription: from now on everything is held for it. `token` names this attempt.
    pub(crate) fn begin(&mut self, id: u64, reader: R, token: u64) {
        self.unsubscribe(id);
        self.seat(id, reader, Seat::Pending(Box::new(Pending::new(token))));
    }

    /// Turns a subscription into a light seat.
    pub(crate) fn unsubscribe(&mut self, id: u64) {
        if let Some(place) = self.places.get_mut(&id) {
            let seat = std::mem::replace(&mut place.seat, Seat::Light);
            self.left(Some(&seat));
        }
        self.quiet();
    }

    /// Takes a reader's seat away; tells whether it subscribed.
    pub(crate) fn remove(&mut self, id: u64) -> Option<bool> {
        let place = self.places.remove(&id)?;
        self.left(Some(&place.seat));
        self.quiet();
        Some(!matches!(place.seat, Seat::Light))
    }

    /// Without a live reader nobody needs a gap filled: whoever subscribes next reads the store.
    fn quiet(&mut self) {
        if self.live > 0 {
            return;
        }
        if let Some(repair) = self.repair.take() {
            let seqs = repair
                .held
                .iter()
                .filter_map(|h| if let Held::Message(m) = h { Some(m.seq) } else { None });
            self.position = seqs.chain(self.position).max();
            for place in self.places.values_mut() {
                if let Seat::Pending(pending) = &mut place.seat {
                    // Changes may have been among what was held.
                    pending.overflowed = true;
                }
            }
        }
    }

    /// Takes a message from the bus.
    pub(crate) fn message(&mut self, sent: &Sent, batch: &mut R::Batch) -> Fate {
        self.busy = true;
        if let Some(repair) = &mut self.repair {
            repair.hold(Held::Message(sent.clone()));
            return Fate::Held;
        }
        if let Some(position) = self.position {
            if sent.seq <= position {
                return Fate::Duplicate;
            }
            if sent.seq > position + 1 && self.live > 0 {
                self.repair = Some(Box::new(Repair {
                    held: vec![Held::Message(sent.clone())],
                    overflowed: false,
                }));
                return Fate::Gap(Gap {
                    after: position,
                    upto: sent.seq - 1,
                });
            }
        }
        self.deliver(sent, batch);
        Fate::Delivered
    }

    /// Fans a message out and moves `position` to it.
    fn deliver(&mut self, sent: &Sent, batch: &mut R::Batch) {
        self.position = Some(sent.seq);
        let mut activity = None;
        for place in self.places.values_mut() {
            match &mut place.seat {
                Seat::Live { delivered, .. } => {
                    if *delivered < sent.seq {
                        *delivered = sent.seq;
                        place.reader.push(&sent.frame, batch);
                    }
                }
                Seat::Light => {
                    let frame = activity.get_or_insert_with(|| frame::activity(self.id, sent.seq, sent.author));
                    place.reader.push(frame, batch);
                }
                Seat::Pending(pending) => pending.hold(Held::Message(sent.clone())),
            }
        }
    }

    /// Takes a change to a message, which must not overtake the message.
    pub(crate) fn change(&mut self, frame: &Arc<Frame>, batch: &mut R::Batch) {
        match &mut self.repair {
            Some(repair) => repair.hold(Held::Frame(frame.clone())),
            None => self.event(frame, batch),
        }
    }

    /// Takes any other event of the room.
    pub(crate) fn event(&mut self, frame: &Arc<Frame>, batch: &mut R::Batch) {
        for place in self.places.values_mut() {
            match &mut place.seat {
                Seat::Live { .. } => place.reader.push(frame, batch),
                Seat::Pending(pending) => pending.hold(Held::Frame(frame.clone())),
                Seat::Light => {}
            }
        }
    }

    /// Takes an event for all live readers but one person's: nobody is told of their own typing.
    pub(crate) fn event_but(&mut self, frame: &Arc<Frame>, but: Option<UserId>, batch: &mut R::Batch) {
        for place in self.places.values().filter(|p| matches!(p.seat, Seat::Live { .. })) {
            if but.is_none() || place.reader.user() != but {
                place.reader.push(frame, batch);
            }
        }
    }

    /// Takes a piece of a streamed reply; who has been given a longer text already is not given it.
    pub(crate) fn piece(&mut self, frame: &Arc<Frame>, batch: &mut R::Batch) {
        let Some(piece) = span(frame) else { return };
        for place in self.places.values_mut() {
            match &mut place.seat {
                Seat::Live { texts, .. } => {
                    if !texts.as_ref().is_some_and(|t| t.cover(&piece)) {
                        Texts::forget(texts, &piece);
                        place.reader.push(frame, batch);
                    }
                }
                Seat::Pending(pending) => pending.hold(Held::Frame(frame.clone())),
                Seat::Light => {}
            }
        }
    }

    /// Notes that a reader is given the text so far of these replies by another way; `false` when it is not live.
    pub(crate) fn set_texts(&mut self, id: u64, given: &[Arc<Frame>]) -> bool {
        let Some(Place {
            seat: Seat::Live { texts, .. },
            ..
        }) = self.places.get_mut(&id)
        else {
            return false;
        };
        *texts = Texts::of(given);
        true
    }
}

impl Held {
    fn seq(&self) -> Option<u64> {
        if let Self::Message(sent) = self {
            Some(sent.seq)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests;
