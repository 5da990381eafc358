//! Looks after what nobody told of: payments and payouts that are due, what was put aside too long, answers that are remembered long enough.
//! In bounded batches, and again and again until done.

use std::sync::Arc;
use std::time::Duration;

use futures::{StreamExt as _, stream};
use http::HeaderMap;
use kernel::{Fault, PaymentId};
use store::Query;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::domain::request::KEPT;
use crate::error::Error;

/// How many payments are looked after at once: a provider that does not answer must not hold up the others.
const AT_ONCE: usize = 16;

impl App {
    /// Reconciles until `stop`.
    pub(crate) async fn reconcile(self: Arc<Self>, stop: CancellationToken) -> Result<(), Fault> {
        let every = Duration::from_millis(self.config.reconcile.every_ms);
        loop {
            let found = tokio::select! {
                () = stop.cancelled() => return Ok(()),
                found = self.reconcile_once() => found?,
            };
            // A full batch means that more is due.
            if found >= self.config.reconcile.batch_max {
                continue;
            }
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = self.wake.notified() => {}
                () = tokio::time::sleep(every) => {}
            }
        }
    }

    /// Does what is due now, one batch of each kind. Returns the size of the largest batch. What fails is put off and holds up nothing else.
    async fn reconcile_once(&self) -> Result<usize, Error> {
        let (now, most) = (self.now(), self.config.reconcile.batch_max);
        let payments = self.repo.due(&self.repo.payments, (now, most)).await?;
        let paid = stream::iter(&payments).for_each_concurrent(AT_ONCE, |payment| self.look_after(payment.id));
        paid.await;
        let payouts = self.repo.due(&self.repo.payouts, (now, most)).await?;
        let paid_out = stream::iter(&payouts).for_each_concurrent(AT_ONCE, |payout| async {
            if let Err(e) = self.advance_payout(payout.id).await {
                tracing::error!(payout = %payout.id, "put off: {}", Fault::from(e));
                let _ = self.postpone_payout(payout.id).await;
            }
        });
        paid_out.await;
        let wallets = self.biller.sweep(now, most).await?;
        let old = Query::on("created").less_than(now - KEPT).limit(most);
        let old = self.repo.requests.find(old).await?;
        for request in &old {
            self.repo.requests.delete(&request.id).await?;
        }
        Ok(payments.len().max(payouts.len()).max(wallets).max(old.len()))
    }

    async fn look_after(&self, id: PaymentId) {
        let failed = self.advance(id).await.err();
        if let Some(e) = &failed {
            tracing::error!(payment = %id, "put off: {e}");
        }
        let (now, age, pauses) = (self.now(), self.watch_pauses().0, self.failure_pauses());
        let settled = self.repo.change_payment(id, |payment| {
            let due = payment.due_at.is_some_and(|at| at <= now);
            if due && failed.is_some() {
                payment.postpone(now, pauses);
            } else if due && payment.duty(now).is_none() {
                // Nothing is to be done about it any more.
                payment.plan(now, age);
            }
            Ok(Vec::new())
        });
        if let Err(e) = settled.await {
            tracing::error!(payment = %id, "{}", Fault::from(e));
        }
    }

    /// Lets the built-in provider do what it does by itself, until `stop`: settle, and send webhooks to the code that receives all.
    pub(crate) async fn run_test_provider(self: Arc<Self>, stop: CancellationToken) -> Result<(), Fault> {
        let Some(test) = self.test.clone() else {
            stop.cancelled().await;
            return Ok(());
        };
        let every = Duration::from_millis(self.config.reconcile.every_ms);
        loop {
            let receive = |headers: HeaderMap, body: Vec<u8>| {
                let app = self.clone();
                async move { app.receive("test", &headers, &body).await.map_err(Fault::from) }
            };
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                worked = test.work(receive) => { worked?; }
            }
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = test.wake.notified() => {}
                () = tokio::time::sleep(every) => {}
            }
        }
    }
}
