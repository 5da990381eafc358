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

use super::frame::{self, Frame, Span};
use super::outbox::{is_covered, span};

/// Most frames that are held for a reader while its resume is read.
pub(crate) const PENDING_MAX: usize = 1_000;
/// Most messages that are held while a gap is filled.
pub(crate) const REPAIR_MAX: usize = 5_000;

/// Takes frames.
pub(crate) trait Reader {
    /// What a batch of pushes collects.
    type Batch;
    /// Takes a frame. Never waits.
    fn push(&self, frame: &Arc<Frame>, batch: &mut Self::Batch);
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

/// Messages that were missed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Gap {
    /// The last one known.
    pub(crate) after: u64,
    /// The last one missed.
    pub(crate) upto: u64,
}

/// What was read for a reader who subscribes.
#[derive(Debug)]
pub(crate) struct Caught {
    /// The changes to messages that the reader holds already.
    pub(crate) changed: Vec<Arc<Frame>>,
    /// The messages that the reader misses, in order, up to `upto`.
    pub(crate) missed: Vec<Sent>,
    /// Up to where they were read.
    pub(crate) upto: u64,
    /// `subbed`.
    pub(crate) answer: Arc<Frame>,
    /// The text so far of replies being written.
    pub(crate) texts: Vec<Arc<Frame>>,
}

/// How a subscription went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Finish {
    /// It is live.
    Live,
    /// The reader was removed or asked anew meanwhile.
    Gone,
    /// More was sent than was read: read up to this.
    Behind(u64),
    /// Too much happened meanwhile: reset.
    Overflowed,
}

enum Held {
    Message(Sent),
    Frame(Arc<Frame>),
}

struct Pending {
    token: u64,
    held: Vec<Held>,
    overflowed: bool,
}

impl Pending {
    fn hold(&mut self, held: Held) {
        if self.held.len() < PENDING_MAX {
            self.held.push(held);
        } else {
            self.overflowed = true;
        }
    }
}

enum Seat {
    /// A member who is told of activity only.
    Light,
    /// A reader whose resume is being read.
    Pending(Box<Pending>),
    /// A reader who has everything up to `delivered`, and of streamed replies what `texts` say.
    Live { delivered: u64, texts: Option<Box<Vec<Span>>> },
}

struct Place<R> {
    reader: R,
    seat: Seat,
}

#[derive(Default)]
struct Repair {
    held: Vec<Held>,
    overflowed: bool,
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
        Self { id, places, position: None, epoch: None, repair: None, live: 0, pending: 0, busy: false }
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
        self.places.values().filter(|p| !matches!(p.seat, Seat::Light)).map(|p| &p.reader)
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

    /// Returns up to where messages were fanned out.
    pub(crate) fn position(&self) -> Option<u64> {
        self.position
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
        self.seat(id, reader, Seat::Pending(Box::new(Pending { token, held: Vec::new(), overflowed: false })));
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
            let seqs = repair.held.iter().filter_map(|h| if let Held::Message(m) = h { Some(m.seq) } else { None });
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
                self.repair = Some(Box::new(Repair { held: vec![Held::Message(sent.clone())], overflowed: false }));
                return Fate::Gap(Gap { after: position, upto: sent.seq - 1 });
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
                    if !texts.as_ref().is_some_and(|t| is_covered(&piece, t)) {
                        forget(texts, &piece);
                        place.reader.push(frame, batch);
                    }
                }
                Seat::Pending(pending) => pending.hold(Held::Frame(frame.clone())),
                Seat::Light => {}
            }
        }
    }

    /// Notes that a live reader is given the text so far of these replies by another way.
    pub(crate) fn set_texts(&mut self, id: u64, given: &[Arc<Frame>]) {
        if let Some(Place { seat: Seat::Live { texts, .. }, .. }) = self.places.get_mut(&id) {
            *texts = spans(given);
        }
    }

    /// Ends a subscription's resume: what was read, then what was held, each message once and in order, then live.
    pub(crate) fn finish(&mut self, id: u64, token: u64, caught: &Caught, batch: &mut R::Batch) -> Finish {
        let position = self.position;
        let Some(place) = self.places.get_mut(&id) else { return Finish::Gone };
        let Seat::Pending(pending) = &mut place.seat else { return Finish::Gone };
        if pending.token != token {
            return Finish::Gone;
        }
        if pending.overflowed {
            return Finish::Overflowed;
        }
        let mut delivered = caught.upto;
        for seq in pending.held.iter().filter_map(Held::seq) {
            if seq > delivered + 1 {
                return Finish::Behind(seq - 1);
            }
            delivered = delivered.max(seq);
        }
        if let Some(position) = position.filter(|p| *p > delivered) {
            return Finish::Behind(position);
        }
        let held = std::mem::take(&mut pending.held);
        let covers = caught.texts.iter().filter_map(|f| span(f)).collect::<Vec<_>>();
        let first = caught.changed.iter().chain(caught.missed.iter().map(|m| &m.frame));
        for frame in first.chain([&caught.answer]).chain(&caught.texts) {
            place.reader.push(frame, batch);
        }
        let mut upto = caught.upto;
        for held in &held {
            match held {
                Held::Message(sent) if sent.seq <= upto => {}
                Held::Message(sent) => {
                    upto = sent.seq;
                    place.reader.push(&sent.frame, batch);
                }
                Held::Frame(frame) if span(frame).is_some_and(|s| is_covered(&s, &covers)) => {}
                Held::Frame(frame) => place.reader.push(frame, batch),
            }
        }
        place.seat = Seat::Live { delivered: upto, texts: spans(&caught.texts) };
        self.goes_live(upto);
        Finish::Live
    }

    fn goes_live(&mut self, upto: u64) {
        self.pending -= 1;
        if self.live == 0 {
            self.position = Some(self.position.map_or(upto, |p| p.max(upto)));
        }
        self.live += 1;
    }

    /// Ends a subscription's resume with `reset`: the reader loads the room by HTTP, and is live from here on.
    pub(crate) fn finish_reset(&mut self, id: u64, token: u64, head: u64, reset: &Arc<Frame>, batch: &mut R::Batch) -> Finish {
        let position = self.position.unwrap_or(0);
        let Some(place) = self.places.get_mut(&id) else { return Finish::Gone };
        let Seat::Pending(pending) = &mut place.seat else { return Finish::Gone };
        if pending.token != token {
            return Finish::Gone;
        }
        let held = pending.held.iter().filter_map(Held::seq).max().unwrap_or(0);
        let delivered = head.max(position).max(held);
        place.reader.push(reset, batch);
        place.seat = Seat::Live { delivered, texts: None };
        self.goes_live(delivered);
        Finish::Live
    }

    /// Takes the head that the store told for an idle room, or, with `force`, after a break of the bus.
    pub(crate) fn check_head(&mut self, head: u64, force: bool) -> Option<Gap> {
        let after = self.position?;
        if self.live == 0 || self.repair.is_some() || (head <= after && !force) {
            return None;
        }
        self.repair = Some(Box::default());
        Some(Gap { after, upto: head.max(after) })
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
                        let gap = Gap { after: p, upto: sent.seq - 1 };
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
                    place.reader.push(reset, batch);
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

impl Held {
    fn seq(&self) -> Option<u64> {
        if let Self::Message(sent) = self { Some(sent.seq) } else { None }
    }
}

impl Repair {
    fn hold(&mut self, held: Held) {
        if self.held.len() < REPAIR_MAX {
            self.held.push(held);
        } else {
            self.overflowed = true;
        }
    }
}

fn spans(texts: &[Arc<Frame>]) -> Option<Box<Vec<Span>>> {
    let spans: Vec<Span> = texts.iter().filter_map(|f| span(f)).collect();
    (!spans.is_empty()).then(|| Box::new(spans))
}

/// Forgets the text that a reader was given of a reply which has gone on beyond it.
fn forget(texts: &mut Option<Box<Vec<Span>>>, piece: &Span) {
    if let Some(given) = texts {
        given.retain(|t| t.message != piece.message);
        if given.is_empty() {
            *texts = None;
        }
    }
}

#[cfg(test)]
#[path = "room_tests.rs"]
mod tests;
