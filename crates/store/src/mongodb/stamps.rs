//! Owns the order of commits over all processes that write one database: a hybrid clock. Refuses to tell the time.
//!
//! A stamp is milliseconds and a counter. It is greater than every stamp given here before, and than every stamp of a
//! document that was read here before. So a write that was decided after reading another one's result, in any process
//! and in any document (the next message of a room reads the number of the last one), has the greater stamp, whatever
//! the clocks of the machines say. Writes that knew nothing of each other are ordered by the clocks.

use std::sync::atomic::{AtomicI64, Ordering};

use kernel::Ambient;

/// Stamps within a millisecond, before the next one is borrowed from.
const COUNTER_BITS: u32 = 16;

/// Gives stamps.
pub struct Stamps {
    ambient: Ambient,
    last: AtomicI64,
}

impl Stamps {
    /// Starts at the present.
    pub fn new(ambient: Ambient) -> Self {
        Self {
            ambient,
            last: AtomicI64::new(0),
        }
    }

    /// Takes `n` stamps that follow each other; returns the first.
    pub fn take(&self, n: usize) -> i64 {
        let n = i64::try_from(n).unwrap_or(i64::MAX >> COUNTER_BITS);
        let now = self.ambient.now().millis() << COUNTER_BITS;
        let mut first = now;
        // Relaxed is enough: only growth of this one number matters.
        let _ = self.last.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |last| {
            first = now.max(last + 1);
            Some(first + n - 1)
        });
        first
    }

    /// Notes a stamp that was read.
    pub fn see(&self, stamp: i64) {
        self.last.fetch_max(stamp, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use kernel::{HeldClock, SeededRandom, Timestamp};

    use super::*;

    #[test]
    fn a_stamp_is_greater_than_all_that_were_given_or_seen() {
        let stamps = Stamps::new(Ambient::new(
            HeldClock::new(Timestamp::from_millis(1_700_000_000_000)),
            SeededRandom::new(1),
        ));
        let first = stamps.take(3);
        assert_eq!(stamps.take(1), first + 3);
        stamps.see(first);
        assert_eq!(stamps.take(1), first + 4);
        stamps.see(first + 1_000_000);
        assert_eq!(stamps.take(2), first + 1_000_001);
        assert_eq!(stamps.take(1), first + 1_000_003);
    }
}
