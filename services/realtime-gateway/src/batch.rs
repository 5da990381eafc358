//! Owns what a run of pushes collects: the sockets to be woken, once each, and the counts. Refuses to know who pushes.

use std::task::Waker;

use crate::domain::frame::{Class, Frame};
use crate::domain::outbox::Pushed;

/// Frames that were dropped, by class, as metrics name them.
const DROPPED: [&str; 3] = ["typing", "latest", "ai"];

/// What a batch of pushes collects: sockets are woken once, when it is finished.
pub(crate) struct Batch {
    /// When it began.
    pub(crate) now_ms: i64,
    wakers: Vec<Waker>,
    delivered: u64,
    dropped: [u64; DROPPED.len()],
    slow: u64,
}

impl Batch {
    /// Begins a batch.
    pub(crate) fn new(now_ms: i64) -> Self {
        Self {
            now_ms,
            wakers: Vec::new(),
            delivered: 0,
            dropped: [0; DROPPED.len()],
            slow: 0,
        }
    }

    /// Wakes on its end.
    pub(crate) fn wake(&mut self, waker: Option<Waker>) {
        self.wakers.extend(waker);
    }

    /// Wakes what waits, keeping the counts.
    pub(crate) fn flush(&mut self) {
        self.wakers.drain(..).for_each(Waker::wake);
    }

    /// Returns how many sockets wait to be woken.
    pub(crate) fn waiting(&self) -> usize {
        self.wakers.len()
    }

    /// Counts what became of a frame.
    pub(crate) fn note(&mut self, frame: &Frame, pushed: Pushed) {
        match pushed {
            Pushed::Queued => self.delivered += 1,
            Pushed::Replaced | Pushed::Dropped => {
                let class = match frame.class {
                    Class::Typing => 0,
                    Class::Ai(_) => 2,
                    _ => 1,
                };
                if let Some(count) = self.dropped.get_mut(class) {
                    *count += 1;
                }
            }
            Pushed::Overflowed => self.slow += 1,
            Pushed::Ended => {}
        }
    }
}

impl Drop for Batch {
    fn drop(&mut self) {
        self.flush();
        if self.delivered > 0 {
            metrics::counter!("realtime_deliveries_total").increment(self.delivered);
        }
        for (class, count) in DROPPED.iter().zip(self.dropped).filter(|(_, count)| *count > 0) {
            metrics::counter!("realtime_drops_total", "class" => *class).increment(count);
        }
        if self.slow > 0 {
            metrics::counter!("realtime_drops_total", "class" => "socket").increment(self.slow);
        }
    }
}
