//! Owns what goes back of a payment: each refund once, and never more than came. Pure. Refuses to know who asks.

use contracts::payments::{PaymentChange, PaymentEvent};
use kernel::{Money, RefundId};

use super::{Payment, Purpose, REFUNDS_MAX, Refund, RefundStatus};
use crate::domain::ledger::PaidBackFrom;

impl Payment {
    /// Wants money to go back: `refund` says of which refund, none all of it. Once for each. Returns what is to be told at once: that it
    /// cannot be, or is done already.
    pub(crate) fn want_refund(&mut self, refund: Option<(RefundId, Money)>) -> Vec<PaymentEvent> {
        let refund_id = refund.map(|(id, _)| id);
        if let Some(known) = self.refunds.iter().find(|r| r.refund_id == refund_id) {
            return match known.status {
                RefundStatus::Succeeded => self.refund_fact(known, None).into_iter().collect(),
                _ => Vec::new(),
            };
        }
        let gone: i64 = self
            .refunds
            .iter()
            .filter(|r| r.status != RefundStatus::Failed)
            .map(|r| r.amount.amount)
            .sum();
        let captured = self.captured.unwrap_or(Money::zero(self.amount.currency));
        let left = Money {
            amount: captured.amount - gone,
            currency: captured.currency,
        };
        let amount = refund.map_or(left, |(_, amount)| amount);
        let mut wanted = Refund {
            refund_id,
            amount,
            before: gone,
            status: RefundStatus::Pending,
            reference: None,
            round: 0,
        };
        let fits = amount.currency == left.currency && amount.amount > 0 && amount.amount <= left.amount;
        if !fits || self.refunds.len() >= REFUNDS_MAX {
            wanted.status = RefundStatus::Failed;
            let why = if fits {
                "There are too many refunds of this payment."
            } else {
                "There is not so much left to pay back."
            };
            return self.refund_fact(&wanted, Some(why)).into_iter().collect();
        }
        self.refunds.push(wanted);
        Vec::new()
    }

    /// Returns the key that makes the refund at `at` one at the provider.
    pub(crate) fn refund_key(&self, refund: &Refund) -> String {
        let which = refund.refund_id.map_or_else(|| "full".to_owned(), |id| id.to_string());
        format!("refund:{}:{which}:{}", self.id, refund.round)
    }

    /// The provider has taken the refund, and will tell.
    pub(crate) fn refund_taken(&mut self, at: usize, reference: &str) {
        if let Some(refund) = self.refunds.get_mut(at).filter(|r| r.status == RefundStatus::Pending) {
            refund.reference = Some(reference.to_owned());
        }
    }

    /// The refund is done.
    pub(crate) fn refund_done(&mut self, at: usize) -> Vec<PaymentEvent> {
        let Some(refund) = self.refunds.get_mut(at).filter(|r| r.status == RefundStatus::Pending) else {
            return Vec::new();
        };
        refund.status = RefundStatus::Succeeded;
        let refund = refund.clone();
        self.refund_fact(&refund, None).into_iter().collect()
    }

    /// The provider refuses the refund for good. One of a whole order that is not kept goes on being tried: the money is not ours; the others
    /// hear of it once.
    pub(crate) fn refund_refused(&mut self, at: usize, reason: &str) -> Vec<PaymentEvent> {
        let Some(refund) = self.refunds.get_mut(at).filter(|r| r.status == RefundStatus::Pending) else {
            return Vec::new();
        };
        refund.round = refund.round.saturating_add(1);
        refund.reference = None;
        if refund.refund_id.is_some() {
            refund.status = RefundStatus::Failed;
        } else if refund.round > 1 {
            return Vec::new();
        }
        let refund = refund.clone();
        self.refund_fact(&refund, Some(reason)).into_iter().collect()
    }

    /// Returns from whom a refund, or a lost dispute, is taken. None when there is not so much.
    pub(crate) fn taken_from(&self, amount: Money, before: i64) -> Option<PaidBackFrom> {
        match (self.split, self.purpose) {
            (Some(split), Purpose::Order { seller_id, .. }) => Some(PaidBackFrom::Parts {
                seller: seller_id,
                split: split.part(before, amount.amount)?,
            }),
            _ => Some(PaidBackFrom::Escrow),
        }
    }

    fn refund_fact(&self, refund: &Refund, refused: Option<&str>) -> Option<PaymentEvent> {
        let refund_id = refund.refund_id;
        let change = match refused {
            None => PaymentChange::RefundSucceeded { refund_id },
            Some(reason) => PaymentChange::RefundFailed {
                refund_id,
                reason: reason.to_owned(),
            },
        };
        self.fact(refund.amount, change)
    }
}
