//! Owns what is known of a target, a model at a provider: whether it is left alone, how fast it is, how busy, whether it
//! asked for a pause. Refuses to know what is asked of it.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use chassis::resilience::{Breaker, Latency, Load, Permit, Position, Rules};
use metrics::{Counter, Gauge, Histogram};
use parking_lot::Mutex;
use tokio::time::Instant;

/// A target that asks for a pause rests at most so long.
const REST_MAX: Duration = Duration::from_secs(60);

/// What is known of one target, for as long as its provider is not changed.
pub(crate) struct TargetState {
    /// `provider/model`, or `provider/*` for all models that are only passed on.
    name: Arc<str>,
    /// None for the demo: everybody can make it fail at will.
    breaker: Option<Breaker>,
    in_flight: AtomicUsize,
    /// To the first frame of a stream, and to the end of a whole answer: they must not be mixed.
    first_frame: Latency,
    whole: Latency,
    rests_until: Mutex<Option<Instant>>,
    shown: Shown,
}

/// What every call touches of what is shown of a target: asked for with the first one, and only then, since each asking costs a search.
#[derive(Default)]
struct Shown {
    breaker: OnceLock<Gauge>,
    worked: OnceLock<Counter>,
    first_frame: OnceLock<Histogram>,
    whole: OnceLock<Histogram>,
}

fn attempts(target: &Arc<str>, outcome: &'static str) -> Counter {
    metrics::counter!("ai_target_attempts_total", "target" => target.clone(), "outcome" => outcome)
}

/// A call at a target, counted until it is dropped.
pub(crate) struct TargetSeat {
    state: Arc<TargetState>,
    permit: Option<Permit>,
    judged: bool,
}

impl TargetState {
    /// Knows nothing yet; is never left alone without `rules`.
    pub(crate) fn new(name: &str, rules: Option<Rules>) -> Arc<Self> {
        Arc::new(Self {
            shown: Shown::default(),
            name: name.into(),
            breaker: rules.map(Breaker::new),
            in_flight: AtomicUsize::new(0),
            first_frame: Latency::default(),
            whole: Latency::default(),
            rests_until: Mutex::default(),
        })
    }

    /// Returns how busy it is, for a call that is streamed or not.
    pub(crate) fn load(&self, stream: bool) -> Load {
        let latency = if stream { &self.first_frame } else { &self.whole };
        Load {
            latency: latency.get(),
            in_flight: self.in_flight.load(Relaxed),
        }
    }

    /// Tells whether its breaker lets a call through.
    pub(crate) fn admits(&self, now: Instant) -> bool {
        self.breaker.as_ref().is_none_or(|breaker| breaker.admits(now))
    }

    /// Returns for how long nothing is let through yet.
    pub(crate) fn opens_for(&self, now: Instant) -> Duration {
        self.breaker
            .as_ref()
            .map_or(Duration::ZERO, |breaker| breaker.opens_for(now))
    }

    /// Tells whether it asked for a pause that is not over.
    pub(crate) fn is_resting(&self, now: Instant) -> bool {
        self.rests_until.lock().is_some_and(|until| until > now)
    }

    /// Takes a place for a call, unless it is left alone.
    pub(crate) fn enter(self: &Arc<Self>, now: Instant) -> Option<TargetSeat> {
        let permit = match &self.breaker {
            Some(breaker) => Some(breaker.enter(now)?),
            None => None,
        };
        self.in_flight.fetch_add(1, Relaxed);
        self.show(now);
        Some(TargetSeat {
            state: self.clone(),
            permit,
            judged: false,
        })
    }

    /// Another target is asked in its place.
    pub(crate) fn replaced(&self) {
        metrics::counter!("ai_target_fallbacks_total", "target" => self.name.clone()).increment(1);
    }

    fn show(&self, now: Instant) {
        let Some(breaker) = &self.breaker else { return };
        let position = match breaker.position(now) {
            Position::Closed => 0.0,
            Position::HalfOpen => 1.0,
            Position::Open => 2.0,
        };
        let gauge = || metrics::gauge!("ai_target_breaker", "target" => self.name.clone());
        self.shown.breaker.get_or_init(gauge).set(position);
    }
}

impl TargetSeat {
    /// The target answered, after so long.
    pub(crate) fn worked(&mut self, took: Duration, stream: bool) {
        let TargetState { name, shown, .. } = &*self.state;
        let (latency, seconds, until) = if stream {
            (&self.state.first_frame, &shown.first_frame, "first_frame")
        } else {
            (&self.state.whole, &shown.whole, "whole")
        };
        latency.observe(took);
        let histogram = || metrics::histogram!("ai_target_seconds", "target" => name.clone(), "until" => until);
        seconds.get_or_init(histogram).record(took.as_secs_f64());
        shown.worked.get_or_init(|| attempts(name, "worked")).increment(1);
        let now = Instant::now();
        if let (Some(breaker), Some(permit)) = (&self.state.breaker, self.permit)
            && breaker.worked(permit, now)
        {
            tracing::info!(target_name = &*self.state.name, "it is back");
        }
        self.judged = true;
        self.state.show(now);
    }

    /// The target failed.
    pub(crate) fn failed(&mut self) {
        self.attempted("failed");
        self.blame();
    }

    /// The target failed by silence, after so long: for the choice among several that is a latency as well.
    pub(crate) fn timed_out(&mut self, took: Duration, stream: bool) {
        let latency = if stream {
            &self.state.first_frame
        } else {
            &self.state.whole
        };
        latency.observe(took);
        self.failed();
    }

    /// The answer broke off after it had begun.
    pub(crate) fn broke_off(&mut self) {
        metrics::counter!("ai_target_broken_total", "target" => self.state.name.clone()).increment(1);
        self.blame();
    }

    /// The target asks for a pause. That says nothing of its health.
    pub(crate) fn must_rest(&mut self, pause: Duration) {
        self.attempted("limited");
        let until = Instant::now() + pause.min(REST_MAX);
        *self.state.rests_until.lock() = Some(until);
    }

    /// The target refused what it was asked, which says nothing of its health.
    pub(crate) fn refused(&mut self) {
        self.attempted("refused");
    }

    /// Nobody waited for what the target would have answered.
    pub(crate) fn abandoned(&mut self) {
        self.attempted("abandoned");
    }

    fn blame(&mut self) {
        let now = Instant::now();
        if let (Some(breaker), Some(permit)) = (&self.state.breaker, self.permit)
            && breaker.failed(permit, now)
        {
            let pause = breaker.opens_for(now);
            tracing::warn!(
                target_name = &*self.state.name,
                "left alone for {pause:?}: it fails too often"
            );
        }
        self.judged = true;
        self.state.show(now);
    }

    fn attempted(&self, outcome: &'static str) {
        attempts(&self.state.name, outcome).increment(1);
    }
}

impl Drop for TargetSeat {
    fn drop(&mut self) {
        self.state.in_flight.fetch_sub(1, Relaxed);
        if let (false, Some(breaker), Some(permit)) = (self.judged, &self.state.breaker, self.permit) {
            breaker.unknown(permit);
        }
    }
}

#[cfg(test)]
mod tests {
    use chassis::resilience::Trip;

    use super::*;

    fn state() -> Arc<TargetState> {
        let rules = Rules {
            trip: Trip::InARow(2),
            open_for: Duration::from_secs(10),
            probes: 1,
        };
        TargetState::new("a/one", Some(rules))
    }

    #[test]
    fn refusals_pauses_and_calls_that_nobody_waited_for_are_no_failures() {
        let (state, now) = (state(), Instant::now());
        for _ in 0..10 {
            state.enter(now).unwrap().refused();
            state.enter(now).unwrap().must_rest(Duration::ZERO);
            state.enter(now).unwrap().abandoned();
            drop(state.enter(now).unwrap());
        }
        assert!(state.admits(now) && state.load(true).in_flight == 0);
        state.enter(now).unwrap().failed();
        state.enter(now).unwrap().timed_out(Duration::from_secs(1), true);
        assert!(!state.admits(now) && state.enter(now).is_none());
        assert!(state.opens_for(now) > Duration::from_secs(9));
    }

    #[test]
    fn a_pause_is_believed_up_to_a_minute() {
        let (state, now) = (state(), Instant::now());
        state.enter(now).unwrap().must_rest(Duration::from_secs(3_600));
        assert!(state.is_resting(now + Duration::from_secs(50)));
        assert!(!state.is_resting(now + Duration::from_secs(70)));
    }

    #[test]
    fn the_demo_is_never_left_alone() {
        let (state, now) = (TargetState::new("demo/scripted", None), Instant::now());
        (0..50).for_each(|_| state.enter(now).unwrap().failed());
        assert!(state.admits(now));
    }
}
