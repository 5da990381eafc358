//! Owns handing a released key's letters to their group again, in order. Refuses to know the log.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::journal::Journal;
use super::letters::{self, Seat};
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
    journal: Arc<Journal>,
    attempts: Arc<Attempts>,
    (seat, key): (Seat, Arc<str>),
    on_poison: OnPoison,
    give_up: CancellationToken,
) -> Result<Drained, BusError> {
    loop {
        if give_up.is_cancelled() {
            return Ok(Drained::Abandoned);
        }
        let (of, name) = (seat.clone(), key.clone());
        let next = journal
            .readers
            .read(move |from| letters::next_released(from, &of, &name))
            .await?;
        let Some((number, event)) = next else {
            return Ok(Drained::Empty);
        };
        let now = journal.ambient.now();
        match attempts.run(&event, &give_up).await {
            Outcome::Acked => journal.writer.run(move |on| letters::remove(on, number)).await?,
            Outcome::Abandoned => return Ok(Drained::Abandoned),
            Outcome::Poison(reason) if on_poison == OnPoison::Skip => {
                journal
                    .writer
                    .run(move |on| letters::bury(on, number, &reason, now))
                    .await?;
            }
            Outcome::Poison(reason) => {
                let (seat, key, head) = (seat.clone(), key.clone(), event.id.to_string());
                let again = journal.writer.run(move |on| {
                    letters::bury(on, number, &reason, now)?;
                    letters::park_again(on, &seat, &key, &head)?;
                    Ok(head)
                });
                return Ok(Drained::ParkedAgain(again.await?));
            }
        }
    }
}
