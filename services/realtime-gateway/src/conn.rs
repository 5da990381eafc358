//! Owns one client's connection as the rest of the gateway sees it: who it is, its outbox, its rooms, its clocks.
//! Refuses to know how frames reach the wire: a WebSocket's task and an SSE stream both drain the same outbox.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU8, Ordering::Relaxed};

use kernel::{RoomId, SessionId, UserId};
use parking_lot::Mutex;

use crate::batch::Batch;
use crate::domain::frame::Frame;
use crate::domain::op::Asked;
use crate::domain::outbox::{Bounds, Outbox};
use crate::domain::room::Reader;
use crate::error::Close;

/// Whose a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Who {
    /// The person.
    pub(crate) user: UserId,
    /// The device.
    pub(crate) session: SessionId,
}

/// Requests that must stay in order go through one lane: those of one room, and those of none.
pub(crate) type Lane = Option<RoomId>;

/// Requests being worked on. Empty, and without memory, when there are none.
#[derive(Default)]
struct Lanes {
    busy: HashMap<Lane, VecDeque<Asked>>,
    in_flight: usize,
    reader_waits: bool,
}

/// The rooms in which a connection has a seat, with whether it subscribes there; `None` once it is gone.
struct Seats(Option<HashMap<RoomId, bool>>);

/// A connection.
pub(crate) struct Conn {
    /// Its number in this process.
    pub(crate) id: u64,
    bounds: Bounds,
    outbox: Mutex<Outbox>,
    who: Mutex<Option<Who>>,
    seats: Mutex<Seats>,
    lanes: Mutex<Option<Box<Lanes>>>,
    opened_ms: i64,
    seen_ms: AtomicI64,
    pinged_ms: AtomicI64,
    unanswered: AtomicU8,
    until_ms: AtomicI64,
    warned: AtomicBool,
    typing: Mutex<Option<(RoomId, i64)>>,
}

impl Conn {
    /// Begins a connection of nobody.
    pub(crate) fn new(id: u64, now_ms: i64, bounds: Bounds) -> Arc<Self> {
        Arc::new(Self {
            id,
            bounds,
            outbox: Mutex::default(),
            who: Mutex::default(),
            seats: Mutex::new(Seats(Some(HashMap::new()))),
            lanes: Mutex::default(),
            opened_ms: now_ms,
            seen_ms: AtomicI64::new(now_ms),
            pinged_ms: AtomicI64::new(now_ms),
            unanswered: AtomicU8::new(0),
            until_ms: AtomicI64::new(i64::MAX),
            warned: AtomicBool::new(false),
            typing: Mutex::default(),
        })
    }

    /// Tells whether so many bytes at once leave half of the outbox free, for what comes live meanwhile.
    pub(crate) fn has_place_for(&self, bytes: usize) -> bool {
        self.outbox(|outbox| outbox.bytes() + bytes) <= self.bounds.hard_bytes / 2
    }

    /// Gives the outbox to `f`.
    pub(crate) fn outbox<T>(&self, f: impl FnOnce(&mut Outbox) -> T) -> T {
        f(&mut self.outbox.lock())
    }

    /// Adds one frame and wakes the socket.
    pub(crate) fn tell(self: &Arc<Self>, frame: &Arc<Frame>, now_ms: i64) {
        let mut batch = Batch::new(now_ms);
        self.push(frame, &mut batch);
    }

    /// Ends the connection once what waits is written.
    pub(crate) fn end(&self, close: Close, now_ms: i64) {
        let waker = self.outbox.lock().end(close, now_ms);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    /// Returns whose it is, once that is known.
    pub(crate) fn who(&self) -> Option<Who> {
        *self.who.lock()
    }

    /// Notes whose it is, and until when its token holds.
    pub(crate) fn signed_in(&self, who: Who, until_ms: i64) {
        *self.who.lock() = Some(who);
        self.until_ms.store(until_ms, Relaxed);
        self.warned.store(false, Relaxed);
    }

    /// Notes that the client gave a sign of life.
    pub(crate) fn seen(&self, now_ms: i64) {
        self.seen_ms.store(now_ms, Relaxed);
        self.unanswered.store(0, Relaxed);
    }

    /// Tells what is due on the shared clock.
    pub(crate) fn due(&self, now_ms: i64, times: &Times) -> Due {
        if self.who().is_none() {
            return if now_ms - self.opened_ms >= times.auth_ms {
                Due::Close(Close::NoAuth)
            } else {
                Due::Nothing
            };
        }
        let left = self.until_ms.load(Relaxed).saturating_sub(now_ms);
        if left <= 0 {
            return Due::Close(Close::BadToken);
        }
        if left <= times.warning_ms && !self.warned.swap(true, Relaxed) {
            return Due::Warn(left);
        }
        if now_ms - self.pinged_ms.load(Relaxed) < times.ping_ms {
            return Due::Nothing;
        }
        // Whoever has just spoken need not be asked.
        let last = self.seen_ms.load(Relaxed);
        self.pinged_ms.store(now_ms, Relaxed);
        if now_ms - last < times.ping_ms && self.unanswered.load(Relaxed) == 0 && last > self.opened_ms {
            return Due::Nothing;
        }
        match self.unanswered.fetch_add(1, Relaxed) {
            0 => Due::Ping { probe: false },
            1 => Due::Ping { probe: true },
            _ => Due::Close(Close::Idle),
        }
    }

    /// Takes note of a seat in a room; `false` when the connection is gone.
    pub(crate) fn take_seat(&self, room: RoomId, subscribes: bool) -> bool {
        match &mut self.seats.lock().0 {
            Some(seats) => {
                seats.insert(room, subscribes);
                true
            }
            None => false,
        }
    }

    /// Gives a seat up.
    pub(crate) fn leave_seat(&self, room: RoomId) {
        if let Some(seats) = &mut self.seats.lock().0 {
            seats.remove(&room);
        }
    }

    /// Returns how many rooms it subscribes to.
    pub(crate) fn subscriptions(&self) -> usize {
        self.seats
            .lock()
            .0
            .as_ref()
            .map_or(0, |s| s.values().filter(|subscribes| **subscribes).count())
    }

    /// Returns the rooms in which it has a seat.
    pub(crate) fn rooms(&self) -> Vec<RoomId> {
        self.seats
            .lock()
            .0
            .as_ref()
            .map_or_else(Vec::new, |s| s.keys().copied().collect())
    }

    /// Tells whether it has given all seats up, for good.
    pub(crate) fn is_gone(&self) -> bool {
        self.seats.lock().0.is_none()
    }

    /// Gives all seats up, for good.
    pub(crate) fn leave_all(&self) -> Vec<RoomId> {
        self.seats
            .lock()
            .0
            .take()
            .into_iter()
            .flatten()
            .map(|(room, _)| room)
            .collect()
    }

    /// Tells whether typing in a room is news: not within `pause_ms` of the last time.
    pub(crate) fn types(&self, room: RoomId, now_ms: i64, pause_ms: i64) -> bool {
        let mut last = self.typing.lock();
        let is_news = !last.is_some_and(|(r, at)| r == room && now_ms - at < pause_ms);
        if is_news {
            *last = Some((room, now_ms));
        }
        is_news
    }

    /// Takes a request into its lane. Returns it when the lane was idle: the caller then works the lane off.
    pub(crate) fn enter_lane(&self, lane: Lane, asked: Asked) -> Option<Asked> {
        let mut lanes = self.lanes.lock();
        let lanes = lanes.get_or_insert_default();
        lanes.in_flight += 1;
        match lanes.busy.get_mut(&lane) {
            Some(queue) => {
                queue.push_back(asked);
                None
            }
            None => {
                lanes.busy.insert(lane, VecDeque::new());
                Some(asked)
            }
        }
    }

    /// Notes that a request is done and returns the next one of its lane.
    pub(crate) fn next_in_lane(&self, lane: Lane) -> Option<Asked> {
        let mut guard = self.lanes.lock();
        let lanes = guard.as_mut()?;
        lanes.in_flight = lanes.in_flight.saturating_sub(1);
        let wakes = std::mem::take(&mut lanes.reader_waits);
        let next = lanes.busy.get_mut(&lane).and_then(VecDeque::pop_front);
        if next.is_none() {
            lanes.busy.remove(&lane);
            if lanes.busy.is_empty() {
                *guard = None;
            }
        }
        drop(guard);
        if wakes {
            self.outbox(Outbox::wake);
        }
        next
    }

    /// Tells whether another request may be read; if not, the socket's task is woken when that changes.
    pub(crate) fn may_read(&self, max: usize) -> bool {
        match self.lanes.lock().as_mut() {
            Some(lanes) if lanes.in_flight >= max => {
                lanes.reader_waits = true;
                false
            }
            _ => true,
        }
    }
}

impl Reader for Arc<Conn> {
    type Batch = Batch;

    fn push(&self, frame: &Arc<Frame>, batch: &mut Batch) {
        let (pushed, waker) = self.outbox.lock().push(frame, batch.now_ms, &self.bounds);
        batch.wake(waker);
        batch.note(frame, pushed);
    }

    fn reset(&self, room: RoomId, reset: &Arc<Frame>, batch: &mut Batch) {
        self.outbox(|o| o.lose(room));
        self.push(reset, batch);
    }

    fn user(&self) -> Option<UserId> {
        self.who().map(|who| who.user)
    }
}

/// The times of the shared clock, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Times {
    /// Until `auth`.
    pub(crate) auth_ms: i64,
    /// Before expiry.
    pub(crate) warning_ms: i64,
    /// Between pings.
    pub(crate) ping_ms: i64,
}

/// What the shared clock finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Due {
    /// Nothing.
    Nothing,
    /// A ping; with `probe`, by the WebSocket layer too.
    Ping { probe: bool },
    /// The token expires in so many milliseconds.
    Warn(i64),
    /// The end.
    Close(Close),
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIMES: Times = Times {
        auth_ms: 10_000,
        warning_ms: 60_000,
        ping_ms: 25_000,
    };
    const BOUNDS: Bounds = Bounds {
        soft_bytes: 1,
        hard_bytes: 2,
        age_ms: 3,
    };

    fn signed_in(until_ms: i64) -> Arc<Conn> {
        let conn = Conn::new(1, 0, BOUNDS);
        let nil = uuid::Uuid::nil();
        conn.signed_in(
            Who {
                user: nil.into(),
                session: nil.into(),
            },
            until_ms,
        );
        conn
    }

    #[test]
    fn a_socket_without_auth_ends_in_time() {
        let conn = Conn::new(1, 0, BOUNDS);
        assert_eq!(conn.due(9_999, &TIMES), Due::Nothing);
        assert_eq!(conn.due(10_000, &TIMES), Due::Close(Close::NoAuth));
    }

    #[test]
    fn two_pings_without_an_answer_end_a_socket_and_any_frame_is_an_answer() {
        let conn = signed_in(i64::MAX);
        assert_eq!(conn.due(24_999, &TIMES), Due::Nothing);
        assert_eq!(conn.due(25_000, &TIMES), Due::Ping { probe: false });
        assert_eq!(conn.due(50_000, &TIMES), Due::Ping { probe: true });
        conn.seen(51_000);
        assert_eq!(conn.due(75_000, &TIMES), Due::Nothing, "it has spoken within the time");
        assert_eq!(conn.due(100_000, &TIMES), Due::Ping { probe: false });
        assert_eq!(conn.due(125_000, &TIMES), Due::Ping { probe: true });
        assert_eq!(conn.due(150_000, &TIMES), Due::Close(Close::Idle));
    }

    #[test]
    fn expiry_is_told_once_and_then_comes() {
        let conn = signed_in(90_000);
        conn.due(25_000, &TIMES);
        assert_eq!(conn.due(30_000, &TIMES), Due::Warn(60_000));
        assert_eq!(conn.due(30_001, &TIMES), Due::Nothing);
        assert_eq!(conn.due(90_000, &TIMES), Due::Close(Close::BadToken));
    }

    #[test]
    fn requests_of_one_lane_wait_for_each_other_and_the_reader_for_a_place() {
        let conn = signed_in(i64::MAX);
        let asked = || Asked {
            id: None,
            op: crate::domain::op::Op::Pong,
        };
        assert!(conn.enter_lane(None, asked()).is_some());
        assert!(conn.enter_lane(None, asked()).is_none());
        assert!(!conn.may_read(2) && conn.may_read(3));
        assert!(conn.next_in_lane(None).is_some());
        assert!(conn.may_read(2));
        assert!(conn.next_in_lane(None).is_none());
        assert!(conn.enter_lane(None, asked()).is_some());
    }
}
