//! What payments tells the others: what became of payments, what the ledger holds, and the billing of messages.

use async_trait::async_trait;
use kernel::{CardId, EntitlementId, Fault, Money, OrderId, PaymentId, RefundId, RunId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::event::{EventBody, Topic, topic};

/// Facts about the payment of an order, on `commerce.payment.v1`, keyed by order. As the provider told it, verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PaymentEvent {
    /// The order.
    pub order_id: OrderId,
    /// The attempt's payment.
    pub payment_id: PaymentId,
    /// Attempt, from 1.
    pub attempt: u32,
    /// What was asked for, captured or paid back.
    pub amount: Money,
    /// What happened.
    #[serde(flatten)]
    pub change: PaymentChange,
}

/// What happened to a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum PaymentChange {
    /// The provider knows it.
    IntentCreated,
    /// The money is there.
    Succeeded,
    /// It was declined; another attempt may be made.
    Failed { reason: String },
    /// It was cancelled, or the provider never heard of it: no money will come.
    Canceled,
    /// It was paid back; `refund_id` when a refund after completion asked for it.
    RefundSucceeded { refund_id: Option<RefundId> },
    /// It could not be paid back.
    RefundFailed {
        refund_id: Option<RefundId>,
        reason: String,
    },
    /// The buyer's bank wants it back; `won` once that is decided.
    Disputed { won: Option<bool> },
}

impl EventBody for PaymentEvent {
    const TOPIC: Topic = topic::PAYMENT;
    const SOURCE: &'static str = "payments";
    fn kind(&self) -> &'static str {
        match self.change {
            PaymentChange::IntentCreated => "payment.intent_created",
            PaymentChange::Succeeded => "payment.succeeded",
            PaymentChange::Failed { .. } => "payment.failed",
            PaymentChange::Canceled => "payment.canceled",
            PaymentChange::RefundSucceeded { .. } => "payment.refund_succeeded",
            PaymentChange::RefundFailed { .. } => "payment.refund_failed",
            PaymentChange::Disputed { .. } => "payment.disputed",
        }
    }
    fn key(&self) -> String {
        self.order_id.to_string()
    }
}

/// A side of a ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(tag = "account", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum LedgerAccount {
    /// What the payment provider holds for the product.
    ProviderClearing,
    /// What buyers have paid for orders that are not completed.
    OrderEscrow,
    /// What the product owes a seller.
    SellerPayable { seller_id: UserId },
    /// What a seller has been paid out.
    SellerPaidOut { seller_id: UserId },
    /// What the product earns.
    PlatformFee,
    /// What is owed to tax authorities.
    TaxPayable,
    /// What a person has prepaid for messages.
    Wallet { user_id: UserId },
}

/// One line of a ledger transaction. Debits are positive, credits negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Posting {
    /// Where.
    #[serde(flatten)]
    pub account: LedgerAccount,
    /// How much.
    pub amount: Money,
}

/// A ledger transaction was posted, on `commerce.ledger.v1`, keyed by transaction. It is immutable; its postings sum to zero per currency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LedgerEvent {
    /// Says what it is of, such as `capture:{order}:{attempt}`: the same thing is posted once.
    pub transaction_id: String,
    /// The order, if it is of one.
    pub order_id: Option<OrderId>,
    /// The lines.
    pub postings: Vec<Posting>,
}

impl EventBody for LedgerEvent {
    const TOPIC: Topic = topic::LEDGER;
    const SOURCE: &'static str = "payments";
    fn kind(&self) -> &'static str {
        "ledger.posted"
    }
    fn key(&self) -> String {
        self.transaction_id.clone()
    }
}

/// A message to be paid for: authorised before it is written, captured when it is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageCharge {
    /// The run that writes it; the same run is charged once.
    pub run_id: RunId,
    /// Who pays.
    pub payer_id: UserId,
    /// Who earns.
    pub seller_id: UserId,
    /// The card.
    pub card_id: CardId,
    /// By which entitlement.
    pub entitlement_id: EntitlementId,
    /// How much.
    pub price: Money,
}

/// Bills messages of agents against what people have prepaid.
#[async_trait]
pub trait Billing: Send + Sync {
    /// Puts the price of a message aside in the payer's wallet. Idempotent by run. `Forbidden` with `payments.no_credit` when there is too little. What
    /// is neither captured nor released within an hour is free again.
    async fn authorise(&self, charge: MessageCharge) -> Result<(), Fault>;
    /// Takes what was put aside; the payer gets a receipt, the seller what is left after the fee. Idempotent by run. What was freed after its
    /// hour is taken from what there is, for a day; `Forbidden` with `payments.no_credit` when that is too little. `Conflict` with
    /// `payments.not_authorised` for what was given back, or never put aside.
    async fn capture(&self, payer: UserId, run: RunId) -> Result<(), Fault>;
    /// Gives back what was put aside: nothing was written. Idempotent by run.
    async fn release(&self, payer: UserId, run: RunId) -> Result<(), Fault>;
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    /// Reads samples and writes them again. They are the wire of version 1 for ever.
    fn round<T: EventBody>(samples: &str) -> Vec<T> {
        let samples: Vec<Value> = serde_json::from_str(samples).unwrap();
        let read = |sample: Value| {
            let event: T = serde_json::from_value(sample.clone()).unwrap();
            assert_eq!(serde_json::to_value(&event).unwrap(), sample);
            event
        };
        samples.into_iter().map(read).collect()
    }

    #[test]
    fn every_sample_of_a_payment_is_read_and_written_the_same() {
        let events: Vec<PaymentEvent> = round(include_str!("../samples/commerce.payment.v1.json"));
        let kinds: BTreeSet<&str> = events.iter().map(EventBody::kind).collect();
        assert_eq!(kinds.len(), 7, "one sample of each");
    }

    #[test]
    fn every_sample_of_the_ledger_is_read_and_written_the_same_and_sums_to_zero() {
        let events: Vec<LedgerEvent> = round(include_str!("../samples/commerce.ledger.v1.json"));
        let accounts: BTreeSet<LedgerAccount> = events.iter().flat_map(|e| &e.postings).map(|p| p.account).collect();
        assert_eq!(accounts.len(), 7, "one sample of each account");
        for event in events {
            assert_eq!(
                event.postings.iter().map(|p| p.amount.amount).sum::<i64>(),
                0,
                "{event:?}"
            );
        }
    }
}
