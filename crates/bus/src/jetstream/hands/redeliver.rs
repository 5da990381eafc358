//! Owns handing a released key's letters to their group again, in order. Refuses to know where they are kept.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::{Ledger, Seat};
use crate::attempt::{Attempts, Outcome};
use crate::{BusError, OnPoison};

/// How it ended.
pub(super) enum Drained {
    /// Every letter that was to be seen has been dealt with.
    Empty,
    /// This event failed again, and the key is parked again.
    ParkedAgain(String),
    /// Given up because the partition goes elsewhere; the next holder goes on.
    Abandoned,
}

/// Hands out the released letters of a key until none is left.
pub(super) async fn redeliver(
    ledger: Arc<dyn Ledger>,
    attempts: Arc<Attempts>,
    (seat, key): (Seat, Arc<str>),
    on_poison: OnPoison,
    give_up: CancellationToken,
) -> Result<Drained, BusError> {
    loop {
        if give_up.is_cancelled() {
            return Ok(Drained::Abandoned);
        }
        let letters = ledger.released(&seat, &key).await?;
        if letters.is_empty() {
            return Ok(Drained::Empty);
        }
        for letter in letters {
            if give_up.is_cancelled() {
                return Ok(Drained::Abandoned);
            }
            match attempts.run(&letter.1, &give_up).await {
                Outcome::Acked => ledger.remove(&seat, &letter).await?,
                Outcome::Abandoned => return Ok(Drained::Abandoned),
                Outcome::Poison(reason) if on_poison == OnPoison::Skip => {
                    ledger.bury(&seat, letter, reason, false).await?;
                }
                Outcome::Poison(reason) => {
                    let head = letter.1.id.to_string();
                    ledger.bury(&seat, letter, reason, true).await?;
                    return Ok(Drained::ParkedAgain(head));
                }
            }
        }
    }
}
