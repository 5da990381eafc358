//! Owns the tries of one handler with one event: retries in place, panics and overlong tries as failures, the pause between.
//! Refuses to know where the event came from and what becomes of it.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use contracts::Event;
use futures::FutureExt as _;
use kernel::{Ambient, ErrorCode};
use tokio_util::sync::CancellationToken;

use crate::{Handler, Retry};

/// Share of a pause by which it is longer or shorter, so that many consumers do not retry as one.
const JITTER_SHARE: f64 = 0.2;

/// How the tries ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The handler's own write has committed.
    Acked,
    /// Every try failed; the last one for this reason.
    Poison(String),
    /// Given up during a pause because the partition goes elsewhere or the consumer stops; nobody knows the event as dealt with.
    Abandoned,
}

/// What one consumer does with each event.
pub(super) struct Attempts {
    pub group: &'static str,
    pub handler: Arc<dyn Handler>,
    pub retry: Retry,
    pub ambient: Ambient,
}

impl Attempts {
    /// Tries until it is acked, poison, or given up. What fails since something is away for now waits for it, and that is none of
    /// its tries: an outage is no poison.
    pub async fn run(&self, event: &Event, give_up: &CancellationToken) -> Outcome {
        let (mut pause, mut paused, mut waited) = (self.retry.pause, Duration::ZERO, Duration::ZERO);
        let mut tries_left = self.retry.retries_max;
        loop {
            let Err(Failed { reason, is_away }) = self.once(event).await else {
                return Outcome::Acked;
            };
            let waits = is_away && waited < self.retry.away_max;
            if !waits && (tries_left == 0 || paused >= self.retry.total_max) {
                return Outcome::Poison(reason);
            }
            metrics::counter!("bus_retries_total", "group" => self.group).increment(1);
            tracing::debug!(group = self.group, event = %event.id, topic = %event.topic, %reason, tries_left, "a handler failed; trying again");
            let (spent, most) = match waits {
                true => (&mut waited, self.retry.away_max),
                false => (&mut paused, self.retry.total_max),
            };
            let wait = self
                .ambient
                .jitter(pause.min(self.retry.pause_max), JITTER_SHARE)
                .min(most.saturating_sub(*spent));
            *spent += wait;
            tries_left -= u32::from(!waits);
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = give_up.cancelled() => return Outcome::Abandoned,
            }
            pause = pause.saturating_mul(3).min(self.retry.pause_max);
        }
    }

    async fn once(&self, event: &Event) -> Result<(), Failed> {
        // Inside its own future, so that a panic before the first await is caught as well.
        let run = AssertUnwindSafe(async { self.handler.handle(event).await });
        let longest = self.retry.handler_max;
        match tokio::time::timeout(longest, run.catch_unwind()).await {
            Ok(Ok(Ok(()))) => Ok(()),
            Ok(Ok(Err(fault))) => Err(Failed {
                is_away: matches!(fault.kind, ErrorCode::Unavailable | ErrorCode::Timeout),
                reason: fault.to_string(),
            }),
            Ok(Err(panic)) => Err(Failed::by_itself(format!(
                "the handler panicked: {}",
                words_of(&*panic)
            ))),
            Err(_) => Err(Failed::by_itself(format!("the handler took longer than {longest:?}"))),
        }
    }
}

/// Why a try failed.
struct Failed {
    reason: String,
    /// Whether it may go well when something is back that is away.
    is_away: bool,
}

impl Failed {
    fn by_itself(reason: String) -> Self {
        Self { reason, is_away: false }
    }
}

fn words_of(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no words")
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use async_trait::async_trait;
    use kernel::{Fault, HeldClock, SeededRandom, Timestamp};

    use super::*;

    /// Fails so often, as it is told to, and is well then.
    struct Sick {
        times: u32,
        fault: fn() -> Fault,
        tried: AtomicU32,
    }

    #[async_trait]
    impl Handler for Sick {
        async fn handle(&self, _: &Event) -> Result<(), Fault> {
            if self.tried.fetch_add(1, Ordering::Relaxed) < self.times {
                return Err((self.fault)());
            }
            Ok(())
        }
    }

    async fn after(times: u32, fault: fn() -> Fault) -> (Outcome, u32) {
        let ambient = Ambient::new(HeldClock::new(Timestamp::from_millis(1)), SeededRandom::new(1));
        let tried = AtomicU32::new(0);
        let handler = Arc::new(Sick { times, fault, tried });
        let attempts = Attempts {
            group: "g",
            handler: handler.clone(),
            retry: Retry::default(),
            ambient: ambient.clone(),
        };
        let outcome = attempts
            .run(&crate::hands::tests::event("k"), &CancellationToken::new())
            .await;
        (outcome, handler.tried.load(Ordering::Relaxed))
    }

    fn away() -> Fault {
        Fault::unavailable("link.unavailable", "away", Duration::from_secs(1))
    }

    #[tokio::test(start_paused = true)]
    async fn an_event_waits_for_what_is_away_and_is_dealt_with_when_it_is_back() {
        assert_eq!(after(200, away).await, (Outcome::Acked, 201));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_away_for_more_than_an_hour_makes_poison() {
        let (outcome, tried) = after(u32::MAX, away).await;
        assert!(
            matches!(outcome, Outcome::Poison(_)) && (240..320).contains(&tried),
            "{outcome:?} after {tried}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn what_fails_by_itself_is_poison_after_six_tries() {
        let (outcome, tried) = after(u32::MAX, || Fault::internal("as told")).await;
        assert!(
            matches!(outcome, Outcome::Poison(_)) && tried == 6,
            "{outcome:?} after {tried}"
        );
    }
}
