//! Owns what an order was placed for, as it was then: nothing that a seller changes later touches it. Refuses to know
//! where the order stands.

use contracts::ai_model_cards::{Offer, Scope};
use kernel::{AgentId, CardId, Money, UserId};
use serde::{Deserialize, Serialize};

/// Most pieces of one card in one order.
pub(crate) const QUANTITY_MAX: u32 = 100;

/// What was agreed on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Terms {
    pub(crate) buyer_id: UserId,
    pub(crate) seller_id: UserId,
    pub(crate) card_id: CardId,
    pub(crate) revision: u32,
    pub(crate) agent_id: AgentId,
    pub(crate) name: String,
    pub(crate) quantity: u32,
    /// Price of one.
    pub(crate) price: Money,
    /// What a coupon takes off the whole.
    pub(crate) discount: Money,
    /// Code of the coupon.
    pub(crate) coupon: Option<String>,
    pub(crate) scope: Scope,
    pub(crate) message_price: Option<Money>,
}

impl Terms {
    /// Writes down what is offered, for so many pieces and without a coupon. None when the sum is beyond all numbers.
    pub(crate) fn of(offer: Offer, buyer_id: UserId, quantity: u32) -> Option<(Self, Money)> {
        let sum = offer.price.checked_mul(quantity)?;
        let terms = Self {
            buyer_id,
            seller_id: offer.seller_id,
            card_id: offer.card_id,
            revision: offer.revision,
            agent_id: offer.agent_id,
            name: offer.name,
            quantity,
            price: offer.price,
            discount: Money::zero(offer.price.currency),
            coupon: None,
            scope: offer.scope,
            message_price: offer.message_price,
        };
        Some((terms, sum))
    }
}
