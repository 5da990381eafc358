//! Owns the circuit breaker of one replica: after some failures in a row it is left alone for a while, then one call may
//! try. Refuses to know what a call is.

use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

/// After so many failures in a row a replica is left alone.
pub const FAILURES_MAX: u32 = 5;
/// For so long; then one call tries whether it is back.
pub const OPEN_FOR: Duration = Duration::from_secs(1);

/// Lets calls through to one replica, or not.
pub(super) struct Breaker(Mutex<State>);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// All calls go through; so many have failed in a row.
    Closed(u32),
    /// None goes through until then.
    Open(Instant),
    /// One call is trying; the others wait for what comes of it.
    Trying,
}

impl Default for Breaker {
    fn default() -> Self {
        Self(Mutex::new(State::Closed(0)))
    }
}

impl Breaker {
    /// Tells whether [`Breaker::enter`] would let a call through.
    pub(super) fn admits(&self, now: Instant) -> bool {
        match *self.0.lock() {
            State::Closed(_) => true,
            State::Open(until) => until <= now,
            State::Trying => false,
        }
    }

    /// Lets a call through, or not. Who is let through says what came of it: `worked`, `failed` or `unknown`.
    pub(super) fn enter(&self, now: Instant) -> bool {
        let mut state = self.0.lock();
        match *state {
            State::Closed(_) => true,
            State::Open(until) if until <= now => {
                *state = State::Trying;
                true
            }
            State::Open(_) | State::Trying => false,
        }
    }

    /// The replica answered.
    pub(super) fn worked(&self) {
        *self.0.lock() = State::Closed(0);
    }

    /// The replica did not answer. Returns whether it is left alone from now on.
    pub(super) fn failed(&self, now: Instant) -> bool {
        let mut state = self.0.lock();
        let failures = match *state {
            State::Closed(failures) => failures + 1,
            State::Trying => FAILURES_MAX,
            // A call that was let through before.
            State::Open(_) => return false,
        };
        *state = if failures < FAILURES_MAX {
            State::Closed(failures)
        } else {
            State::Open(now + OPEN_FOR)
        };
        failures >= FAILURES_MAX
    }

    /// Nobody waited for what came of it: whoever tried leaves the trial to the next.
    pub(super) fn unknown(&self, now: Instant) {
        let mut state = self.0.lock();
        if *state == State::Trying {
            *state = State::Open(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_opens_after_failures_in_a_row_and_lets_one_try_after_a_while() {
        let (breaker, now) = (Breaker::default(), Instant::now());
        for _ in 1..FAILURES_MAX {
            assert!(!breaker.failed(now));
        }
        breaker.worked();
        for _ in 1..FAILURES_MAX {
            assert!(!breaker.failed(now));
        }
        assert!(breaker.enter(now) && breaker.failed(now));
        assert!(!breaker.admits(now) && !breaker.enter(now));
        let later = now + OPEN_FOR;
        assert!(breaker.admits(later) && breaker.enter(later));
        assert!(!breaker.enter(later), "one tries, not all");
        assert!(breaker.failed(later));
        assert!(!breaker.enter(later));
        let last = later + OPEN_FOR;
        assert!(breaker.enter(last));
        breaker.unknown(last);
        assert!(breaker.enter(last), "a trial that nobody waited for is another's");
        breaker.worked();
        assert!(breaker.enter(last) && breaker.enter(last));
    }
}
