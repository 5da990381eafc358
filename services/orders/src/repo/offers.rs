//! Owns what cards were last seen to be offered at, so that orders are taken while ai-model-cards is away. Refuses to be asked
//! while it is there.

use contracts::ai_model_cards::{CardChange, CardEvent, Offer};
use kernel::CardId;
use serde::{Deserialize, Serialize};
use store::{Change, Document, Index, StoreError};

use super::Repo;

/// An offer as it was last seen, kept up by `commerce.card.v1`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OfferDoc {
    pub(crate) offer: Offer,
    pub(crate) on_sale: bool,
}

impl Document for OfferDoc {
    const COLLECTION: &'static str = "offers";
    const INDEXES: &'static [Index] = &[];
    fn id(&self) -> String {
        self.offer.card_id.to_string()
    }
}

impl Repo {
    /// Remembers an offer that ai-model-cards has just made.
    pub(crate) async fn see_offer(&self, mut offer: Offer) -> Result<(), StoreError> {
        // How many are left changes with each hold, and is for the hold to say.
        offer.available = None;
        let seen = OfferDoc { offer, on_sale: true };
        let known = self
            .offers
            .update(seen.id(), |doc| {
                Ok::<_, StoreError>(if doc == seen {
                    Change::Keep(())
                } else {
                    Change::Put(seen.clone(), Vec::new(), ())
                })
            })
            .await?;
        match known {
            Some(()) => Ok(()),
            None => match self.offers.insert(&seen, Vec::new()).await {
                Ok(()) | Err(StoreError::Unique { .. }) => Ok(()),
                Err(e) => Err(e),
            },
        }
    }

    /// Returns the offer that was last seen of a card on sale.
    pub(crate) async fn seen_offer(&self, card: CardId) -> Result<Option<Offer>, StoreError> {
        let seen = self.offers.get(card).await?;
        Ok(seen.filter(|doc| doc.on_sale).map(|doc| doc.offer))
    }

    /// Follows what happens to a card. What was seen of an old revision is forgotten, since a new one is
    /// another agent, and so is what is not sold any more.
    pub(crate) async fn follow_card(&self, event: CardEvent) -> Result<(), StoreError> {
        let follow = |mut doc: OfferDoc| {
            match event.change {
                CardChange::Repriced { price } => doc.offer.price = price,
                CardChange::Suspended { .. } => doc.on_sale = false,
                CardChange::Reinstated => doc.on_sale = true,
                CardChange::Published { .. } | CardChange::Retired | CardChange::Removed => {
                    return Ok(Change::Remove(Vec::new(), ()));
                }
                _ => return Ok(Change::Keep(())),
            }
            Ok::<_, StoreError>(Change::Put(doc, Vec::new(), ()))
        };
        self.offers.update(event.card_id, follow).await.map(drop)
    }
}
