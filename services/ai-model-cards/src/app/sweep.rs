//! Owns what is done without anybody asking: holds whose time is over are compared with their orders, half-done work is finished,
//! the index with the store. Refuses to decide by the clock alone: an order says itself whether it stands.

use std::sync::Arc;
use std::time::Duration;

use contracts::orders::OrderStatus;
use kernel::{Fault, Timestamp};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::domain::reservation::{Reservation, State};
use crate::error::Error;

/// How long a change of a review may be under way, and a card's hold be over its time, before somebody else looks at it.
const GRACE: Duration = Duration::from_secs(60);

impl App {
    /// Sweeps until `stop`.
    pub(crate) async fn sweep(self: Arc<Self>, stop: CancellationToken) -> Result<(), Fault> {
        loop {
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = tokio::time::sleep(self.config.sweep()) => {}
            }
            self.sweep_once().await?;
        }
    }

    /// Looks once at what is due, at most `sweepItemsMax` of each kind.
    pub(crate) async fn sweep_once(&self) -> Result<(), Fault> {
        let (now, most) = (self.ambient.now(), self.config.sweep_items());
        let due = self.repo.reservations.due(now, most).await?;
        let (all, mut failed) = (due.len(), 0);
        for reservation in due {
            if let Err(e) = self.look_at(&reservation).await {
                failed += 1;
                tracing::warn!(order = %reservation.order_id, "the hold could not be looked at: {e}");
            }
        }
        self.compare_cards(now - GRACE, most).await?;
        for tally in self.repo.tallies.due(now - GRACE, most).await? {
            self.repo
                .tallies
                .count(tally.card_id, |one| one.at < now - GRACE)
                .await?;
            self.shelf.refresh(tally.card_id).await;
        }
        self.repo.reservations.forget(now, most).await?;
        if all > 0 && failed == all {
            // So that the pause between sweeps grows while orders cannot be asked.
            return Err(Fault::unavailable(
                "cards.sweep_failed",
                "No hold could be looked at.",
                GRACE,
            ));
        }
        Ok(())
    }

    async fn look_at(&self, reservation: &Reservation) -> Result<(), Error> {
        if matches!(reservation.state, State::Releasing | State::Committing) {
            return self.desk.finish(reservation).await;
        }
        let standing = self.orders.standing(reservation.order_id).await?;
        let bought = match standing {
            Some(order) if matches!(order.status, OrderStatus::Paid | OrderStatus::Completed) => true,
            // Not for ever: who pays after that is told that it is missing, and is paid back.
            Some(order) if !order.status.is_terminal() && order.keeps_hold => return self.desk.keep(reservation).await,
            _ => false,
        };
        self.desk.conclude(reservation, bought).await?;
        metrics::counter!("model_card_holds_swept_total").increment(1);
        Ok(())
    }

    async fn compare_cards(&self, before: Timestamp, most: usize) -> Result<(), Fault> {
        for card in self.repo.cards.due(before, most).await? {
            let due = card.edition.holds.iter().filter(|hold| hold.until <= before);
            let due: Vec<_> = due.map(|hold| hold.order_id).collect();
            self.desk.compare(card.id, &due).await?;
        }
        Ok(())
    }

    /// Compares the index with the store now and then, until `stop`.
    pub(crate) async fn rebuild(self: Arc<Self>, stop: CancellationToken) -> Result<(), Fault> {
        loop {
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = tokio::time::sleep(self.config.rebuild()) => {}
            }
            self.shelf.rebuild().await?;
        }
    }
}
