//! Pays a seller out: set aside, sent, booked; or given back. Each step can be begun again.

use kernel::{Fault, Money, PayoutId, UserId};
use store::{Change, StoreError};

use crate::app::App;
use crate::domain::account::SellerAccount;
use crate::domain::payout::{Payout, PayoutStatus};
use crate::domain::request::LEASE;
use crate::domain::{ids, ledger};
use crate::error::Error;
use crate::providers::{Movement, PayoutAsk, ProviderError};

/// Most steps of one run.
const STEPS_MAX: usize = 4;

impl App {
    /// Pays out for the request `request`; the same request again goes on with it. Fails when there is not so much.
    pub(crate) async fn pay_out(
        &self,
        seller: UserId,
        (amount, destination): (Money, Option<String>),
        request: String,
    ) -> Result<Payout, Error> {
        let provider = self.providers.first()?;
        provider
            .check_destination(destination.as_deref())
            .map_err(|words| Error::Invalid(Fault::invalid("destination", words)))?;
        if amount.amount < self.config.payout_min {
            let words = format!("is at least {}", self.config.payout_min);
            return Err(Error::Invalid(Fault::invalid("amount.amount", words)));
        }
        let payout = Payout {
            id: ids::payout_of(&request),
            seller_id: seller,
            provider: provider.name().to_owned(),
            destination,
            amount,
            status: PayoutStatus::Requested,
            reference: None,
            reason: None,
            created_at: self.now(),
            // The worker leaves it alone while this request is at it.
            due_at: Some(self.now() + LEASE),
            tries: 0,
        };
        match self.repo.payouts.insert(&payout, Vec::new()).await {
            Ok(()) | Err(StoreError::Unique { .. }) => {}
            Err(e) => return Err(e.into()),
        }
        match self.set_aside(&payout).await {
            Err(Error::Account(refusal)) => {
                // Nothing was taken: it is as if it had not been asked for.
                let forgotten = self.repo.payouts.update(payout.id, |p| {
                    Ok::<_, Error>(match p.status {
                        PayoutStatus::Requested => Change::Remove(Vec::new(), ()),
                        _ => Change::Keep(()),
                    })
                });
                forgotten.await?;
                Err(refusal.into())
            }
            Err(e) => Err(e),
            Ok(()) => self.advance_payout(payout.id).await,
        }
    }

    /// Does what is to be done about a payout. Returns how it stands then.
    pub(crate) async fn advance_payout(&self, id: PayoutId) -> Result<Payout, Error> {
        for _ in 0..STEPS_MAX {
            let payout = self.repo.payouts.get(id).await?.ok_or(Error::NotFound)?;
            let went_on = match payout.status {
                PayoutStatus::Requested => self.begin_payout(&payout).await?,
                PayoutStatus::Sending => self.send_payout(&payout).await?,
                PayoutStatus::Returning => {
                    self.give_back(&payout).await?;
                    self.step_payout(id, |p, now| p.step(PayoutStatus::Failed, now)).await?;
                    true
                }
                PayoutStatus::Paid | PayoutStatus::Failed => return Ok(payout),
            };
            if !went_on {
                break;
            }
        }
        self.repo.payouts.get(id).await?.ok_or(Error::NotFound)
    }

    /// Sets the money of a payout aside, in the one write of the seller's account; nothing when it is on its way already.
    async fn set_aside(&self, payout: &Payout) -> Result<(), Error> {
        let known = self.repo.payouts.get(payout.id).await?;
        if known.is_some_and(|p| p.status != PayoutStatus::Requested) {
            return Ok(());
        }
        let account = SellerAccount::new(payout.seller_id, payout.amount.currency);
        let held = self.repo.upsert(&self.repo.accounts, account, |a| {
            Ok(a.hold(payout.id, payout.amount.amount)?)
        });
        held.await?;
        self.step_payout(payout.id, |p, now| {
            if p.status == PayoutStatus::Requested {
                p.step(PayoutStatus::Sending, now);
            }
        })
        .await
    }

    /// Goes on with one that broke off before its money was set aside.
    async fn begin_payout(&self, payout: &Payout) -> Result<bool, Error> {
        match self.set_aside(payout).await {
            Err(Error::Account(refusal)) => {
                self.step_payout(payout.id, |p, now| {
                    p.reason = Some(refusal.to_string());
                    p.step(PayoutStatus::Failed, now);
                })
                .await?;
            }
            other => other?,
        }
        Ok(true)
    }

    async fn send_payout(&self, payout: &Payout) -> Result<bool, Error> {
        let key = format!("payout:{}", payout.id);
        let ask = PayoutAsk {
            key: &key,
            seller_id: payout.seller_id,
            destination: payout.destination.as_deref(),
            amount: payout.amount,
            since: payout.created_at,
        };
        let sent = match self.providers.of(&payout.provider) {
            Ok(provider) => provider.payout(ask).await,
            Err(e) => Err(e),
        };
        match sent {
            Ok(Movement::Done { reference } | Movement::UnderWay { reference }) => {
                let transaction = ledger::payout(payout.id, payout.seller_id, payout.amount, self.now())?;
                self.repo.post(&transaction.through(&payout.provider)).await?;
                self.step_sending(payout.id, |p, now| {
                    p.reference = Some(reference.clone());
                    p.step(PayoutStatus::Paid, now);
                })
                .await?;
                Ok(true)
            }
            Ok(Movement::Failed { reason }) | Err(ProviderError::Refused(reason)) => {
                self.step_sending(payout.id, |p, now| {
                    p.reason = Some(reason.clone());
                    p.step(PayoutStatus::Returning, now);
                })
                .await?;
                Ok(true)
            }
            Err(why) => {
                tracing::warn!(payout = %payout.id, "{why}");
                self.postpone_payout(payout.id).await?;
                Ok(false)
            }
        }
    }

    /// Says when a payout that is not over is to be tried again.
    pub(crate) async fn postpone_payout(&self, id: PayoutId) -> Result<(), Error> {
        let (first, most) = self.failure_pauses();
        self.step_payout(id, |p, now| {
            if !p.is_over() {
                p.due_at = Some(now + first.saturating_mul(1 << p.tries.min(20)).min(most));
                p.tries = p.tries.saturating_add(1);
            }
        })
        .await
    }

    /// Steps only from where the provider is asked: somebody else may have had its answer first.
    async fn step_sending(&self, id: PayoutId, step: impl Fn(&mut Payout, kernel::Timestamp)) -> Result<(), Error> {
        let guarded = |p: &mut Payout, now| {
            if p.status == PayoutStatus::Sending {
                step(p, now);
            }
        };
        self.step_payout(id, guarded).await
    }

    async fn give_back(&self, payout: &Payout) -> Result<(), Error> {
        let account = SellerAccount::new(payout.seller_id, payout.amount.currency);
        let given = self.repo.upsert(&self.repo.accounts, account, |a| {
            a.give_back(payout.id);
            Ok(())
        });
        given.await
    }

    async fn step_payout(&self, id: PayoutId, step: impl Fn(&mut Payout, kernel::Timestamp)) -> Result<(), Error> {
        let now = self.now();
        let done = self.repo.payouts.update(id, |mut payout| {
            step(&mut payout, now);
            Ok::<_, Error>(Change::Put(payout, Vec::new(), ()))
        });
        done.await?.ok_or(Error::NotFound)
    }
}
