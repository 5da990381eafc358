//! Owns what goes with a person whose account is gone: their drafts, handles of these, reviews. Published cards are retired; their
//! revisions, personas included, stay, since others have bought them and keep just that agent.

use kernel::{Fault, UserId};

use crate::app::App;
use crate::domain::card::{Card, Listing};
use crate::error::Error;

/// Cards or reviews that are read at once.
const CHUNK: usize = 100;

impl App {
    /// Erases a person. Idempotent.
    pub(crate) async fn erase(&self, user: UserId) -> Result<(), Fault> {
        let mut cursor: Option<String> = None;
        loop {
            let page = self.repo.cards.of_seller(user, CHUNK, cursor.as_deref()).await?;
            for card in &page.items {
                self.erase_card(card).await?;
            }
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        loop {
            let reviews = self.repo.reviews.some_by(user, CHUNK).await?;
            if reviews.is_empty() {
                return Ok(());
            }
            for review in reviews {
                self.repo.reviews.remove(&review).await?;
            }
        }
    }

    async fn erase_card(&self, card: &Card) -> Result<(), Error> {
        if card.published.is_none() {
            let removed = self
                .repo
                .cards
                .remove(card.id, |card| Ok(card.require_unpublished()?))
                .await;
            match removed {
                Ok(_) | Err(Error::NotFound) => return Ok(self.repo.handles.release_all(card.id).await?),
                // Published this very moment.
                Err(Error::Refused(_)) => {}
                Err(e) => return Err(e),
            }
        }
        let retire = |card: &mut Card, _| match card.listing {
            Listing::Retired => Ok(Vec::new()),
            _ => Ok(vec![card.retire()?]),
        };
        self.repo.cards.change(card.id, retire).await?;
        self.shelf.refresh(card.id).await;
        Ok(())
    }
}
