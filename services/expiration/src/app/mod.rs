//! Use cases: the prompt way to a due timer, and the sure one.

pub(crate) mod fire_prompt;
pub(crate) mod sweep;

use std::sync::Arc;

use ephemeral::{Ephemeral, EphemeralError};
use kernel::{OrderId, Timestamp};

use crate::config::Config;
use crate::repo::Timers;

/// The sorted set of timers in the ephemeral store.
pub(crate) const SET: &str = "expiration:timers";

/// What the consumer and the workers work with.
pub(crate) struct App {
    pub(crate) timers: Timers,
    pub(crate) ephemeral: Arc<dyn Ephemeral>,
    pub(crate) config: Config,
}

impl App {
    /// Makes a timer prompt, or no longer so. A hint: when it is lost the sweep finds the timer.
    pub(crate) async fn hint(&self, order: OrderId, due: Option<Timestamp>) {
        let id = order.to_string();
        note(match due {
            Some(due) => self.ephemeral.schedule(SET, &id, due).await,
            None => self.ephemeral.done(SET, &id).await,
        });
    }
}

/// Counts a failure that nobody need hear of.
pub(crate) fn note(result: Result<(), EphemeralError>) {
    if let Err(error) = result {
        metrics::counter!("expiration_hints_lost_total").increment(1);
        tracing::debug!(%error, "a timer will not be prompt");
    }
}
