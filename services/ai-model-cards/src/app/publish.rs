//! Owns the publication of a card: the handle of the revision is claimed, the card goes on sale with a copy of the revision in the
//! same write, and then the revision is kept for ever. Should the last write be lost, it is made up for from that copy.

use kernel::{AgentId, CardId, UserId};

use crate::app::App;
use crate::domain::card::Card;
use crate::domain::handle::candidates;
use crate::error::Error;
use crate::repo::revisions::RevisionDoc;

/// Returns the newest revision of a card as it is kept.
pub(crate) fn kept(card: &Card) -> Option<RevisionDoc> {
    let published = card.published.as_ref()?;
    Some(RevisionDoc {
        revision: published.revision_of(card),
        category: published.content.category,
        tags: published.content.tags.clone(),
        sample_prompts: published.content.sample_prompts.clone(),
    })
}

impl App {
    /// Puts the approved draft on sale.
    pub(crate) async fn publish(&self, id: CardId, seller: UserId) -> Result<Card, Error> {
        let card = self.repo.cards.get(id).await?.ok_or(Error::NotFound)?;
        Self::require_seller(&card, seller)?;
        let revision = card.next_revision()?;
        // The next revision takes the place of the copy, so the one before must stand by itself.
        self.keep_newest(&card).await?;
        let handle = self.claim_for(&card, revision).await?;
        let agent: AgentId = self.ambient.id();
        let publish = |card: &mut Card, now| {
            Self::require_seller(card, seller)?;
            // Somebody may have published or renamed it since it was looked at.
            if card.next_revision()? != revision || (revision == 1 && card.handle != handle) {
                return Err(crate::domain::card::Refusal::WrongState.into());
            }
            Ok(vec![card.publish(agent, handle.clone(), now)?])
        };
        let card = self.repo.cards.change(id, publish).await?;
        self.keep_newest(&card).await?;
        self.shelf.refresh(id).await;
        Ok(card)
    }

    async fn keep_newest(&self, card: &Card) -> Result<(), Error> {
        match kept(card) {
            Some(newest) => Ok(self.repo.revisions.keep(&newest).await?),
            None => Ok(()),
        }
    }

    async fn claim_for(&self, card: &Card, revision: u32) -> Result<String, Error> {
        for handle in candidates(&card.handle, card.id, revision) {
            // A person may have come to be called so since the card was begun.
            if self.users.by_handle(&handle).await?.is_none() && self.repo.handles.claim(&handle, card.id).await? {
                return Ok(handle);
            }
        }
        Err(Error::HandleTaken)
    }
}
