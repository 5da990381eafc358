//! Does what is to be done next about a payment, at its provider, until nothing is or the provider does not answer. May run anywhere at once:
//! the provider's keys make each effect one. The ledger is written before the payment says so, since its ids make that one as well.

use kernel::{Money, PaymentId};

use crate::app::App;
use crate::app::complete_order::Correction;
use crate::domain::payment::{Duty, Intent, IntentState, Payment, Purpose, Refund, RefundStatus};
use crate::domain::{ids, ledger};
use crate::error::Error;
use crate::providers::{Movement, ProviderError};

/// Most steps of one run: make, confirm, cancel, each refund, and what came between.
const STEPS_MAX: usize = 24;
/// How often an intent is asked for at once when the provider does not answer.
const CREATE_TRIES: usize = 2;

impl App {
    /// Does what is to be done about a payment. Returns how it stands then.
    pub(crate) async fn advance(&self, id: PaymentId) -> Result<Payment, Error> {
        for _ in 0..STEPS_MAX {
            let payment = self.repo.payment(id).await?;
            let Some(duty) = payment.duty(self.now()) else {
                return Ok(payment);
            };
            if !self.fulfil(&payment, duty).await? {
                break;
            }
        }
        self.repo.payment(id).await
    }

    /// Does one thing. Returns whether to look for the next at once.
    async fn fulfil(&self, payment: &Payment, duty: Duty) -> Result<bool, Error> {
        let provider = match self.providers.of(&payment.provider) {
            Ok(provider) => provider,
            Err(e) => return self.in_vain(payment.id, &e).await,
        };
        let told = match duty {
            Duty::Refund(at) => return self.pay_back(payment, at).await,
            Duty::Create => self.create(payment).await,
            Duty::Watch => provider.retrieve(payment).await,
            Duty::Cancel => provider.cancel(payment).await,
        };
        let intent = match told {
            Ok(intent) => intent,
            Err(ProviderError::Refused(reason)) if duty == Duty::Create => Intent {
                reference: None,
                client_secret: None,
                state: IntentState::Failed { reason },
            },
            Err(e) => return self.in_vain(payment.id, &e).await,
        };
        let after = self.learn(payment.id, &intent).await?;
        if after.open == payment.open && after.status == payment.status && after.reference == payment.reference {
            let pauses = if duty == Duty::Watch {
                self.watch_pauses()
            } else {
                self.failure_pauses()
            };
            self.postpone(payment.id, pauses).await?;
            return Ok(false);
        }
        Ok(true)
    }

    async fn create(&self, payment: &Payment) -> Result<Intent, ProviderError> {
        let provider = self.providers.of(&payment.provider)?;
        let mut told = provider.create_intent(payment).await;
        for _ in 1..CREATE_TRIES {
            // The reply may be what was lost: the same key makes the same intent.
            let Err(ProviderError::Unknown(why)) = &told else { break };
            tracing::debug!(payment = %payment.id, why, "the provider is asked for the same intent again");
            told = provider.create_intent(payment).await;
        }
        told
    }

    /// Takes in what a provider says about an intent, whoever heard it first.
    pub(crate) async fn learn(&self, id: PaymentId, intent: &Intent) -> Result<Payment, Error> {
        if let IntentState::Succeeded { captured } = &intent.state {
            let payment = self.repo.payment(id).await?;
            if payment.captured.is_none() && captured.amount > 0 && !payment.is_strange(intent) {
                self.post_capture(&payment, *captured).await?;
            }
        }
        let (now, age) = (self.now(), self.watch_pauses().0);
        let learnt = self.repo.change_payment(id, |payment| {
            let before = payment.clone();
            let facts = payment.observe(intent);
            if *payment != before {
                payment.plan(now, age);
            }
            Ok(facts)
        });
        learnt.await
    }

    async fn post_capture(&self, payment: &Payment, captured: Money) -> Result<(), Error> {
        let now = self.now();
        let transaction = match payment.purpose {
            Purpose::Order { order_id, attempt, .. } => ledger::capture(order_id, attempt, captured, now)?,
            Purpose::TopUp => ledger::top_up(payment.id, payment.payer_id, captured, now)?,
        };
        self.repo.post(&transaction.through(&payment.provider)).await
    }

    async fn pay_back(&self, payment: &Payment, at: usize) -> Result<bool, Error> {
        let Some(refund) = payment.refunds.get(at) else {
            return Ok(false);
        };
        let provider = self
            .providers
            .of(&payment.provider)
            .map_err(|e| kernel::Fault::internal(e.to_string()))?;
        let key = payment.refund_key(refund);
        match provider.refund(payment, refund).await {
            Ok(movement) => self.learn_refund(payment.id, &key, &movement).await,
            Err(ProviderError::Refused(reason)) => {
                self.learn_refund(payment.id, &key, &Movement::Failed { reason }).await
            }
            Err(e) => {
                count_failure(payment.id, &e);
                let (now, pauses) = (self.now(), self.failure_pauses());
                let postponed = self.repo.change_payment(payment.id, |payment| {
                    payment.postpone_refund(at, now, pauses);
                    Ok(Vec::new())
                });
                postponed.await?;
                // Others may be due.
                Ok(true)
            }
        }
    }

    /// Takes in what a provider says about the refund that was asked for with `key`. Returns whether it is settled.
    pub(crate) async fn learn_refund(&self, id: PaymentId, key: &str, movement: &Movement) -> Result<bool, Error> {
        let payment = self.repo.payment(id).await?;
        let pending = |p: &Payment| {
            let is = |r: &Refund| r.status == RefundStatus::Pending && p.refund_key(r) == key;
            p.refunds.iter().position(is)
        };
        if pending(&payment).is_none() {
            return self.refund_came_back(&payment, key, movement).await;
        }
        if matches!(movement, Movement::Done { .. }) {
            // Which part of the whole it is, is written down before it is posted: one that is refused takes no part.
            let booked = self.repo.change_payment(id, |payment| {
                if let Some(at) = pending(payment) {
                    payment.book_refund(at);
                }
                Ok(Vec::new())
            });
            let booked = booked.await?;
            if let Some(refund) = pending(&booked).and_then(|at| booked.refunds.get(at)) {
                self.post_refund(&booked, refund).await?;
            }
        }
        let (now, age) = (self.now(), self.watch_pauses().0);
        let (watch, failure) = (self.watch_pauses(), self.failure_pauses());
        self.repo
            .change_payment(id, |payment| {
                let Some(at) = pending(payment) else {
                    return Ok(Vec::new());
                };
                Ok(match movement {
                    Movement::Done { .. } => {
                        let facts = payment.refund_done(at);
                        payment.plan(now, age);
                        facts
                    }
                    Movement::UnderWay { reference } => {
                        payment.refund_taken(at, reference);
                        payment.postpone_refund(at, now, watch);
                        Vec::new()
                    }
                    Movement::Failed { reason } => {
                        let facts = payment.refund_refused(at, reason);
                        payment.postpone_refund(at, now, failure);
                        facts
                    }
                })
            })
            .await?;
        Ok(true)
    }

    /// A refund that was done and is in the books may still fail: it is made again.
    async fn refund_came_back(&self, payment: &Payment, key: &str, movement: &Movement) -> Result<bool, Error> {
        let Movement::Failed { reason } = movement else {
            return Ok(false);
        };
        let done = |p: &Payment| {
            let is = |r: &Refund| r.status == RefundStatus::Succeeded && p.refund_key(r) == key;
            p.refunds.iter().position(is)
        };
        if done(payment).is_none() {
            return Ok(false);
        }
        tracing::error!(payment = %payment.id, reason, "a refund that was done has failed, and is made again");
        let (now, failure) = (self.now(), self.failure_pauses());
        let reopened = self.repo.change_payment(payment.id, |payment| {
            if let Some(at) = done(payment) {
                payment.reopen_refund(at);
                payment.postpone_refund(at, now, failure);
            }
            Ok(Vec::new())
        });
        reopened.await.map(|_| true)
    }

    async fn post_refund(&self, payment: &Payment, refund: &Refund) -> Result<(), Error> {
        let Purpose::Order {
            order_id,
            attempt,
            seller_id,
        } = payment.purpose
        else {
            return Ok(());
        };
        let from = payment
            .taken_from(refund.amount, refund.before.unwrap_or_default())
            .ok_or(ledger::Refusal::Unbalanced)?;
        let id = ledger::refund_id(order_id, attempt, refund.refund_id);
        let now = self.now();
        let transaction = ledger::pay_back(id, order_id, (refund.amount, from), now)?;
        self.repo.post(&transaction.through(&payment.provider)).await?;
        if let (Some(refund_id), ledger::PaidBackFrom::Parts { split, .. }) = (refund.refund_id, from) {
            let note = Correction {
                id: ids::credit_note_of(refund_id),
                order_id,
                seller_id,
                refund_id: Some(refund_id),
                split,
            };
            self.credit(payment, note).await?;
        }
        Ok(())
    }

    /// Counts a try in vain. Always false: nothing more can be done now.
    async fn in_vain(&self, id: PaymentId, why: &ProviderError) -> Result<bool, Error> {
        count_failure(id, why);
        self.postpone(id, self.failure_pauses()).await?;
        Ok(false)
    }

    async fn postpone(&self, id: PaymentId, pauses: (std::time::Duration, std::time::Duration)) -> Result<(), Error> {
        let now = self.now();
        let postponed = self.repo.change_payment(id, |payment| {
            payment.postpone(now, pauses);
            Ok(Vec::new())
        });
        postponed.await.map(drop)
    }
}

fn count_failure(id: PaymentId, why: &ProviderError) {
    tracing::warn!(payment = %id, "{why}");
    metrics::counter!("payments_provider_failures_total").increment(1);
}
