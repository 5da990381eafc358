//! Owns the circuit breaker: what fails too often is left alone for a while, then single calls try whether it is back.
//! Refuses to know what a call is, and what counts as its failure.

use std::time::Duration;

use parking_lot::Mutex;
use tokio::time::Instant;

/// Parts that the window of [`Trip::Share`] is counted in; the oldest is forgotten as a whole.
const SLOTS: usize = 10;

/// When a breaker opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trip {
    /// After so many failures in a row.
    InARow(u32),
    /// When, of at least `calls_min` calls within `window`, at least this share failed.
    Share {
        /// How long a call counts; to a tenth of it.
        window: Duration,
        /// Fewer calls than so say nothing.
        calls_min: u32,
        /// Failures in a thousand calls.
        failures_permille: u32,
    },
}

/// How a breaker behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// When it opens.
    pub trip: Trip,
    /// How long nothing goes through then, and how long a probe is waited for before another call may try as well.
    pub open_for: Duration,
    /// Calls that must work, one after the other, before it closes again; at least 1.
    pub probes: u32,
}

/// Leave to make one call. Whoever has it says what came of it; what is said of a call from before the breaker last
/// changed its mind is not listened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permit(u64);

/// What a breaker does with calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Position {
    /// Lets all through.
    Closed,
    /// Lets one through at a time, to try, and another one where that is slow.
    HalfOpen,
    /// Lets none through.
    Open,
}

/// Lets calls through, or not.
pub struct Breaker {
    rules: Rules,
    state: Mutex<State>,
}

struct State {
    /// Grows with each change of phase and each probe.
    generation: u64,
    /// Of the calls that are listened to, the oldest: beside the last probe those that were slow before it.
    heard_from: u64,
    phase: Phase,
}

enum Phase {
    Closed(Tally),
    /// None goes through until then.
    Open(Instant),
    /// So many probes worked; until when one that is under way is waited for.
    Trying {
        worked: u32,
        busy: Option<Instant>,
    },
}

impl Breaker {
    /// Begins closed.
    pub fn new(rules: Rules) -> Self {
        let phase = Phase::Closed(Tally::default());
        let state = State {
            generation: 0,
            heard_from: 0,
            phase,
        };
        Self {
            rules,
            state: Mutex::new(state),
        }
    }

    /// Tells whether [`Breaker::enter`] would let a call through.
    pub fn admits(&self, now: Instant) -> bool {
        match &self.state.lock().phase {
            Phase::Closed(_) => true,
            Phase::Open(until) => *until <= now,
            Phase::Trying { busy, .. } => busy.is_none_or(|until| until <= now),
        }
    }

    /// Lets a call through, or not. Who is let through says what came of it: `worked`, `failed` or `unknown`.
    pub fn enter(&self, now: Instant) -> Option<Permit> {
        let mut state = self.state.lock();
        let next = Some(now + self.rules.open_for);
        match &mut state.phase {
            Phase::Closed(_) => {}
            Phase::Open(until) if *until <= now => state.turn(Phase::Trying { worked: 0, busy: next }),
            Phase::Trying { worked, busy: None } => {
                let worked = *worked;
                state.turn(Phase::Trying { worked, busy: next });
            }
            // A slow probe must not shut everybody else out. What comes of it still counts.
            Phase::Trying { busy, .. } if busy.is_some_and(|until| until <= now) => {
                *busy = next;
                state.generation += 1;
            }
            Phase::Open(_) | Phase::Trying { .. } => return None,
        }
        Some(Permit(state.generation))
    }

    /// The call worked. Returns whether all go through again from now on.
    pub fn worked(&self, permit: Permit, now: Instant) -> bool {
        let mut state = self.state.lock();
        if permit.0 < state.heard_from {
            return false;
        }
        let is_last = state.generation == permit.0;
        match &mut state.phase {
            Phase::Closed(tally) => {
                tally.count(self.rules.trip, now, false);
                false
            }
            Phase::Trying { worked, busy } => {
                *worked += 1;
                *busy = busy.filter(|_| !is_last);
                let closes = *worked >= self.rules.probes;
                if closes {
                    state.turn(Phase::Closed(Tally::default()));
                }
                closes
            }
            Phase::Open(_) => false,
        }
    }

    /// The call failed. Returns whether nothing goes through from now on.
    pub fn failed(&self, permit: Permit, now: Instant) -> bool {
        let mut state = self.state.lock();
        if permit.0 < state.heard_from {
            return false;
        }
        let opens = match &mut state.phase {
            Phase::Closed(tally) => tally.count(self.rules.trip, now, true),
            Phase::Trying { .. } => true,
            Phase::Open(_) => false,
        };
        if opens {
            state.turn(Phase::Open(now + self.rules.open_for));
        }
        opens
    }

    /// Nobody knows what came of the call, or it says nothing: a probe is left to the next call.
    pub fn unknown(&self, permit: Permit) {
        let mut state = self.state.lock();
        if state.generation == permit.0
            && let Phase::Trying { busy, .. } = &mut state.phase
        {
            *busy = None;
        }
    }

    /// Returns what it does with calls.
    pub fn position(&self, now: Instant) -> Position {
        match self.state.lock().phase {
            Phase::Closed(_) => Position::Closed,
            Phase::Open(until) if until > now => Position::Open,
            Phase::Open(_) | Phase::Trying { .. } => Position::HalfOpen,
        }
    }

    /// Returns how long nothing goes through yet.
    pub fn opens_for(&self, now: Instant) -> Duration {
        match self.state.lock().phase {
            Phase::Open(until) => until.saturating_duration_since(now),
            Phase::Closed(_) | Phase::Trying { .. } => Duration::ZERO,
        }
    }
}

impl State {
    fn turn(&mut self, phase: Phase) {
        self.generation += 1;
        self.heard_from = self.generation;
        self.phase = phase;
    }
}

/// What came of the calls that still count.
#[derive(Default)]
struct Tally {
    in_a_row: u32,
    /// Calls and failures, by slot of time.
    slots: [(u32, u32); SLOTS],
    /// When slot 0 began for the first time, and the newest slot that was counted in.
    began: Option<Instant>,
    newest: u64,
}

impl Tally {
    /// Counts a call. Returns whether that is too much.
    fn count(&mut self, trip: Trip, now: Instant, failed: bool) -> bool {
        match trip {
            Trip::InARow(most) => {
                self.in_a_row = if failed { self.in_a_row + 1 } else { 0 };
                failed && self.in_a_row >= most
            }
            Trip::Share {
                window,
                calls_min,
                failures_permille,
            } => {
                self.forget(window, now);
                let newest = usize::try_from(self.newest).unwrap_or_default() % SLOTS;
                if let Some((calls, failures)) = self.slots.get_mut(newest) {
                    *calls = calls.saturating_add(1);
                    *failures = failures.saturating_add(u32::from(failed));
                }
                let sum = |of: fn(&(u32, u32)) -> u32| self.slots.iter().map(|slot| u64::from(of(slot))).sum::<u64>();
                let (calls, failures) = (sum(|slot| slot.0), sum(|slot| slot.1));
                failed && calls >= u64::from(calls_min) && failures * 1_000 >= calls * u64::from(failures_permille)
            }
        }
    }

    /// Empties the slots that are older than the window.
    fn forget(&mut self, window: Duration, now: Instant) {
        let since = now.saturating_duration_since(*self.began.get_or_insert(now));
        let length = (window.as_micros() / SLOTS as u128).max(1);
        let at = u64::try_from(since.as_micros() / length).unwrap_or(u64::MAX);
        // Calls that end at the same time may be counted in the wrong order.
        let passed = at.saturating_sub(self.newest);
        for step in 1..=passed.min(SLOTS as u64) {
            let slot = usize::try_from((at - passed.min(SLOTS as u64) + step) % SLOTS as u64).unwrap_or_default();
            if let Some(slot) = self.slots.get_mut(slot) {
                *slot = (0, 0);
            }
        }
        self.newest = self.newest.max(at);
    }
}

#[cfg(test)]
mod tests;
