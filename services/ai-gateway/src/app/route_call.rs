//! Owns the way of one call through the targets of its route: the first one, a second beside it when it is slow, the next
//! one when it fails, the same once more when there is no other. Everything beyond the first attempt is paid from the
//! budget of retries; nothing is tried any more once a frame has come. Refuses to know dialects, callers and money.

use bytes::Bytes;
use contracts::ai_gateway::Principal;
use futures::StreamExt as _;
use futures::stream::FuturesUnordered;
use http::HeaderMap;
use tokio::time::{Duration, Instant, sleep_until};

use crate::app::attempt::{AnswerLimits, Kind, Payment, attempt};
use crate::app::governor::Hold;
use crate::app::registry::{Route, Stop};
use crate::app::targets::TargetSeat;
use crate::app::{App, Place};
use crate::domain::route::{Candidate, choose};
use crate::error::Error;
use crate::providers::answer::Patience;
use crate::providers::{Ask, Reply, Sent};

/// First pause before the same target is asked again; doubled each time, and jittered by half.
const RETRY_PAUSE: Duration = Duration::from_millis(100);
/// When to come back at the soonest after all targets were left alone.
const NOBODY_RETRY_MIN: Duration = Duration::from_secs(1);

/// What is asked, whoever answers.
pub(crate) struct Errand<'a> {
    /// Who pays.
    pub(crate) who: &'a Principal,
    pub(crate) kind: Kind,
    /// Headers of the caller's that belong to its dialect.
    pub(crate) headers: HeaderMap,
    /// Whether the caller wants a stream.
    pub(crate) stream: bool,
    /// Tokens of the request, roughly.
    pub(crate) prompt_estimate: u32,
    /// What is reserved: attempts that came to nothing are charged to it.
    pub(crate) hold: &'a Hold,
}

/// A call on its way.
struct Journey<'a> {
    app: &'a App,
    route: &'a Route,
    errand: &'a Errand<'a>,
    body: &'a (dyn Fn(&Stop) -> Result<Bytes, Error> + Send + Sync),
    /// Until when it may take, with all attempts.
    end: Instant,
}

/// A place at the target number `at`.
struct Entered {
    at: usize,
    seat: TargetSeat,
}

/// An attempt that failed.
struct Failure {
    at: usize,
    error: Error,
}

impl App {
    /// Asks the targets of `place` until one answers; returns the reply with the place of that target. `body` writes the
    /// request for a target. The error of the last attempt when none does.
    pub(crate) async fn route_call(
        &self,
        place: Place,
        errand: Errand<'_>,
        body: impl Fn(&Stop) -> Result<Bytes, Error> + Send + Sync,
    ) -> Result<(Place, Reply), Error> {
        let route = place.route.clone();
        self.retries.deposit();
        if let Some(hedge) = &route.hedge {
            hedge.share.deposit();
        }
        let journey = Journey {
            app: self,
            route: &route,
            errand: &errand,
            body: &body,
            end: Instant::now() + Duration::from_millis(route.timeouts.total_ms),
        };
        let (at, reply) = journey.go().await?;
        Ok((place.at(at), reply))
    }
}

impl Journey<'_> {
    async fn go(&self) -> Result<(usize, Reply), Error> {
        let (mut tried, mut repeats) = (Vec::new(), 0);
        let mut next = self.enter(&tried).ok_or_else(|| self.nobody())?;
        loop {
            let Failure { at, error } = match self.race(next, &mut tried).await {
                Ok(answered) => return Ok(answered),
                Err(failure) => failure,
            };
            if !error.may_be_tried_elsewhere() || Instant::now() >= self.end {
                return Err(error);
            }
            if let Some(other) = self.enter(&tried) {
                if !self.pay() {
                    return Err(error);
                }
                if let Some(stop) = self.route.stops.get(at) {
                    stop.state.replaced();
                }
                next = other;
                continue;
            }
            let again = error.may_be_tried_again();
            let Some(wait) = again.filter(|_| repeats < self.app.limits.retries_max && self.pay()) else {
                return Err(error);
            };
            let pause = RETRY_PAUSE * 2u32.saturating_pow(repeats);
            let again_at = Instant::now() + self.app.ambient.jitter(pause, 0.5).max(wait);
            if again_at >= self.end {
                return Err(error);
            }
            sleep_until(again_at).await;
            repeats += 1;
            next = self.enter_at(at).ok_or(error)?;
        }
    }

    /// Asks a target, and a second one beside it when it is slow; the first to answer wins, the other is dropped.
    async fn race(&self, first: Entered, tried: &mut Vec<usize>) -> Result<(usize, Reply), Failure> {
        let primary = first.at;
        tried.push(primary);
        let Some(hedge) = &self.route.hedge else {
            // In a box, so that what waits for it stays small.
            return Box::pin(self.attempt(first)).await;
        };
        let mut running = FuturesUnordered::new();
        running.push(self.attempt(first));
        let mut hedge_at = Some(Instant::now() + hedge.after);
        let mut failed: Option<Failure> = None;
        loop {
            tokio::select! {
                biased;
                Some(end) = running.next() => match end {
                    Ok(answered) => {
                        if answered.0 != primary {
                            self.count_hedge("won");
                        }
                        return Ok(answered);
                    }
                    Err(failure) => {
                        // What the caller did wrong is wrong everywhere: the first target's word on it counts.
                        let keep = failed.take().filter(|earlier| !earlier.error.may_be_tried_elsewhere());
                        let failure = keep.unwrap_or(failure);
                        if running.is_empty() {
                            return Err(failure);
                        }
                        failed = Some(failure);
                    }
                },
                () = sleep_until(hedge_at.unwrap_or(self.end)), if hedge_at.is_some() => {
                    hedge_at = None;
                    if let Some(second) = self.hedge(tried) {
                        tried.push(second.at);
                        running.push(self.attempt(second));
                    }
                }
            }
        }
    }

    /// Takes a place for a second attempt beside a slow one, if that may be done.
    fn hedge(&self, tried: &[usize]) -> Option<Entered> {
        let hedge = self.route.hedge.as_ref()?;
        let second = self.enter(tried)?;
        if !hedge.share.withdraw(Instant::now()) {
            return None;
        }
        if !self.pay() {
            hedge.share.refund();
            return None;
        }
        self.count_hedge("begun");
        Some(second)
    }

    async fn attempt(&self, entered: Entered) -> Result<(usize, Reply), Failure> {
        let Entered { at, seat } = entered;
        let Some(stop) = self.route.stops.get(at) else {
            let error = self.nobody();
            return Err(Failure { at, error });
        };
        let body = match (self.body)(stop) {
            Ok(body) => body,
            Err(error) => return Err(Failure { at, error }),
        };
        let ask = Ask {
            body,
            model: stop.target.model.clone(),
            stream: self.errand.stream,
            headers: self.errand.headers.clone(),
            patience: Patience::new(&self.route.timeouts, self.end),
            sent: Sent::default(),
        };
        let payment = Payment {
            meter: &self.app.meter,
            who: self.errand.who,
            model: &stop.target.public,
            prompt_estimate: self.errand.prompt_estimate,
            hold: self.errand.hold,
        };
        let limits = AnswerLimits {
            answer_bytes_max: self.app.limits.answer_bytes_max,
            event_bytes_max: self.app.limits.event_bytes_max,
        };
        let answered = attempt(&stop.provider, self.errand.kind, ask, seat, payment, limits).await;
        answered.map(|reply| (at, reply)).map_err(|error| Failure { at, error })
    }

    /// Takes a place at the best target that was not tried.
    fn enter(&self, tried: &[usize]) -> Option<Entered> {
        let now = Instant::now();
        let candidate = |(at, stop): (usize, &Stop)| Candidate {
            weight: stop.weight,
            load: stop.state.load(self.errand.stream),
            open: !tried.contains(&at) && stop.state.admits(now),
            resting: stop.state.is_resting(now),
        };
        let mut candidates: Vec<_> = self.route.stops.iter().enumerate().map(candidate).collect();
        loop {
            let dice = u64::from_le_bytes(self.app.ambient.bytes());
            let at = choose(self.route.strategy, &candidates, dice)?;
            match self.enter_at(at) {
                Some(entered) => return Some(entered),
                // Another call has just become its probe.
                None => candidates.get_mut(at)?.open = false,
            }
        }
    }

    fn enter_at(&self, at: usize) -> Option<Entered> {
        let seat = self.route.stops.get(at)?.state.enter(Instant::now())?;
        Some(Entered { at, seat })
    }

    fn pay(&self) -> bool {
        let paid = self.app.retries.withdraw(Instant::now());
        if !paid {
            metrics::counter!("ai_retries_refused_total").increment(1);
        }
        paid
    }

    fn count_hedge(&self, what: &'static str) {
        metrics::counter!("ai_hedges_total", "model" => self.route.name.clone(), "what" => what).increment(1);
    }

    /// Says that all targets are left alone.
    fn nobody(&self) -> Error {
        let now = Instant::now();
        let waits = self.route.stops.iter().map(|stop| stop.state.opens_for(now));
        Error::NoTarget {
            model: self.route.name.clone(),
            after: waits.min().unwrap_or_default().max(NOBODY_RETRY_MIN),
        }
    }
}
