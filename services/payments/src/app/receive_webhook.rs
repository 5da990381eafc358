//! Receives what a provider sends: bytes whose signature is checked before anything reads them. A repeated, unordered or unknown notice is
//! harmless.

use http::HeaderMap;
use kernel::Money;
use store::Query;

use crate::app::App;
use crate::app::complete_order::Correction;
use crate::domain::payment::{Dispute, Payment, Purpose};
use crate::domain::{ids, ledger};
use crate::error::Error;
use crate::providers::Notice;

impl App {
    /// Takes a webhook in. `NotFound` for an unknown provider, `BadWebhook` for one that is not its.
    pub(crate) async fn receive(&self, provider: &str, headers: &HeaderMap, body: &[u8]) -> Result<(), Error> {
        let provider = self.providers.named(provider).ok_or(Error::NotFound)?;
        let outcome = |outcome: &'static str| {
            metrics::counter!("payments_webhooks_total", "provider" => provider.name(), "outcome" => outcome)
                .increment(1);
        };
        let notice = provider.read_webhook(headers, body, self.now()).map_err(|why| {
            outcome("refused");
            tracing::warn!(provider = provider.name(), "a webhook was not accepted: {why}");
            Error::BadWebhook
        })?;
        match self.take_in(provider.name(), notice).await {
            // What it is about is not ours.
            Err(Error::NotFound) | Ok(false) => outcome("nothing"),
            Ok(true) => outcome("taken"),
            Err(e) => return Err(e),
        }
        Ok(())
    }

    async fn take_in(&self, provider: &str, notice: Notice) -> Result<bool, Error> {
        match notice {
            Notice::Intent { payment_id, intent } => {
                let payment = self.repo.payment(payment_id).await?;
                let other = payment.reference.is_some() && payment.reference != intent.reference;
                if payment.provider != provider || other {
                    return Ok(false);
                }
                self.learn(payment_id, &intent).await?;
            }
            Notice::Refund {
                payment_id,
                key,
                movement,
            } => {
                if self.repo.payment(payment_id).await?.provider != provider {
                    return Ok(false);
                }
                self.learn_refund(payment_id, &key, &movement).await?;
            }
            Notice::Dispute {
                id,
                intent,
                amount,
                won,
            } => {
                let found = self.repo.payments.find_one(Query::on("reference").eq(intent)).await?;
                let payment = found.filter(|p| p.provider == provider).ok_or(Error::NotFound)?;
                self.dispute(&payment, (&id, amount), won).await?;
            }
            Notice::Nothing => return Ok(false),
        }
        // What is to be done about it now is the worker's.
        self.wake.notify_one();
        Ok(true)
    }

    /// Tells of a dispute; one that is lost takes the money back from those who had it.
    async fn dispute(&self, payment: &Payment, of: (&str, Money), won: Option<bool>) -> Result<(), Error> {
        let (id, _) = of;
        // Written down before it is posted: which part of the whole it is.
        let written = self.repo.change_payment(payment.id, |payment| {
            payment.dispute(of, won);
            Ok(Vec::new())
        });
        let payment = written.await?;
        let Some(dispute) = payment.disputes.iter().find(|d| d.id == id) else {
            if won != Some(true) {
                tracing::error!(payment = %payment.id, dispute = id, "one dispute too many: it is not in the books");
            }
            return Ok(());
        };
        match dispute.before {
            Some(before) => self.post_dispute(&payment, dispute, before).await?,
            None if dispute.won == Some(false) => {
                tracing::error!(payment = %payment.id, dispute = id, amount = dispute.amount.amount, "a lost dispute is above what is left: it is not in the books");
            }
            None => {}
        }
        let told = self
            .repo
            .change_payment(payment.id, |payment| Ok(payment.tell_dispute(id)));
        told.await.map(drop)
    }

    async fn post_dispute(&self, payment: &Payment, dispute: &Dispute, before: i64) -> Result<(), Error> {
        let (now, posted) = (self.now(), format!("dispute:{}", dispute.id));
        let (amount, provider) = (dispute.amount, &*payment.provider);
        let Purpose::Order { order_id, .. } = payment.purpose else {
            let transaction = ledger::take_back_top_up(posted, payment.payer_id, amount, now)?;
            return self.repo.post(&transaction.through(provider)).await;
        };
        let from = payment.taken_from(amount, before).ok_or(ledger::Refusal::Unbalanced)?;
        let transaction = ledger::pay_back(posted, order_id, (amount, from), now)?;
        self.repo.post(&transaction.through(provider)).await?;
        if let ledger::PaidBackFrom::Parts { seller, split } = from {
            let note = Correction {
                id: ids::credit_note_of_dispute(provider, &dispute.id),
                order_id,
                seller_id: seller,
                refund_id: None,
                split,
            };
            self.credit(payment, note).await?;
        }
        Ok(())
    }
}
