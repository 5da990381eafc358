//! Owns the tries of one handler with one event: retries in place, panics and overlong tries as failures, the pause between.
//! Refuses to know where the event came from and what becomes of it.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use contracts::Event;
use futures::FutureExt as _;
use kernel::Ambient;
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
    /// Tries until it is acked, poison, or given up.
    pub async fn run(&self, event: &Event, give_up: &CancellationToken) -> Outcome {
        let (mut pause, mut paused) = (self.retry.pause, Duration::ZERO);
        for tries_left in (0..=self.retry.retries_max).rev() {
            let Err(reason) = self.once(event).await else {
                return Outcome::Acked;
            };
            if tries_left == 0 || paused >= self.retry.total_max {
                return Outcome::Poison(reason);
            }
            metrics::counter!("bus_retries_total", "group" => self.group).increment(1);
            tracing::debug!(group = self.group, event = %event.id, topic = %event.topic, %reason, tries_left, "a handler failed; trying again");
            let left = self.retry.total_max.saturating_sub(paused);
            let wait = self
                .ambient
                .jitter(pause.min(self.retry.pause_max), JITTER_SHARE)
                .min(left);
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = give_up.cancelled() => return Outcome::Abandoned,
            }
            paused += wait;
            pause = pause.saturating_mul(3).min(self.retry.pause_max);
        }
        Outcome::Abandoned
    }

    async fn once(&self, event: &Event) -> Result<(), String> {
        // Inside its own future, so that a panic before the first await is caught as well.
        let run = AssertUnwindSafe(async { self.handler.handle(event).await });
        let longest = self.retry.handler_max;
        match tokio::time::timeout(longest, run.catch_unwind()).await {
            Ok(Ok(Ok(()))) => Ok(()),
            Ok(Ok(Err(fault))) => Err(fault.to_string()),
            Ok(Err(panic)) => Err(format!("the handler panicked: {}", words_of(&*panic))),
            Err(_) => Err(format!("the handler took longer than {longest:?}")),
        }
    }
}

fn words_of(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no words")
}
