//! Owns what nobody else reminds of: orders past their deadline whose timer never came, holds that were not answered,
//! providers that are silent, entitlements and coupons that a crash left open. Each order says itself when it is to be looked at.

use std::sync::Arc;
use std::time::Duration;

use contracts::ai_model_cards::HoldAnswer;
use contracts::orders::OrderStatus;
use futures::StreamExt as _;
use kernel::Fault;
use tokio_util::sync::CancellationToken;

use super::App;
use super::place_order::hold_input;
use crate::domain::order::Input;
use crate::error::Error;
use crate::repo::orders::{OrderDoc, WAKE_MAX, is_to_be_granted};

/// Looks in a row without a pause, while each finds as many as it may.
const ROUNDS_MAX: usize = 100;
/// Sweeps between two looks at coupons.
const COUPONS_EACH: u32 = 60;

/// Sweeps until `stop`.
pub(crate) async fn run(app: Arc<App>, stop: CancellationToken) -> Result<(), Fault> {
    let mut round: u32 = 0;
    loop {
        app.sweep().await?;
        app.sweep_refunds().await?;
        app.sweep_keys().await?;
        if round.is_multiple_of(COUPONS_EACH) {
            app.sweep_coupons().await?;
        }
        round = round.wrapping_add(1);
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = tokio::time::sleep(app.repo.config.sweep_each()) => {}
        }
    }
}

impl App {
    /// Looks at every order whose time to be looked at has come.
    pub(crate) async fn sweep(&self) -> Result<(), Error> {
        for _ in 0..ROUNDS_MAX {
            let due = self.repo.waking().await?;
            let found = due.len();
            let looks = futures::stream::iter(due).map(|order| self.look(order));
            let failed = looks
                .buffer_unordered(self.repo.config.sweep_parallel)
                .filter_map(|looked| std::future::ready(looked.err()))
                .collect::<Vec<_>>()
                .await;
            if let Some(error) = failed.into_iter().next() {
                return Err(error);
            }
            if found < WAKE_MAX {
                break;
            }
        }
        Ok(())
    }

    async fn look(&self, order: OrderDoc) -> Result<(), Error> {
        metrics::counter!("orders_looks_total", "status" => status_label(order.course.status)).increment(1);
        if order.course.status.is_terminal() {
            return self.settle(order).await;
        }
        // The next look is put off first, so that what hangs below does not hang the sweep.
        let Some(order) = self.tell(order.id, Input::Look).await? else {
            return Ok(());
        };
        match order.course.status {
            OrderStatus::Reserving => match self.ask_hold(&order).await {
                Ok(answer) => self.tell(order.id, hold_input(answer)).await.map(drop),
                Err(fault) => {
                    tracing::debug!(%fault, order = %order.id, "still no hold");
                    Ok(())
                }
            },
            OrderStatus::Expiring | OrderStatus::Paid if !is_to_be_granted(&order) => {
                self.prolong(&order).await;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Asks for the hold to be kept longer, up to the most that one is kept.
    async fn prolong(&self, order: &OrderDoc) {
        let kept = self.repo.ambient.now().since(order.course.since);
        if kept.saturating_add(Duration::from_secs(1)) >= self.repo.config.hold_kept_max() {
            return;
        }
        match self.ask_hold(order).await {
            Ok(HoldAnswer::Held) => {}
            // The payment, when it comes, finds that it cannot be kept, and is paid back.
            Ok(HoldAnswer::Refused { reason }) => tracing::warn!(order = %order.id, ?reason, "a hold is gone"),
            Err(fault) => tracing::debug!(%fault, order = %order.id, "a hold is not prolonged"),
        }
    }

    async fn settle(&self, order: OrderDoc) -> Result<(), Error> {
        let id = order.id;
        self.follow_up(order).await?;
        // Also when nothing was held: it need not be looked at again.
        Ok(self.repo.coupon_settled(id).await?)
    }
}

fn status_label(status: OrderStatus) -> &'static str {
    match status {
        OrderStatus::Reserving => "reserving",
        OrderStatus::AwaitingPayment => "awaiting_payment",
        OrderStatus::Paying => "paying",
        OrderStatus::Expiring => "expiring",
        OrderStatus::Paid => "paid",
        OrderStatus::Refunding => "refunding",
        _ => "over",
    }
}
