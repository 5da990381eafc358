//! Owns what nobody else reminds of: orders past their deadline whose timer never came, holds that were not answered,
//! providers that are silent, entitlements and coupons that a crash left open. Each order says itself when it is to be looked at.
//!
//! What needs nobody else is done first and by itself (worker `sweep`); whom ai-model-cards is to be asked about waits in a queue
//! (worker `holds`), so that nothing else hangs when it does.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use contracts::ai_model_cards::HoldAnswer;
use contracts::orders::OrderStatus;
use futures::StreamExt as _;
use kernel::{Fault, OrderId};
use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::App;
use crate::domain::order::Input;
use crate::error::Error;
use crate::repo::orders::{OrderDoc, WAKE_MAX, is_to_be_granted};

/// Looks in a row without a pause, while each finds as many as it may.
const ROUNDS_MAX: usize = 100;
/// Sweeps between two looks at coupons.
const COUPONS_EACH: u32 = 60;
/// Orders that wait for ai-model-cards to be asked about them; others are looked at again later anyway.
const ASKING_MAX: usize = 2_000;

/// Orders about which ai-model-cards is to be asked, each once.
#[derive(Default)]
pub(crate) struct Asking {
    orders: Mutex<BTreeMap<OrderId, OrderDoc>>,
    more: Notify,
}

impl Asking {
    fn add(&self, order: OrderDoc) {
        let mut orders = self.orders.lock();
        if orders.len() < ASKING_MAX {
            orders.insert(order.id, order);
            self.more.notify_one();
        }
    }

    fn take(&self, most: usize) -> Vec<OrderDoc> {
        let mut orders = self.orders.lock();
        std::iter::from_fn(|| orders.pop_first().map(|(_, order)| order))
            .take(most)
            .collect()
    }
}

/// Sweeps until `stop`. One kind of work that fails skips no other.
pub(crate) async fn run(app: Arc<App>, stop: CancellationToken) -> Result<(), Fault> {
    let mut round: u32 = 0;
    loop {
        noted("orders", app.sweep().await);
        noted("refunds", app.sweep_refunds().await);
        noted("keys", app.sweep_keys().await.map_err(Error::from));
        if round.is_multiple_of(COUPONS_EACH) {
            noted("coupons", app.sweep_coupons().await);
        }
        round = round.wrapping_add(1);
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = tokio::time::sleep(app.repo.config.sweep_each()) => {}
        }
    }
}

/// Asks ai-model-cards about the orders that the sweep found, until `stop`.
pub(crate) async fn ask(app: Arc<App>, stop: CancellationToken) -> Result<(), Fault> {
    loop {
        let found = app.asking.take(app.repo.config.sweep_parallel);
        if !found.is_empty() {
            let asked = found.into_iter().map(|order| async {
                let id = order.id;
                noted_of(id, app.ask_cards(order).await);
            });
            futures::future::join_all(asked).await;
            // Cards that hang must not hold up the end: who is left is found again.
            match stop.is_cancelled() {
                true => return Ok(()),
                false => continue,
            }
        }
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = app.asking.more.notified() => {}
        }
    }
}

fn noted(what: &'static str, done: Result<(), Error>) {
    if let Err(error) = done {
        metrics::counter!("orders_sweep_failures_total", "of" => what).increment(1);
        tracing::warn!(%error, what, "not swept; tried again");
    }
}

/// Returns whether it was done.
fn noted_of(order: OrderId, done: Result<(), Error>) -> bool {
    if let Err(error) = &done {
        metrics::counter!("orders_sweep_failures_total", "of" => "order").increment(1);
        tracing::warn!(%order, %error, "not looked at; tried again");
    }
    done.is_ok()
}

impl App {
    /// Looks at every order whose time to be looked at has come.
    pub(crate) async fn sweep(&self) -> Result<(), Error> {
        for _ in 0..ROUNDS_MAX {
            let due = self.repo.waking().await?;
            let found = due.len();
            let looks = futures::stream::iter(due).map(|order| async move {
                let id = order.id;
                noted_of(id, self.look(order).await)
            });
            let done = looks
                .buffer_unordered(self.repo.config.sweep_parallel)
                .filter(|done| std::future::ready(*done))
                .count()
                .await;
            // Those that failed would only be found again.
            if found < WAKE_MAX || done < found {
                break;
            }
        }
        Ok(())
    }

    /// Looks at an order without asking anybody; whom ai-model-cards is to be asked about is queued.
    async fn look(&self, order: OrderDoc) -> Result<(), Error> {
        metrics::counter!("orders_looks_total", "status" => status_label(order.course.status)).increment(1);
        if order.course.status.is_terminal() {
            return self.settle(order).await;
        }
        // The next look is put off first, so that what hangs does not hang the sweep.
        let Some(order) = self.tell(order.id, Input::Look).await? else {
            return Ok(());
        };
        match order.course.status {
            OrderStatus::Reserving => self.asking.add(order),
            OrderStatus::Expiring | OrderStatus::Paid if !is_to_be_granted(&order) => self.asking.add(order),
            _ => {}
        }
        Ok(())
    }

    async fn ask_cards(&self, order: OrderDoc) -> Result<(), Error> {
        match order.course.status {
            OrderStatus::Reserving => match self.ask_hold(&order).await {
                Ok(input) => self.tell(order.id, input).await.map(drop),
                Err(fault) => {
                    tracing::debug!(%fault, order = %order.id, "still no hold");
                    Ok(())
                }
            },
            OrderStatus::Paid => self.ask_for_sale(&order).await,
            _ => {
                self.prolong(&order).await;
                Ok(())
            }
        }
    }

    /// Learns what became of the hold of a paid order whose fact never came: its key may be parked, here or there. The hold is not
    /// prolonged: when its time comes ai-model-cards looks itself, and sells.
    async fn ask_for_sale(&self, order: &OrderDoc) -> Result<(), Error> {
        let input = match self.look_at_hold(order, self.repo.ambient.now()).await {
            Ok(HoldAnswer::Sold) => Input::Committed,
            // A refusal is one for ever.
            Ok(HoldAnswer::Missing | HoldAnswer::Refused { .. }) => Input::CannotKeep,
            Ok(HoldAnswer::Held) => return Ok(()),
            Err(fault) => {
                tracing::debug!(%fault, order = %order.id, "nothing is known of the sale");
                return Ok(());
            }
        };
        self.tell(order.id, input).await.map(drop)
    }

    /// Asks for the hold to be kept longer, up to the most that one is kept.
    async fn prolong(&self, order: &OrderDoc) {
        let now = self.repo.ambient.now();
        let last = order.course.since + self.repo.config.hold_kept_max();
        if now + Duration::from_secs(1) >= last {
            return;
        }
        match self
            .look_at_hold(order, last.min(now + self.repo.config.hold_for()))
            .await
        {
            Ok(HoldAnswer::Held) => {}
            // The payment, when it comes, finds that it cannot be kept, and is paid back.
            Ok(answer) => tracing::warn!(order = %order.id, ?answer, "a hold is gone"),
            Err(fault) => tracing::debug!(%fault, order = %order.id, "a hold is not prolonged"),
        }
    }

    async fn settle(&self, order: OrderDoc) -> Result<(), Error> {
        let order = self.follow_up(order).await?;
        if order.coupon_held {
            return Err(store::StoreError::Busy.into());
        }
        // Also when nothing was held: it need not be looked at again.
        Ok(self.repo.coupon_settled(order.id).await?)
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
