//! Owns who has which handle. A claim is a document whose id is the handle, so that two cards cannot have one.

use std::sync::Arc;
use std::time::Duration;

use kernel::{Ambient, CardId};
use store::{Change, Collection, Query, Store, StoreError};

use crate::domain::handle::Claim;
use crate::repo::cards::Cards;

/// A claim of a card that is not there is somebody's who died between the two writes, once it is this old.
const ABANDONED_AFTER: Duration = Duration::from_secs(60);
/// Claims of one card that are read at once: its handle, earlier ones, and one for each revision.
const OF_CARD_MAX: usize = 500;

/// The claims.
#[derive(Clone)]
pub(crate) struct Handles {
    docs: Collection<Claim>,
    cards: Cards,
    ambient: Ambient,
}

impl Handles {
    pub(crate) async fn open(store: &Arc<dyn Store>, ambient: Ambient, cards: Cards) -> Result<Self, StoreError> {
        Ok(Self {
            docs: Collection::open(store).await?,
            cards,
            ambient,
        })
    }

    /// Claims a handle for a card. `false` when another card has it; the same claim again is `true`.
    pub(crate) async fn claim(&self, handle: &str, card_id: CardId) -> Result<bool, StoreError> {
        let claim = Claim {
            handle: handle.to_owned(),
            card_id,
            at: self.ambient.now(),
        };
        match self.docs.insert(&claim, Vec::new()).await {
            Err(StoreError::Unique { .. }) => {}
            other => return other.map(|()| true),
        }
        let Some(held) = self.docs.get(handle).await? else {
            return Ok(false);
        };
        if held.card_id == card_id {
            return Ok(true);
        }
        let young = claim.at.since(held.at) < ABANDONED_AFTER;
        if young || self.cards.get(held.card_id).await?.is_some() {
            return Ok(false);
        }
        let take_over = |found: Claim| {
            let same = found.card_id == held.card_id;
            Ok::<_, StoreError>(match same {
                true => Change::Put(claim.clone(), Vec::new(), true),
                false => Change::Keep(false),
            })
        };
        Ok(self.docs.update(handle, take_over).await?.unwrap_or(false))
    }

    /// Gives a handle back, if the card has it.
    pub(crate) async fn release(&self, handle: &str, card_id: CardId) -> Result<(), StoreError> {
        let remove = |found: Claim| {
            Ok::<_, StoreError>(match found.card_id == card_id {
                true => Change::Remove(Vec::new(), ()),
                false => Change::Keep(()),
            })
        };
        self.docs.update(handle, remove).await.map(drop)
    }

    /// Gives all handles of a card back.
    pub(crate) async fn release_all(&self, card_id: CardId) -> Result<(), StoreError> {
        let query = Query::on("card").eq(card_id.to_string()).limit(OF_CARD_MAX);
        for claim in self.docs.find(query).await? {
            self.release(&claim.handle, card_id).await?;
        }
        Ok(())
    }
}
