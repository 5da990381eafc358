//! Owns handing a released key's letters to their group again, in order. Refuses to know where they are kept.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::attempt::{Attempts, Outcome};
use super::{Ledger, Letter, Seat};
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

/// A released key's letters on their way to their group again.
pub(super) struct HandingOut {
    pub ledger: Arc<dyn Ledger>,
    pub attempts: Arc<Attempts>,
    pub on_poison: OnPoison,
    pub seat: Seat,
    pub key: Arc<str>,
}

impl HandingOut {
    /// Hands out the letters until none is left.
    pub async fn run(&self, give_up: &CancellationToken) -> Result<Drained, BusError> {
        loop {
            if give_up.is_cancelled() {
                return Ok(Drained::Abandoned);
            }
            let letters = self.ledger.released(&self.seat, &self.key).await?;
            if letters.is_empty() {
                return Ok(Drained::Empty);
            }
            for letter in letters {
                if give_up.is_cancelled() {
                    return Ok(Drained::Abandoned);
                }
                match self.attempts.run(&letter.1, give_up).await {
                    Outcome::Acked => self.ledger.remove(&self.seat, &letter).await?,
                    Outcome::Abandoned => return Ok(Drained::Abandoned),
                    Outcome::Poison(reason) => {
                        let ((offset, event), park) = (letter, self.on_poison == OnPoison::ParkKey);
                        let head = event.id.to_string();
                        let letter = Letter { offset, event, reason };
                        self.ledger.bury(&self.seat, letter, park).await?;
                        if park {
                            return Ok(Drained::ParkedAgain(head));
                        }
                    }
                }
            }
        }
    }
}
