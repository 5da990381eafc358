//! Owns the merge of a resume: what was read in the store, then what was held meanwhile, each message once and in order.

use std::sync::Arc;

use super::super::frame::{Frame, Span};
use super::super::outbox::{is_covered, span};
use super::{Held, Reader, Room, Seat, Sent};

/// Most frames that are held for a reader while its resume is read.
pub(crate) const PENDING_MAX: usize = 1_000;

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

impl Caught {
    /// Returns how much is to be sent.
    pub(crate) fn bytes(&self) -> usize {
        let missed = self.missed.iter().map(|sent| &sent.frame);
        let frames = self.changed.iter().chain(missed).chain(&self.texts);
        frames.map(|frame| frame.text.len()).sum()
    }
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

/// What is held for a reader whose resume is being read.
pub(super) struct Pending {
    pub(super) token: u64,
    pub(super) held: Vec<Held>,
    pub(super) overflowed: bool,
}

impl Pending {
    /// Begins with nothing; `token` names the attempt.
    pub(super) fn new(token: u64) -> Self {
        Self {
            token,
            held: Vec::new(),
            overflowed: false,
        }
    }

    /// Holds one more, up to [`PENDING_MAX`].
    pub(super) fn hold(&mut self, held: Held) {
        if self.held.len() < PENDING_MAX {
            self.held.push(held);
        } else {
            self.overflowed = true;
        }
    }
}

/// The texts of replies that a reader was given by another way than in pieces.
pub(super) struct Texts(Vec<Span>);

impl Texts {
    /// Notes the texts in these frames, if there are any.
    pub(super) fn of(frames: &[Arc<Frame>]) -> Option<Box<Self>> {
        let spans: Vec<Span> = frames.iter().filter_map(|f| span(f)).collect();
        (!spans.is_empty()).then(|| Box::new(Self(spans)))
    }

    /// Tells whether a piece says nothing beyond them.
    pub(super) fn cover(&self, piece: &Span) -> bool {
        is_covered(piece, &self.0)
    }

    /// Forgets the text of a reply that has gone on beyond it.
    pub(super) fn forget(texts: &mut Option<Box<Self>>, piece: &Span) {
        if let Some(given) = texts {
            given.0.retain(|t| t.message != piece.message);
            if given.0.is_empty() {
                *texts = None;
            }
        }
    }
}

impl<R: Reader> Room<R> {
    /// Ends a subscription's resume: what was read, then what was held, each message once and in order, then live.
    pub(crate) fn finish(&mut self, id: u64, token: u64, caught: &Caught, batch: &mut R::Batch) -> Finish {
        let position = self.position;
        let Some(place) = self.places.get_mut(&id) else {
            return Finish::Gone;
        };
        let Seat::Pending(pending) = &mut place.seat else {
            return Finish::Gone;
        };
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
        place.seat = Seat::Live {
            delivered: upto,
            texts: Texts::of(&caught.texts),
        };
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
    pub(crate) fn finish_reset(
        &mut self,
        id: u64,
        token: u64,
        head: u64,
        reset: &Arc<Frame>,
        batch: &mut R::Batch,
    ) -> Finish {
        let position = self.position.unwrap_or(0);
        let Some(place) = self.places.get_mut(&id) else {
            return Finish::Gone;
        };
        let Seat::Pending(pending) = &mut place.seat else {
            return Finish::Gone;
        };
        if pending.token != token {
            return Finish::Gone;
        }
        let held = pending.held.iter().filter_map(Held::seq).max().unwrap_or(0);
        let delivered = head.max(position).max(held);
        place.reader.reset(self.id, reset, batch);
        place.seat = Seat::Live { delivered, texts: None };
        self.goes_live(delivered);
        Finish::Live
    }
}
