//! Owns what waits to be written to one socket, bounded in bytes and in time. Refuses to know how it is written.
//!
//! Over the soft bound ephemeral frames are dropped or replaced; over the hard bound, or when the oldest frame is too
//! old, the socket is ended and its client resumes from the store. Nothing here ever waits.

use std::collections::VecDeque;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use kernel::RoomId;

use super::frame::{Class, Frame, Span};
use crate::error::Close;

/// Most pieces of replies that are kept while a reply's text so far is being read.
const HELD_PIECES_MAX: usize = 256;

/// The bounds of an outbox.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// From here on ephemeral frames are dropped or replaced.
    pub(crate) soft_bytes: usize,
    /// Beyond this the socket is ended.
    pub(crate) hard_bytes: usize,
    /// Older than this the socket is ended.
    pub(crate) age_ms: i64,
}

/// What became of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pushed {
    /// It waits.
    Queued,
    /// It took the place of an older one.
    Replaced,
    /// It was dropped, being ephemeral.
    Dropped,
    /// It was too much: the socket ends with `Close::Slow`.
    Overflowed,
    /// The socket is ending; nothing more is sent on it.
    Ended,
}

/// A frame and since when it waits.
#[derive(Debug)]
pub(crate) struct Waiting {
    /// The frame.
    pub(crate) frame: Arc<Frame>,
    at_ms: i64,
}

/// What the socket's task does next.
#[derive(Debug)]
pub(crate) enum Next {
    /// Writes these, then calls `written`.
    Write(VecDeque<Waiting>),
    /// Closes.
    Close(Close),
}

#[derive(Debug)]
struct Ending {
    close: Close,
    at_once: bool,
    since_ms: i64,
}

/// A room whose streamed replies this reader has lost something of.
#[derive(Debug)]
struct Lost {
    room: RoomId,
    /// The pieces that came since the text so far was asked for; `None` before.
    held: Option<Vec<Arc<Frame>>>,
}

/// The queue of one socket.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    queue: VecDeque<Waiting>,
    queued_bytes: usize,
    writing_bytes: usize,
    /// When what is being written was taken.
    writing_since_ms: i64,
    ending: Option<Ending>,
    lost: Vec<Lost>,
    waker: Option<Waker>,
    /// Whether the waker waits for frames too, and not only for an end at once.
    wants_frames: bool,
}

impl Outbox {
    /// Adds a frame. The waker, if any, is to be woken once the caller's whole batch is added.
    pub(crate) fn push(&mut self, frame: &Arc<Frame>, now_ms: i64, bounds: &Bounds) -> (Pushed, Option<Waker>) {
        if self.ending.is_some() {
            return (Pushed::Ended, None);
        }
        if let Class::Ai(span) = frame.class
            && let Some(lost) = self.lost.iter_mut().find(|l| l.room == span.room)
        {
            return (lost.hold(frame), None);
        }
        if self.bytes() >= bounds.soft_bytes {
            match frame.class {
                Class::Typing => return (Pushed::Dropped, None),
                Class::Ai(span) => {
                    self.lost.push(Lost {
                        room: span.room,
                        held: None,
                    });
                    return (Pushed::Dropped, None);
                }
                Class::Latest(_) if self.replace(frame) => return (Pushed::Replaced, None),
                Class::Latest(_) | Class::Kept | Class::Probe => {}
            }
        }
        if self.bytes() + frame.text.len() > bounds.hard_bytes {
            return (Pushed::Overflowed, self.end_at_once(Close::Slow, now_ms));
        }
        self.enqueue(frame.clone(), now_ms);
        (Pushed::Queued, self.waker_for_frames())
    }

    fn enqueue(&mut self, frame: Arc<Frame>, at_ms: i64) {
        self.queued_bytes += frame.text.len();
        self.queue.push_back(Waiting { frame, at_ms });
    }

    fn waker_for_frames(&mut self) -> Option<Waker> {
        if self.wants_frames { self.waker.take() } else { None }
    }

    fn replace(&mut self, frame: &Arc<Frame>) -> bool {
        let Some(older) = self.queue.iter_mut().find(|w| w.frame.class == frame.class) else {
            return false;
        };
        self.queued_bytes = self.queued_bytes - older.frame.text.len() + frame.text.len();
        older.frame = frame.clone();
        true
    }

    /// Returns the bytes that wait or are being written.
    pub(crate) fn bytes(&self) -> usize {
        self.queued_bytes + self.writing_bytes
    }

    /// Takes everything that waits, or says that the socket is to be closed; else keeps the task's waker.
    pub(crate) fn poll_next(&mut self, cx: &Context<'_>, now_ms: i64) -> Poll<Next> {
        if let Some(ending) = &self.ending
            && (ending.at_once || self.queue.is_empty())
        {
            return Poll::Ready(Next::Close(ending.close));
        }
        if self.queue.is_empty() {
            self.park(cx, true);
            return Poll::Pending;
        }
        self.writing_bytes += std::mem::take(&mut self.queued_bytes);
        self.writing_since_ms = now_ms;
        Poll::Ready(Next::Write(std::mem::take(&mut self.queue)))
    }

    /// Is ready when a write in progress is to be given up; else keeps the task's waker.
    pub(crate) fn poll_cut(&mut self, cx: &Context<'_>) -> Poll<()> {
        if self.ending.as_ref().is_some_and(|e| e.at_once) {
            return Poll::Ready(());
        }
        self.park(cx, false);
        Poll::Pending
    }

    fn park(&mut self, cx: &Context<'_>, wants_frames: bool) {
        self.wants_frames = wants_frames;
        match &self.waker {
            Some(waker) if waker.will_wake(cx.waker()) => {}
            _ => self.waker = Some(cx.waker().clone()),
        }
    }

    /// Notes that bytes that were taken have left.
    pub(crate) fn written(&mut self, bytes: usize, now_ms: i64) {
        self.writing_bytes = self.writing_bytes.saturating_sub(bytes);
        self.writing_since_ms = now_ms;
    }

    /// Ends the socket once what waits is written. The first end counts.
    pub(crate) fn end(&mut self, close: Close, now_ms: i64) -> Option<Waker> {
        self.ending.get_or_insert(Ending {
            close,
            at_once: false,
            since_ms: now_ms,
        });
        self.waker.take()
    }

    /// Ends the socket now, throwing away what waits.
    pub(crate) fn end_at_once(&mut self, close: Close, now_ms: i64) -> Option<Waker> {
        let ending = self.ending.get_or_insert(Ending {
            close,
            at_once: true,
            since_ms: now_ms,
        });
        ending.at_once = true;
        self.queue = VecDeque::new();
        self.queued_bytes = 0;
        self.lost = Vec::new();
        self.waker.take()
    }

    /// Wakes the socket's task for another reason than a frame.
    pub(crate) fn wake(&mut self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    /// Tells whether the socket is ending.
    pub(crate) fn is_ending(&self) -> bool {
        self.ending.is_some()
    }

    /// Ends a socket that is stuck: too old a frame, or an end that does not come to pass within `end_ms`.
    pub(crate) fn check_age(&mut self, now_ms: i64, bounds: &Bounds, end_ms: i64) -> Option<Waker> {
        if let Some(ending) = &self.ending {
            let stuck = !ending.at_once && now_ms - ending.since_ms > end_ms;
            return if stuck {
                self.end_at_once(Close::Slow, now_ms)
            } else {
                None
            };
        }
        let queued = self.queue.front().map(|w| w.at_ms);
        let writing = (self.writing_bytes > 0).then_some(self.writing_since_ms);
        let oldest = queued.into_iter().chain(writing).min()?;
        if now_ms - oldest > bounds.age_ms {
            self.end_at_once(Close::Slow, now_ms)
        } else {
            None
        }
    }

    /// Notes that what the reader has of a room's streamed replies is not all of them: the text so far is to be read, from now on.
    pub(crate) fn lose(&mut self, room: RoomId) {
        if self.ending.is_some() {
            return;
        }
        match self.lost.iter_mut().find(|l| l.room == room) {
            // What is being read now may be older.
            Some(lost) => lost.held = None,
            None => self.lost.push(Lost { room, held: None }),
        }
    }

    /// Returns the rooms whose replies' text so far is to be read, when there is place for it again, and from now on
    /// holds their new pieces until [`Self::regain`].
    pub(crate) fn begin_regain(&mut self, bounds: &Bounds) -> Vec<RoomId> {
        if self.lost.is_empty() || self.bytes() >= bounds.soft_bytes / 2 {
            return Vec::new();
        }
        let asked = self.lost.iter_mut().filter(|l| l.held.is_none());
        asked
            .map(|lost| {
                lost.held = Some(Vec::new());
                lost.room
            })
            .collect()
    }

    /// Sends the text so far of a room's replies, then the pieces that came meanwhile. It is asked for again when it could not be read
    /// (`None`), or when more was lost meanwhile.
    pub(crate) fn regain(&mut self, room: RoomId, texts: Option<&[Arc<Frame>]>, now_ms: i64) -> Option<Waker> {
        if self.ending.is_some() {
            return None;
        }
        let at = self.lost.iter().position(|l| l.room == room)?;
        let held = self.lost.get_mut(at)?.held.take()?;
        let texts = texts?;
        self.lost.swap_remove(at);
        let covers = texts.iter().filter_map(|f| span(f)).collect::<Vec<_>>();
        let pieces = held
            .into_iter()
            .filter(|p| span(p).is_none_or(|s| !is_covered(&s, &covers)));
        for frame in texts.iter().cloned().chain(pieces) {
            self.enqueue(frame, now_ms);
        }
        if self.lost.is_empty() {
            self.lost = Vec::new();
        }
        self.waker_for_frames()
    }
}

impl Lost {
    fn hold(&mut self, frame: &Arc<Frame>) -> Pushed {
        match &mut self.held {
            Some(held) if held.len() < HELD_PIECES_MAX => {
                held.push(frame.clone());
                Pushed::Queued
            }
            held => {
                *held = None;
                Pushed::Dropped
            }
        }
    }
}

/// Returns the span of a piece of a reply.
pub(crate) fn span(frame: &Frame) -> Option<Span> {
    if let Class::Ai(span) = frame.class {
        Some(span)
    } else {
        None
    }
}

/// Tells whether one of `texts`, which begin at 0, says all that a piece up to `span` says.
pub(crate) fn is_covered(span: &Span, texts: &[Span]) -> bool {
    let same = texts.iter().filter(|t| t.message == span.message);
    same.into_iter()
        .any(|t| t.attempt > span.attempt || (t.attempt == span.attempt && t.end >= span.end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::frame;
    use proptest::prelude::*;

    const BOUNDS: Bounds = Bounds {
        soft_bytes: 400,
        hard_bytes: 1_000,
        age_ms: 10_000,
    };

    fn room() -> RoomId {
        uuid::Uuid::from_u128(1).into()
    }

    fn piece(pos: u64, text: &str) -> Arc<Frame> {
        frame::ai(&frame::Piece {
            r: room(),
            message_id: uuid::Uuid::from_u128(2).into(),
            run_id: uuid::Uuid::from_u128(3).into(),
            agent_id: uuid::Uuid::from_u128(4).into(),
            attempt: 1,
            pos,
            text,
        })
    }

    fn take(outbox: &mut Outbox) -> Option<Result<Vec<Arc<Frame>>, Close>> {
        match outbox.poll_next(&Context::from_waker(Waker::noop()), 0) {
            Poll::Ready(Next::Write(waiting)) => Some(Ok(waiting.into_iter().map(|w| w.frame).collect())),
            Poll::Ready(Next::Close(close)) => Some(Err(close)),
            Poll::Pending => None,
        }
    }

    fn fill(outbox: &mut Outbox, bytes: usize) {
        while outbox.bytes() < bytes {
            outbox.push(&frame::sent_raw(room(), 1, "{}"), 0, &BOUNDS);
        }
    }

    #[test]
    fn an_end_waits_for_what_is_queued_and_takes_nothing_more() {
        let mut outbox = Outbox::default();
        outbox.push(&frame::ping(false), 0, &BOUNDS);
        outbox.end(Close::SessionEnded, 0);
        assert_eq!(outbox.push(&frame::ping(false), 0, &BOUNDS).0, Pushed::Ended);
        assert_eq!(take(&mut outbox).unwrap().unwrap().len(), 1);
        assert_eq!(take(&mut outbox).unwrap().unwrap_err(), Close::SessionEnded);
    }

    #[test]
    fn a_frame_that_is_too_old_ends_the_socket_even_while_it_is_being_written() {
        let mut outbox = Outbox::default();
        outbox.push(&frame::ping(false), 0, &BOUNDS);
        outbox.check_age(10_000, &BOUNDS, 1_000);
        assert!(!outbox.is_ending());
        assert!(take(&mut outbox).is_some());
        outbox.check_age(10_001, &BOUNDS, 1_000);
        assert_eq!(take(&mut outbox).unwrap().unwrap_err(), Close::Slow);
    }

    #[test]
    fn over_the_soft_bound_typing_is_dropped_and_presence_replaced() {
        let mut outbox = Outbox::default();
        let user = uuid::Uuid::from_u128(9).into();
        outbox.push(&frame::presence(user, true), 0, &BOUNDS);
        fill(&mut outbox, BOUNDS.soft_bytes);
        assert_eq!(outbox.push(&frame::typing(room(), &1), 0, &BOUNDS).0, Pushed::Dropped);
        assert_eq!(
            outbox.push(&frame::presence(user, false), 0, &BOUNDS).0,
            Pushed::Replaced
        );
        let frames = take(&mut outbox).unwrap().unwrap();
        assert_eq!(frames[0], frame::presence(user, false));
    }

    #[test]
    fn a_lost_piece_is_made_good_by_the_text_so_far_and_what_came_since() {
        let mut outbox = Outbox::default();
        fill(&mut outbox, BOUNDS.soft_bytes);
        assert_eq!(outbox.push(&piece(0, "ab"), 0, &BOUNDS).0, Pushed::Dropped);
        let bytes = outbox.bytes();
        assert!(outbox.begin_regain(&BOUNDS).is_empty(), "no place yet");
        take(&mut outbox);
        outbox.written(bytes, 0);
        assert_eq!(
            outbox.push(&piece(2, "c"), 0, &BOUNDS).0,
            Pushed::Dropped,
            "not before it is asked for"
        );
        assert_eq!(outbox.begin_regain(&BOUNDS), [room()]);
        outbox.push(&piece(3, "d"), 0, &BOUNDS);
        outbox.push(&piece(4, "e"), 0, &BOUNDS);
        outbox.regain(room(), Some(&[piece(0, "abcd")]), 0);
        assert_eq!(take(&mut outbox).unwrap().unwrap(), [piece(0, "abcd"), piece(4, "e")]);
        outbox.written(usize::MAX, 0);
        outbox.push(&piece(5, "f"), 0, &BOUNDS);
        assert_eq!(take(&mut outbox).unwrap().unwrap(), [piece(5, "f")]);
    }

    #[test]
    fn what_is_lost_while_the_text_so_far_is_read_is_read_once_more() {
        let mut outbox = Outbox::default();
        outbox.lose(room());
        assert_eq!(outbox.begin_regain(&BOUNDS), [room()]);
        outbox.lose(room());
        assert_eq!(outbox.push(&piece(2, "c"), 0, &BOUNDS).0, Pushed::Dropped);
        outbox.regain(room(), Some(&[piece(0, "ab")]), 0);
        assert!(take(&mut outbox).is_none(), "it is older than what was lost");
        assert_eq!(outbox.begin_regain(&BOUNDS), [room()]);
        outbox.regain(room(), Some(&[piece(0, "abc")]), 0);
        assert_eq!(take(&mut outbox).unwrap().unwrap(), [piece(0, "abc")]);
        assert!(outbox.begin_regain(&BOUNDS).is_empty());
    }

    #[derive(Clone, Debug)]
    enum Step {
        Push(u8),
        Take,
        Written,
    }

    proptest! {
        #[test]
        fn what_is_kept_comes_out_once_in_order_or_the_socket_ends_and_the_bound_holds(
            steps in prop::collection::vec(
                prop_oneof![8 => (0u8..4).prop_map(Step::Push), 2 => Just(Step::Take), 1 => Just(Step::Written)], 0..200)
        ) {
            let (mut outbox, mut seq, mut out, mut ended) = (Outbox::default(), 0, Vec::new(), false);
            for step in steps {
                match step {
                    Step::Push(kind) => {
                        let user = uuid::Uuid::from_u128(u128::from(kind)).into();
                        let frame = match kind {
                            0 => frame::typing(room(), &1),
                            1 => frame::presence(user, true),
                            2 => piece(0, "text"),
                            _ => { seq += 1; frame::sent_raw(room(), seq, "{}") }
                        };
                        let (pushed, _) = outbox.push(&frame, 0, &BOUNDS);
                        prop_assert!(kind != 3 || !matches!(pushed, Pushed::Dropped | Pushed::Replaced));
                        ended |= pushed == Pushed::Overflowed;
                    }
                    Step::Take => match take(&mut outbox) {
                        Some(Ok(frames)) => out.extend(frames.iter().filter_map(|f| f.mark.as_ref()).map(|m| m.seq)),
                        Some(Err(close)) => { prop_assert!(ended); prop_assert_eq!(close, Close::Slow) }
                        None => {}
                    },
                    Step::Written => outbox.written(usize::MAX, 0),
                }
                prop_assert!(outbox.bytes() <= BOUNDS.hard_bytes);
            }
            if !ended {
                if let Some(Ok(frames)) = take(&mut outbox) {
                    out.extend(frames.iter().filter_map(|f| f.mark.as_ref()).map(|m| m.seq));
                }
                prop_assert_eq!(out, (1..=seq).collect::<Vec<_>>());
            } else {
                prop_assert!(out.iter().copied().eq(1..=out.len() as u64));
            }
        }
    }
}
