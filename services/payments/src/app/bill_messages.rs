//! Bills messages of agents against what people have prepaid: put aside, taken or given back. Refuses to know orders and providers, so that it
//! can be there before them.

use std::time::Duration;

use async_trait::async_trait;
use contracts::payments::{Billing, MessageCharge};
use kernel::{Fault, RunId, Timestamp, UserId};
use store::{Change, StoreError};

use crate::config::Config;
use crate::domain::ledger;
use crate::domain::receipt::Receipt;
use crate::domain::split::{Rates, Split};
use crate::domain::wallet::{Refusal, Wallet};
use crate::error::Error;
use crate::repo::Repo;

/// Takes, holds and gives back.
pub(crate) struct Biller {
    repo: Repo,
    rates: Rates,
    stale_after: Duration,
}

impl Biller {
    pub(crate) fn new(repo: Repo, config: &Config) -> Self {
        Self {
            repo,
            rates: config.rates(),
            stale_after: config.stale_after(),
        }
    }

    async fn put_aside(&self, charge: &MessageCharge) -> Result<(), Error> {
        if charge.price.amount < 0 {
            return Err(Error::Invalid(Fault::invalid("price", "is negative")));
        }
        if self.repo.receipts.get(charge.run_id).await?.is_some() {
            return Ok(());
        }
        let now = self.repo.ambient.now();
        let wallet = Wallet::new(charge.payer_id);
        let held = self.repo.upsert(&self.repo.wallets, wallet, |wallet| {
            Ok(wallet.authorise(charge, now, self.stale_after)?)
        });
        held.await
    }

    async fn take(&self, payer: UserId, run: RunId) -> Result<(), Error> {
        let begun = self
            .change(payer, |wallet| wallet.begin_capture(run, self.stale_after))
            .await;
        match begun {
            Ok(charge) => self.finish(&charge).await,
            Err(Error::Wallet(Refusal::NotAuthorised)) if self.repo.receipts.get(run).await?.is_some() => Ok(()),
            Err(e) => Err(e),
        }
    }

    /// Books what is being taken and gives the receipt; then it is out of the wallet. Each once.
    async fn finish(&self, charge: &MessageCharge) -> Result<(), Error> {
        let now = self.repo.ambient.now();
        let split = Split::of(charge.price, self.rates).ok_or(ledger::Refusal::Unbalanced)?;
        if charge.price.amount > 0 {
            let transaction = ledger::message(charge.run_id, charge.payer_id, (charge.seller_id, &split), now)?;
            self.repo.post(&transaction).await?;
        }
        let receipt = Receipt {
            charge: charge.clone(),
            payer_id: charge.payer_id,
            tax: split.tax,
            issued_at: now,
        };
        match self.repo.receipts.insert(&receipt, Vec::new()).await {
            Ok(()) | Err(StoreError::Unique { .. }) => {}
            Err(e) => return Err(e.into()),
        }
        self.change(charge.payer_id, |wallet| {
            wallet.finish_capture(charge.run_id, self.stale_after);
            Ok(())
        })
        .await
    }

    async fn give_back(&self, payer: UserId, run: RunId) -> Result<(), Error> {
        if self.repo.receipts.get(run).await?.is_some() {
            return Err(Refusal::Captured.into());
        }
        match self.change(payer, |wallet| wallet.release(run, self.stale_after)).await {
            Err(Error::Wallet(Refusal::NotAuthorised)) => Ok(()),
            other => other,
        }
    }

    /// Gives back what was put aside too long ago, in at most `most` wallets, and finishes what broke off while it was taken.
    pub(crate) async fn sweep(&self, now: Timestamp, most: usize) -> Result<usize, Error> {
        let due = self.repo.due(&self.repo.wallets, (now, most)).await?;
        for wallet in &due {
            if let Err(e) = self.sweep_one(wallet, now).await {
                tracing::error!(wallet = %wallet.user_id, "put off: {e}");
            }
        }
        Ok(due.len())
    }

    async fn sweep_one(&self, wallet: &Wallet, now: Timestamp) -> Result<(), Error> {
        let swept = self.change(wallet.user_id, |w| Ok(w.sweep(now, self.stale_after)));
        for run in swept.await? {
            if let Some(hold) = wallet.holds.iter().find(|h| h.charge.run_id == run) {
                self.finish(&hold.charge).await?;
            }
        }
        Ok(())
    }

    /// Closes the wallet of an account that is gone.
    pub(crate) async fn close(&self, user: UserId) -> Result<(), Error> {
        let wallet = Wallet::new(user);
        let closed = self.repo.upsert(&self.repo.wallets, wallet, |wallet| {
            wallet.close(self.stale_after);
            Ok(())
        });
        closed.await
    }

    async fn change<R>(&self, user: UserId, step: impl Fn(&mut Wallet) -> Result<R, Refusal>) -> Result<R, Error> {
        let done = self.repo.wallets.update(user, |before| {
            let mut wallet = before.clone();
            let answer = step(&mut wallet)?;
            Ok::<_, Error>(if wallet == before {
                Change::Keep(answer)
            } else {
                Change::Put(wallet, Vec::new(), answer)
            })
        });
        done.await?.ok_or(Error::Wallet(Refusal::NotAuthorised))
    }
}

#[async_trait]
impl Billing for Biller {
    async fn authorise(&self, charge: MessageCharge) -> Result<(), Fault> {
        Ok(self.put_aside(&charge).await?)
    }
    async fn capture(&self, payer: UserId, run: RunId) -> Result<(), Fault> {
        Ok(self.take(payer, run).await?)
    }
    async fn release(&self, payer: UserId, run: RunId) -> Result<(), Fault> {
        Ok(self.give_back(payer, run).await?)
    }
}
