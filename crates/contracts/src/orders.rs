//! What orders tells the others: orders on their way, and what buyers are entitled to.

use async_trait::async_trait;
use kernel::{AgentId, CardId, EntitlementId, Fault, Money, OrderId, RefundId, RoomId, RunId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ai_model_cards::{Refusal, Scope};
use crate::event::{EventBody, Topic, topic};

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    /// It waits for a hold of the edition.
    Reserving,
    /// The buyer may pay, until the deadline.
    AwaitingPayment,
    /// A payment is under way.
    Paying,
    /// Its time is over or it was cancelled, and the provider is asked to cancel the payment.
    Expiring,
    /// The money is there; the hold and the entitlement are not yet.
    Paid,
    /// The money goes back, since the order cannot be kept.
    Refunding,
    /// Over: bought.
    Completed,
    /// Over: there was no edition to hold.
    Rejected,
    /// Over: not paid in time.
    Expired,
    /// Over: the buyer took it back.
    Cancelled,
    /// Over: paid, not to be had, paid back.
    Refunded,
}

impl OrderStatus {
    /// Tells whether nothing leads out of it.
    pub const fn is_terminal(self) -> bool {
        matches!(
            self,
            Self::Completed | Self::Rejected | Self::Expired | Self::Cancelled | Self::Refunded
        )
    }
}

/// Facts about an order, on `commerce.order.v1`, keyed by order. Each carries what nobody should have to ask for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OrderEvent {
    /// Which.
    pub order_id: OrderId,
    /// Who buys.
    pub buyer_id: UserId,
    /// Who sells.
    pub seller_id: UserId,
    /// What.
    pub card_id: CardId,
    /// The pinned revision.
    pub revision: u32,
    /// How many.
    pub quantity: u32,
    /// What is to be paid, tax included, after coupons.
    pub total: Money,
    /// The order's version after this.
    pub version: u64,
    /// What happened.
    #[serde(flatten)]
    pub change: OrderChange,
}

/// What happened to an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum OrderChange {
    /// It asks for a hold, which need not be kept longer than `hold_until`.
    Created { hold_until: Timestamp },
    /// It may be paid until the deadline; also after a payment that failed.
    AwaitingPayment { deadline: Timestamp },
    /// Attempt `attempt`, from 1, to pay is under way.
    Paying { attempt: u32 },
    /// The provider is to cancel the payment of this attempt.
    Expiring { attempt: u32 },
    /// Attempt `attempt` was paid (0: there was nothing to pay); the hold is to be committed.
    Paid { attempt: u32 },
    /// The payment of this attempt is to be paid back in full: the order cannot be kept.
    Refunding { attempt: u32 },
    /// A payment came that the order does not want any more (late, second, or of a wrong amount): it is to be paid back in full. The order's status
    /// does not change.
    RefundDue { attempt: u32 },
    /// Over: bought.
    Completed {
        attempt: u32,
        entitlement_id: EntitlementId,
    },
    /// Over: no hold.
    Rejected { reason: Refusal },
    /// Over: its time was over.
    Expired,
    /// Over: taken back.
    Cancelled,
    /// Over: paid back.
    Refunded,
    /// A refund after completion is to be paid: `amount` of the payment of `attempt`.
    RefundRequested {
        refund_id: RefundId,
        attempt: u32,
        amount: Money,
    },
    /// That refund is done; the entitlement is revoked.
    RefundCompleted { refund_id: RefundId, amount: Money },
    /// That refund could not be paid.
    RefundFailed { refund_id: RefundId },
}

impl EventBody for OrderEvent {
    const TOPIC: Topic = topic::ORDER;
    const SOURCE: &'static str = "orders";
    fn kind(&self) -> &'static str {
        match self.change {
            OrderChange::Created { .. } => "order.created",
            OrderChange::AwaitingPayment { .. } => "order.awaiting_payment",
            OrderChange::Paying { .. } => "order.paying",
            OrderChange::Expiring { .. } => "order.expiring",
            OrderChange::Paid { .. } => "order.paid",
            OrderChange::Refunding { .. } => "order.refunding",
            OrderChange::RefundDue { .. } => "order.refund_due",
            OrderChange::Completed { .. } => "order.completed",
            OrderChange::Rejected { .. } => "order.rejected",
            OrderChange::Expired => "order.expired",
            OrderChange::Cancelled => "order.cancelled",
            OrderChange::Refunded => "order.refunded",
            OrderChange::RefundRequested { .. } => "order.refund_requested",
            OrderChange::RefundCompleted { .. } => "order.refund_completed",
            OrderChange::RefundFailed { .. } => "order.refund_failed",
        }
    }
    fn key(&self) -> String {
        self.order_id.to_string()
    }
    fn sequence(&self) -> Option<u64> {
        Some(self.version)
    }
}

/// What a buyer may use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Entitlement {
    /// Which.
    pub id: EntitlementId,
    /// Who may.
    pub buyer_id: UserId,
    /// By which order.
    pub order_id: OrderId,
    /// The card.
    pub card_id: CardId,
    /// Its revision.
    pub revision: u32,
    /// The agent that the revision is.
    pub agent_id: AgentId,
    /// Who sold it.
    pub seller_id: UserId,
    /// How many were bought.
    pub quantity: u32,
    /// What it allows.
    pub scope: Scope,
    /// Price of each message, as it was at the purchase: never more.
    pub message_price: Option<Money>,
    /// Whether it counts now.
    pub status: EntitlementStatus,
    /// Since when.
    pub granted_at: Timestamp,
}

/// Whether an entitlement counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EntitlementStatus {
    /// It does.
    Active,
    /// Not until it is decided, such as a dispute of the payment.
    Suspended,
    /// Never again.
    Revoked,
}

/// Facts about an entitlement, on `commerce.entitlement.v1`, keyed by buyer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EntitlementEvent {
    /// Which.
    pub entitlement_id: EntitlementId,
    /// Who.
    pub buyer_id: UserId,
    /// By which order.
    pub order_id: OrderId,
    /// The card.
    pub card_id: CardId,
    /// Its revision.
    pub revision: u32,
    /// Its agent.
    pub agent_id: AgentId,
    /// The entitlement's version after this.
    pub version: u64,
    /// Whether it counts now: `active` = granted (again).
    pub status: EntitlementStatus,
}

impl EventBody for EntitlementEvent {
    const TOPIC: Topic = topic::ENTITLEMENT;
    const SOURCE: &'static str = "orders";
    fn kind(&self) -> &'static str {
        match self.status {
            EntitlementStatus::Active => "entitlement.granted",
            EntitlementStatus::Suspended => "entitlement.suspended",
            EntitlementStatus::Revoked => "entitlement.revoked",
        }
    }
    fn key(&self) -> String {
        self.buyer_id.to_string()
    }
    fn sequence(&self) -> Option<u64> {
        Some(self.version)
    }
}

/// What payments needs to know to take the money of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Payable {
    /// The order.
    pub order_id: OrderId,
    /// Who pays.
    pub buyer_id: UserId,
    /// Who sells.
    pub seller_id: UserId,
    /// The attempt that begins, from 1. Provider key: order and attempt.
    pub attempt: u32,
    /// What is to be paid.
    pub total: Money,
    /// What it is for, for the buyer's eyes.
    pub description: String,
    /// Until when it is to be paid.
    pub deadline: Timestamp,
}

/// Where an order stands, for services.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Standing {
    /// Where it stands.
    pub status: OrderStatus,
    /// Attempts to pay so far.
    pub attempt: u32,
    /// Whether its hold is still to be kept: not for ever, when the provider does not say whether it was paid. Who pays after that may be paid back.
    #[serde(default = "keeps_hold")]
    pub keeps_hold: bool,
}

/// What an orders service of before meant by saying nothing about it.
const fn keeps_hold() -> bool {
    true
}

/// What payments and ai-model-cards may ask about orders.
#[async_trait]
pub trait Orders: Send + Sync {
    /// Takes an order from `awaiting_payment` to `paying` for its buyer. `NotFound` for strangers, `Conflict`
    /// (`orders.payment_under_way`, `orders.not_payable`, `orders.too_many_attempts`) otherwise. Not idempotent.
    async fn begin_payment(&self, buyer: UserId, order: OrderId) -> Result<Payable, Fault>;
    /// Returns where an order stands; none when there is no such order.
    async fn standing(&self, order: OrderId) -> Result<Option<Standing>, Fault>;
}

/// What others may ask about what people have bought.
#[async_trait]
pub trait Entitlements: Send + Sync {
    /// Returns an active entitlement of a person to an agent; none when there is none. Sellers hold none of their own cards by this.
    async fn entitlement(&self, user: UserId, agent: AgentId) -> Result<Option<Entitlement>, Fault>;
    /// Returns the agents that a person holds active entitlements to, the latest first, at most 200.
    async fn agents_of(&self, user: UserId) -> Result<Vec<AgentId>, Fault>;
    /// Tells whether a person holds an active entitlement to any revision of a card.
    async fn holds(&self, user: UserId, card: CardId) -> Result<bool, Fault>;
    /// Lets an agent speak in a room by an entitlement, counting the room against its scope. `Forbidden` with `entitlement.none`,
    /// `entitlement.rooms` or `entitlement.tokens`. Idempotent.
    async fn admit(&self, user: UserId, agent: AgentId, room: RoomId) -> Result<Entitlement, Fault>;
    /// An agent left a room (none: all did, since the room is gone): the room counts against no scope of its buyers any more. Idempotent.
    async fn leave(&self, agent: Option<AgentId>, room: RoomId) -> Result<(), Fault>;
    /// Counts tokens that a run used against the scope's day. Idempotent by run for as long as 64 later runs have not been counted.
    async fn used(&self, entitlement: EntitlementId, run: RunId, tokens: u64) -> Result<(), Fault>;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The samples are the wire of version 1 for ever: what was written once must be readable by every later version.
    #[test]
    fn every_sample_of_orders_is_read_and_written_the_same() {
        let samples: Vec<serde_json::Value> =
            serde_json::from_str(include_str!("../samples/commerce.order.v1.json")).unwrap();
        let mut kinds = std::collections::BTreeSet::new();
        for sample in samples {
            let event: OrderEvent = serde_json::from_value(sample.clone()).unwrap();
            assert_eq!(serde_json::to_value(&event).unwrap(), sample);
            kinds.insert(event.kind());
        }
        assert_eq!(kinds.len(), 15, "one sample of each");
    }

    #[test]
    fn every_sample_of_entitlements_is_read_and_written_the_same() {
        let samples: Vec<serde_json::Value> =
            serde_json::from_str(include_str!("../samples/commerce.entitlement.v1.json")).unwrap();
        let mut kinds = std::collections::BTreeSet::new();
        for sample in samples {
            let event: EntitlementEvent = serde_json::from_value(sample.clone()).unwrap();
            assert_eq!(serde_json::to_value(&event).unwrap(), sample);
            kinds.insert(event.kind());
        }
        assert_eq!(kinds.len(), 3, "one sample of each");
    }
}
