//! Owns what goes with a person whose account is gone: their reviews, and their cards with revisions and handles. Of a card that
//! somebody has bought everything stays, personas included, off sale: they keep just that agent.

use kernel::{Fault, UserId};

use crate::app::App;
use crate::domain::card::{Card, Listing, Refusal};
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

    /// Removes a card with all its revisions, unless somebody has bought it or is about to: then it is off sale, and stays for them.
    /// The card goes last, so that what a dead process left half done is found again.
    async fn erase_card(&self, card: &Card) -> Result<(), Error> {
        let id = card.id;
        let retire = |card: &mut Card, _| match card.listing {
            Listing::OnSale | Listing::Suspended { .. } => Ok(vec![card.retire()?]),
            Listing::Unlisted | Listing::Retired => Ok(Vec::new()),
        };
        let card = match self.repo.cards.change(id, retire).await {
            Err(Error::NotFound) => return Ok(self.repo.handles.release_all(id).await?),
            other => other?,
        };
        if card.edition.is_touched() || self.repo.reservations.are_wanted(id).await? {
            self.shelf.refresh(id).await;
            return Ok(());
        }
        self.repo.revisions.remove_of(id).await?;
        self.repo.tallies.remove(id).await?;
        self.repo.handles.release_all(id).await?;
        // Published this very moment: it is begun again.
        let may = |card: &Card| match card.is_on_sale() {
            true => Err(Refusal::WrongState.into()),
            false => Ok(()),
        };
        match self.repo.cards.remove(id, may).await {
            Ok(_) | Err(Error::NotFound) => {}
            Err(e) => return Err(e),
        }
        self.shelf.refresh(id).await;
        Ok(())
    }
}
