//! Owns what goes back of a payment: each refund once, and never more than came. Pure. Refuses to know who asks.

use std::time::Duration;

use contracts::payments::{PaymentChange, PaymentEvent};
use kernel::{Money, RefundId, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Payment, Purpose, pause};
use crate::domain::ledger::PaidBackFrom;

/// Most refunds of one payment.
const REFUNDS_MAX: usize = 16;

/// Money to go back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Refund {
    /// None: all of it, since the order is not kept.
    pub(crate) refund_id: Option<RefundId>,
    pub(crate) amount: Money,
    /// How much was back before it, once it is in the books: from then on it is never given up.
    pub(crate) before: Option<i64>,
    pub(crate) status: RefundStatus,
    /// The provider's id of it.
    pub(crate) reference: Option<String>,
    /// How often the provider has refused it for good; a part of its key.
    pub(crate) round: u32,
    /// No key of it is older.
    #[serde(default)]
    pub(crate) wanted_at: Timestamp,
    /// When the provider is to be asked next, while it is pending; none: at once.
    #[serde(default)]
    pub(crate) due_at: Option<Timestamp>,
    /// How often it was asked without an end.
    #[serde(default)]
    pub(crate) tries: u32,
}

/// Where a refund stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RefundStatus {
    Pending,
    Succeeded,
    Failed,
}

impl Refund {
    fn is_pending(&self) -> bool {
        self.status == RefundStatus::Pending
    }
}

impl Payment {
    /// Wants money to go back: `refund` says of which refund, none all of it. Once for each. Returns what is to be told at once: that it
    /// cannot be, or is done already.
    pub(crate) fn want_refund(&mut self, refund: Option<(RefundId, Money)>, now: Timestamp) -> Vec<PaymentEvent> {
        let refund_id = refund.map(|(id, _)| id);
        if let Some(known) = self.refunds.iter().find(|r| r.refund_id == refund_id) {
            return match known.status {
                RefundStatus::Succeeded => self.refund_fact(known, None).into_iter().collect(),
                _ => Vec::new(),
            };
        }
        let standing = self.refunds.iter().filter(|r| r.status != RefundStatus::Failed);
        let gone: i64 = standing.map(|r| r.amount.amount).sum::<i64>() + self.disputed_away();
        let captured = self.captured.unwrap_or(Money::zero(self.amount.currency));
        let left = Money {
            amount: captured.amount - gone,
            currency: captured.currency,
        };
        let amount = refund.map_or(left, |(_, amount)| amount);
        let mut wanted = Refund {
            refund_id,
            amount,
            before: None,
            status: RefundStatus::Pending,
            reference: None,
            round: 0,
            wanted_at: now,
            due_at: None,
            tries: 0,
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

    /// Returns which refund is to be asked for now: none waits for another.
    pub(super) fn refund_due(&self, now: Timestamp) -> Option<usize> {
        let is_due = |r: &Refund| r.is_pending() && r.due_at.is_none_or(|at| at <= now);
        self.refunds.iter().position(is_due)
    }

    /// Returns when the next refund is to be asked for.
    pub(super) fn refunds_due(&self, now: Timestamp) -> Option<Timestamp> {
        let pending = self.refunds.iter().filter(|r| r.is_pending());
        pending.map(|r| r.due_at.unwrap_or(now)).min()
    }

    fn pending_refund(&mut self, at: usize) -> Option<&mut Refund> {
        self.refunds.get_mut(at).filter(|r| r.is_pending())
    }

    /// The provider was asked, and it is not over: says when it is asked again, later each time.
    pub(crate) fn postpone_refund(&mut self, at: usize, now: Timestamp, pauses: (Duration, Duration)) {
        if let Some(refund) = self.pending_refund(at) {
            refund.due_at = Some(now + pause(refund.tries, pauses));
            refund.tries = refund.tries.saturating_add(1);
        }
        self.due_at = self.refunds_due(now);
    }

    /// The provider has taken the refund, and will tell.
    pub(crate) fn refund_taken(&mut self, at: usize, reference: &str) {
        if let Some(refund) = self.pending_refund(at).filter(|r| r.reference.is_none()) {
            refund.reference = Some(reference.to_owned());
            refund.tries = 0;
        }
    }

    /// The refund comes into the books: says once and for all which part of the whole it is.
    pub(crate) fn book_refund(&mut self, at: usize) {
        let before = self.taken();
        if let Some(refund) = self.pending_refund(at) {
            refund.before.get_or_insert(before);
        }
    }

    /// The refund is done.
    pub(crate) fn refund_done(&mut self, at: usize) -> Vec<PaymentEvent> {
        let Some(refund) = self.pending_refund(at) else {
            return Vec::new();
        };
        refund.status = RefundStatus::Succeeded;
        let refund = refund.clone();
        self.refund_fact(&refund, None).into_iter().collect()
    }

    /// The provider refuses the refund for good. One of a whole order that is not kept goes on being tried: the money is not ours; the others
    /// hear of it once. One that is in the books goes on as well, and nobody hears of it.
    pub(crate) fn refund_refused(&mut self, at: usize, reason: &str) -> Vec<PaymentEvent> {
        let Some(refund) = self.pending_refund(at) else {
            return Vec::new();
        };
        refund.round = refund.round.saturating_add(1);
        refund.reference = None;
        if refund.before.is_some() {
            return Vec::new();
        }
        if refund.refund_id.is_some() {
            refund.status = RefundStatus::Failed;
        } else if refund.round > 1 {
            return Vec::new();
        }
        let refund = refund.clone();
        self.refund_fact(&refund, Some(reason)).into_iter().collect()
    }

    /// A refund that was done has come back to us: it is made again, under a new key.
    pub(crate) fn reopen_refund(&mut self, at: usize) {
        let done = |r: &&mut Refund| r.status == RefundStatus::Succeeded && r.before.is_some();
        if let Some(refund) = self.refunds.get_mut(at).filter(done) {
            refund.status = RefundStatus::Pending;
            refund.round = refund.round.saturating_add(1);
            refund.reference = None;
            refund.tries = 0;
        }
    }

    /// Returns how much is back by the books: refunds, and disputes that are lost.
    pub(super) fn taken(&self) -> i64 {
        let booked = |r: &&Refund| r.before.is_some() && r.status != RefundStatus::Failed;
        let refunds: i64 = self.refunds.iter().filter(booked).map(|r| r.amount.amount).sum();
        refunds + self.disputed_away()
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
