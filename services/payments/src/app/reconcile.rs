//! Looks after what nobody told of: payments and payouts that are due, what was put aside too long, answers that are remembered long enough.
//! In bounded batches, and again and again until done.

use std::sync::Arc;
use std::time::Duration;

use http::HeaderMap;
use kernel::Fault;
use store::Query;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::domain::request::KEPT;
use crate::error::Error;

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

    /// Does what is due now, one batch of each kind. Returns the size of the largest batch in which all went on.
    async fn reconcile_once(&self) -> Result<usize, Error> {
        let (now, most) = (self.now(), self.config.reconcile.batch_max);
        let payments = self.repo.due(&self.repo.payments, (now, most)).await?;
        for payment in &payments {
            self.advance(payment.id).await?;
            self.settle_schedule(payment.id).await?;
        }
        let payouts = self.repo.due(&self.repo.payouts, (now, most)).await?;
        for payout in &payouts {
            self.advance_payout(payout.id).await?;
        }
        let wallets = self.biller.sweep(now, most).await?;
        let old = self
            .repo
            .requests
            .find(Query::on("created").less_than(now - KEPT).limit(most))
            .await?;
        for request in &old {
            self.repo.requests.delete(&request.id).await?;
        }
        Ok(payments.len().max(payouts.len()).max(wallets).max(old.len()))
    }

    /// A payment that is due still, though nothing is to be done about it, is not due any more.
    async fn settle_schedule(&self, id: kernel::PaymentId) -> Result<(), Error> {
        let (now, age) = (self.now(), self.watch_pauses().0);
        let settled = self.repo.change_payment(id, |payment| {
            if payment.due_at.is_some_and(|at| at <= now) && payment.duty(now).is_none() {
                payment.plan(now, age);
            }
            Ok(Vec::new())
        });
        settled.await.map(drop)
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
