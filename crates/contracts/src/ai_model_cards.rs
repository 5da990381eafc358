//! What ai-model-cards tells the others: cards, their published revisions, and holds of editions.
//!
//! A published revision is immutable and is one agent for ever: whoever bought it keeps just that agent.

use async_trait::async_trait;
use kernel::{AgentId, CardId, Fault, Money, OrderId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::event::{EventBody, Topic, topic};

/// What a buyer may do with an agent; pinned by the order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Scope {
    /// In how many rooms one buyer may use it; absent: in any number.
    #[schema(minimum = 1, maximum = 1000)]
    pub rooms_max: Option<u32>,
    /// Tokens, read and written, that it may use for one buyer in a day (UTC); absent: any number.
    #[schema(minimum = 1)]
    pub tokens_per_day_max: Option<u64>,
}

/// An immutable published revision of a card: all that its agent is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Revision {
    /// The card.
    pub card_id: CardId,
    /// 1, 2, 3 … for each publication.
    pub revision: u32,
    /// The agent that this revision is.
    pub agent_id: AgentId,
    /// Who sells it.
    pub seller_id: UserId,
    /// Name on screen.
    pub name: String,
    /// Unique name for mentions, 3-30 of `[a-z0-9_]`; a revision's own.
    pub handle: String,
    /// What it is good for.
    pub description: String,
    /// Its instructions; seen by its seller, ai-chat-host and moderators alone.
    pub persona: String,
    /// Model, as `/v1/models` names it.
    pub model: String,
    /// 0 to 2, in hundredths: there are no floats where money is.
    pub temperature_percent: u16,
    /// Most tokens of one answer.
    pub max_tokens: u32,
    /// 0 to 100.
    pub talkativeness: u8,
    /// What a buyer may do with it.
    pub scope: Scope,
    /// Price of each message that it writes, on top; absent: none.
    pub message_price: Option<Money>,
    /// When it was published.
    pub published_at: Timestamp,
}

/// What a buyer is offered now: the newest revision at today's price. An order keeps it as it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Offer {
    /// The card.
    pub card_id: CardId,
    /// The revision that is sold.
    pub revision: u32,
    /// Its agent.
    pub agent_id: AgentId,
    /// Who sells it.
    pub seller_id: UserId,
    /// Name on screen.
    pub name: String,
    /// Price of one, tax included; amount 0 for a free card.
    pub price: Money,
    /// Price of each message; absent: none.
    pub message_price: Option<Money>,
    /// What a buyer may do with it.
    pub scope: Scope,
    /// How many may be held now; absent for an unlimited edition.
    pub available: Option<u32>,
}

/// Why no hold was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// Nothing of the edition is left, or it is held by others.
    SoldOut,
    /// The card is not on sale: suspended, retired, or never published.
    NotOnSale,
}

/// What a hold is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HoldRequest {
    /// The order; a hold of the same order is the same hold.
    pub order_id: OrderId,
    /// The card.
    pub card_id: CardId,
    /// Who buys.
    pub buyer_id: UserId,
    /// How many, from 1.
    pub quantity: u32,
    /// When nobody commits or prolongs it until then, it is looked whether the order still stands.
    pub until: Timestamp,
}

/// What came of asking for a hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum HoldAnswer {
    /// The order has it.
    Held,
    /// It has not.
    Refused {
        /// Why.
        reason: Refusal,
    },
    /// The order was paid, and what it held is sold to it.
    Sold,
    /// The order was paid, and nothing was there to be sold to it.
    Missing,
}

/// What other services may ask about cards.
#[async_trait]
pub trait ModelCards: Send + Sync {
    /// Returns what is on offer now; `NotFound` for a card that is not on sale.
    async fn offer(&self, card: CardId) -> Result<Offer, Fault>;
    /// Returns the agent that a person is offered now: that of the newest revision. `NotFound` for a card that is not on sale, or whose
    /// seller a block parts from them.
    async fn agent_for(&self, card: CardId, user: UserId) -> Result<AgentId, Fault>;
    /// Holds editions for an order by one atomic update of the card. Idempotent by order: again, the first answer; a later `until` prolongs it.
    async fn hold(&self, request: HoldRequest) -> Result<HoldAnswer, Fault>;
    /// Returns a published revision, for as long as anybody may hold it; `NotFound` when there is none.
    async fn revision(&self, card: CardId, revision: u32) -> Result<Revision, Fault>;
}

/// Facts about a card, on `commerce.card.v1`, keyed by card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CardEvent {
    /// The card.
    pub card_id: CardId,
    /// Who sells it.
    pub seller_id: UserId,
    /// The card's version after this.
    pub version: u64,
    /// What happened.
    #[serde(flatten)]
    pub change: CardChange,
}

/// What happened to a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum CardChange {
    /// It was begun.
    Drafted,
    /// It waits for a moderator.
    Submitted,
    /// A moderator let it pass.
    Approved,
    /// A moderator sent it back.
    Rejected { reason: String },
    /// A revision is on sale and immutable from now on.
    Published {
        revision: u32,
        agent_id: AgentId,
        price: Money,
    },
    /// It costs something else from now on; orders keep their price.
    Repriced { price: Money },
    /// The edition has another size; absent: unlimited.
    EditionChanged { size: Option<u32> },
    /// A moderator took it off sale: no new holds; what is paid goes on.
    Suspended { reason: String },
    /// A moderator put it back.
    Reinstated,
    /// Its seller took it off sale for good.
    Retired,
    /// It is gone with all its revisions: so is its seller's account, and nobody has bought it.
    Removed,
}

impl EventBody for CardEvent {
    const TOPIC: Topic = topic::CARD;
    const SOURCE: &'static str = "ai-model-cards";
    fn kind(&self) -> &'static str {
        match self.change {
            CardChange::Drafted => "card.drafted",
            CardChange::Submitted => "card.submitted",
            CardChange::Approved => "card.approved",
            CardChange::Rejected { .. } => "card.rejected",
            CardChange::Published { .. } => "card.published",
            CardChange::Repriced { .. } => "card.repriced",
            CardChange::EditionChanged { .. } => "card.edition_changed",
            CardChange::Suspended { .. } => "card.suspended",
            CardChange::Reinstated => "card.reinstated",
            CardChange::Retired => "card.retired",
            CardChange::Removed => "card.removed",
        }
    }
    fn key(&self) -> String {
        self.card_id.to_string()
    }
    fn sequence(&self) -> Option<u64> {
        Some(self.version)
    }
}

/// Facts about a hold, on `commerce.reservation.v1`, keyed by card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReservationEvent {
    /// The card.
    pub card_id: CardId,
    /// For whom.
    pub order_id: OrderId,
    /// How many.
    pub quantity: u32,
    /// What happened.
    #[serde(flatten)]
    pub change: ReservationChange,
}

/// What happened to a hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum ReservationChange {
    /// The order has it.
    Held,
    /// The order does not get it.
    Refused { reason: Refusal },
    /// It is sold.
    Committed,
    /// It was to be sold, and was not there any more.
    Missing,
    /// Others may have it.
    Released,
}

impl EventBody for ReservationEvent {
    const TOPIC: Topic = topic::RESERVATION;
    const SOURCE: &'static str = "ai-model-cards";
    fn kind(&self) -> &'static str {
        match self.change {
            ReservationChange::Held => "reservation.held",
            ReservationChange::Refused { .. } => "reservation.refused",
            ReservationChange::Committed => "reservation.committed",
            ReservationChange::Missing => "reservation.missing",
            ReservationChange::Released => "reservation.released",
        }
    }
    fn key(&self) -> String {
        self.card_id.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads the samples, which are the wire of version 1 for ever, writes them the same, and returns how many kinds they are.
    fn kinds<B: EventBody>(samples: &str) -> usize {
        let samples: Vec<serde_json::Value> = serde_json::from_str(samples).unwrap();
        let mut kinds = std::collections::BTreeSet::new();
        for sample in samples {
            let event: B = serde_json::from_value(sample.clone()).unwrap();
            assert_eq!(serde_json::to_value(&event).unwrap(), sample);
            kinds.insert(event.kind());
        }
        kinds.len()
    }

    #[test]
    fn every_sample_of_version_1_is_read_and_written_the_same() {
        assert_eq!(
            kinds::<CardEvent>(include_str!("../samples/commerce.card.v1.json")),
            11,
            "one of each"
        );
        assert_eq!(
            kinds::<ReservationEvent>(include_str!("../samples/commerce.reservation.v1.json")),
            5,
            "one of each"
        );
    }
}
