//! Receives what a provider sends: bytes whose signature is checked before anything reads them. A repeated, unordered or unknown notice is
//! harmless.

use contracts::payments::PaymentChange;
use http::HeaderMap;
use kernel::{ErrorCode, Fault, Money};
use store::Query;

use crate::app::App;
use crate::domain::ledger;
use crate::domain::payment::{Payment, Purpose};
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
    async fn dispute(&self, payment: &Payment, (id, amount): (&str, Money), won: Option<bool>) -> Result<(), Error> {
        if won == Some(false) {
            let now = self.now();
            let posted = format!("dispute:{id}");
            let transaction = match payment.purpose {
                Purpose::Order { order_id, .. } => {
                    let gone = payment
                        .refunds
                        .iter()
                        .filter(|r| r.status != crate::domain::payment::RefundStatus::Failed);
                    let from = payment.taken_from(amount, gone.map(|r| r.amount.amount).sum());
                    let from = from.ok_or_else(|| {
                        Fault::new(
                            ErrorCode::Conflict,
                            "payments.dispute_too_large",
                            "More is disputed than came.",
                        )
                    })?;
                    ledger::pay_back(posted, order_id, (amount, from), now)?
                }
                Purpose::TopUp => ledger::take_back_top_up(posted, payment.payer_id, amount, now)?,
            };
            self.repo.post(&transaction.through(&payment.provider)).await?;
        }
        self.repo
            .change_payment(payment.id, |payment| {
                Ok(payment
                    .fact(amount, PaymentChange::Disputed { won })
                    .into_iter()
                    .collect())
            })
            .await?;
        Ok(())
    }
}
