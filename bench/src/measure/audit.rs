//! Owns the proof of the fan-out: every socket gets every message once, in the room's order, with the text that was
//! published. Refuses to know sockets and servers.

use std::{
    cell::{Cell, RefCell},
    time::Instant,
};

use anyhow::{Result, bail};
use memchr::memmem;
use tokio::sync::Notify;

use crate::{
    scan::{number_after, number_at},
    stats::Samples,
    ws::op,
};

/// A message nobody has seen yet.
const UNSEEN: u64 = u64::MAX;
const ERRORS_KEPT: usize = 5;

/// The books of one room. All sockets of the room report to it; one thread, so no locks.
#[derive(Default)]
pub struct Audit {
    books: RefCell<Books>,
    /// Told whenever everybody has got one more message, and on every error.
    pub progress: Notify,
    listeners: Cell<u64>,
}

#[derive(Default)]
struct Books {
    /// The sequence of the first message of the segment.
    first_seq: u64,
    /// By position in the room: which published message stands there.
    order: Vec<u64>,
    /// By number: when it was due to be published.
    due: Vec<Instant>,
    deliveries: u64,
    acks: u64,
    frames: u64,
    bytes: u64,
    latency: Samples,
    last_delivery: Option<Instant>,
    errors: Vec<String>,
    sample: Vec<u8>,
}

/// What came of a segment.
pub struct Findings {
    pub deliveries: u64,
    pub frames: u64,
    pub bytes: u64,
    pub latency: Samples,
    pub last_delivery: Instant,
}

/// One socket's place in the room: the sequence it must get next.
pub struct Cursor(pub Cell<u64>);

impl Audit {
    /// Says that one more socket listens.
    pub fn add_listener(&self) {
        self.listeners.set(self.listeners.get() + 1);
    }

    /// Begins a segment whose first message will get `first_seq`.
    pub fn begin(&self, first_seq: u64) {
        let mut books = self.books.borrow_mut();
        let sample = std::mem::take(&mut books.sample);
        *books = Books {
            first_seq,
            sample,
            ..Books::default()
        };
    }

    /// Notes a publication that was due at `due`; returns its number.
    pub fn publish(&self, due: Instant) -> usize {
        let mut books = self.books.borrow_mut();
        books.due.push(due);
        books.order.push(UNSEEN);
        books.due.len() - 1
    }

    /// Returns when a publication was due.
    pub fn due(&self, number: usize) -> Option<Instant> {
        self.books.borrow().due.get(number).copied()
    }

    /// Notes that a publication was acknowledged.
    pub fn acknowledge(&self) {
        self.books.borrow_mut().acks += 1;
        self.progress.notify_one();
    }

    /// Returns how many messages have been delivered to everybody, if all sockets keep the same pace.
    pub fn delivered_to_all(&self) -> u64 {
        self.books.borrow().deliveries / self.listeners.get().max(1)
    }

    /// Says whether everything published has been delivered and acknowledged, or an error ends the wait.
    pub fn is_over(&self) -> bool {
        let books = self.books.borrow();
        let published = books.due.len() as u64;
        !books.errors.is_empty() || (books.deliveries == published * self.listeners.get() && books.acks == published)
    }

    /// Says whether something has gone wrong.
    pub fn has_failed(&self) -> bool {
        !self.books.borrow().errors.is_empty()
    }

    /// Notes an error; the segment fails.
    pub fn fail(&self, error: String) {
        let mut books = self.books.borrow_mut();
        if books.errors.len() < ERRORS_KEPT {
            books.errors.push(error);
        }
        self.progress.notify_one();
    }

    /// Returns the last frame that carried a message.
    pub fn sample(&self) -> Vec<u8> {
        self.books.borrow().sample.clone()
    }

    /// Takes a frame that a socket has received.
    pub fn on_frame(&self, cursor: &Cursor, text: &[u8]) {
        match op(text) {
            Some(kind @ (b"ev" | b"batch")) => self.on_events(cursor, text, kind == b"ev"),
            Some(b"ok") => self.acknowledge(),
            Some(b"err" | b"reset" | b"reconnect") => {
                self.fail(format!("the server sent {}", String::from_utf8_lossy(text)))
            }
            _ => {}
        }
    }

    fn on_events(&self, cursor: &Cursor, text: &[u8], alone: bool) {
        let now = Instant::now();
        let listeners = self.listeners.get().max(1);
        let mut guard = self.books.borrow_mut();
        let books = &mut *guard;
        // Only a message carries the room's sequence; other events (read, typing) have none and are passed over.
        let mut numbers = memmem::find_iter(text, b"\"text\":\"m");
        let mut carried = 0;
        for at in memmem::find_iter(text, b"\"o\":") {
            let (seq, number) = (
                number_at(text, at + 4),
                numbers.next().and_then(|at| number_at(text, at + 9)),
            );
            let (Some(seq), Some(number)) = (seq, number) else {
                books.errors.push(format!(
                    "an event that cannot be read: {}",
                    String::from_utf8_lossy(text)
                ));
                continue;
            };
            carried += 1;
            let expected = cursor.0.replace(seq + 1);
            if expected != seq {
                books
                    .errors
                    .push(format!("a socket got sequence {seq} instead of {expected}"));
            }
            books.deliver(seq, number, now);
            if books.deliveries.is_multiple_of(listeners) {
                self.progress.notify_one();
            }
        }
        if carried > 0 {
            books.frames += 1;
            books.bytes += text.len() as u64;
            if alone && books.sample.is_empty() {
                books.sample = text.to_vec();
            }
        }
        if books.errors.len() > ERRORS_KEPT {
            books.errors.truncate(ERRORS_KEPT);
        }
        if !books.errors.is_empty() {
            self.progress.notify_one();
        }
    }

    /// Ends the segment: fails unless every socket got every message.
    pub fn end(&self) -> Result<Findings> {
        let mut books = self.books.borrow_mut();
        let published = books.due.len() as u64;
        let expected = published * self.listeners.get();
        if !books.errors.is_empty() {
            bail!("{}", books.errors.join("; "));
        }
        if books.deliveries != expected || books.acks != published {
            bail!(
                "{} of {expected} deliveries, {} of {published} acknowledgements",
                books.deliveries,
                books.acks
            );
        }
        let mut order = books.order.clone();
        order.sort_unstable();
        if order.iter().enumerate().any(|(index, &number)| number != index as u64) {
            bail!("what was delivered is not what was published");
        }
        Ok(Findings {
            deliveries: books.deliveries,
            frames: books.frames,
            bytes: books.bytes,
            latency: std::mem::take(&mut books.latency),
            last_delivery: books.last_delivery.unwrap_or_else(Instant::now),
        })
    }
}

impl Books {
    /// Notes that message `number` was delivered at `seq`. The first socket to get it says where it stands, the
    /// others must agree.
    fn deliver(&mut self, seq: u64, number: u64, now: Instant) {
        let place = seq
            .checked_sub(self.first_seq)
            .and_then(|place| usize::try_from(place).ok());
        let Some(stands) = place.and_then(|place| self.order.get_mut(place)) else {
            self.errors.push(format!("sequence {seq} was not published"));
            return;
        };
        if *stands == UNSEEN {
            *stands = number;
        } else if *stands != number {
            self.errors
                .push(format!("two sockets got different messages at sequence {seq}"));
        }
        self.deliveries += 1;
        self.last_delivery = Some(now);
        match usize::try_from(number).ok().and_then(|number| self.due.get(number)) {
            Some(due) => self.latency.add(now.saturating_duration_since(*due)),
            None => self.errors.push(format!("message {number} was not published")),
        }
    }
}

/// Returns the sequence that a message frame carries.
pub fn frame_seq(text: &[u8]) -> Option<u64> {
    number_after(text, b"\"o\":")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room_of_two() -> (Audit, Cursor, Cursor) {
        let audit = Audit::default();
        audit.add_listener();
        audit.add_listener();
        audit.begin(5);
        audit.publish(Instant::now());
        audit.publish(Instant::now());
        audit.on_frame(&Cursor(Cell::new(0)), br#"{"op":"ok"}"#);
        audit.on_frame(&Cursor(Cell::new(0)), br#"{"op":"ok"}"#);
        (audit, Cursor(Cell::new(5)), Cursor(Cell::new(5)))
    }

    fn event(seq: u64, number: u64) -> Vec<u8> {
        format!(r#"{{"op":"ev","t":"message.sent","r":"x","o":{seq},"d":{{"text":"m{number:08} hello"}}}}"#)
            .into_bytes()
    }

    #[test]
    fn a_complete_segment_is_accepted_also_in_batches() {
        let (audit, one, two) = room_of_two();
        // Two publishers: message 1 got its place first.
        audit.on_frame(&one, &event(5, 1));
        audit.on_frame(&one, &event(6, 0));
        let batch = format!(
            r#"{{"op":"batch","ev":[{},{}]}}"#,
            String::from_utf8(event(5, 1)).unwrap(),
            String::from_utf8(event(6, 0)).unwrap()
        );
        assert!(!audit.is_over());
        audit.on_frame(&two, batch.as_bytes());
        assert!(audit.is_over());
        let findings = audit.end().unwrap();
        assert_eq!((findings.deliveries, findings.frames), (4, 3));
    }

    #[test]
    fn a_gap_a_repeat_a_swap_and_a_loss_each_fail() {
        for frames in [
            vec![event(6, 1)],
            vec![event(5, 0), event(5, 0)],
            vec![event(5, 1)],
            vec![event(5, 0)],
            vec![event(5, 0), event(6, 0)],
        ] {
            let (audit, one, two) = room_of_two();
            audit.on_frame(&one, &event(5, 0));
            audit.on_frame(&one, &event(6, 1));
            frames.iter().for_each(|frame| audit.on_frame(&two, frame));
            assert!(audit.end().is_err());
        }
    }
}
