//! Owns what moderators do with cards. Refuses to know who is a moderator: handlers let nobody else through.

use chassis::IfMatch;
use kernel::{CardId, Fault, UserId};

use crate::app::App;
use crate::domain::card::{Card, Step};
use crate::error::Error;

/// Cards that are read at once.
const CHUNK: usize = 100;
/// What the seller of a card is told whose account was banned.
const BANNED: &str = "The seller's account was banned.";

impl App {
    /// Takes a moderator's step, if the card is still what they have seen.
    pub(crate) async fn moderate(
        &self,
        id: CardId,
        seen: IfMatch,
        step: impl Fn(&mut Card) -> Step,
    ) -> Result<Card, Error> {
        let decide = |card: &mut Card, _| {
            seen.check(card.version)?;
            Ok(vec![step(card)?])
        };
        let card = self.repo.cards.change(id, decide).await?;
        self.shelf.refresh(id).await;
        Ok(card)
    }

    /// Takes everything that a banned seller sells off sale, until a moderator puts it back. Idempotent.
    pub(crate) async fn suspend_all_of(&self, seller: UserId) -> Result<(), Fault> {
        let suspend = |card: &mut Card, _| match card.is_on_sale() {
            true => Ok(vec![card.suspend(BANNED)?]),
            false => Ok(Vec::new()),
        };
        let mut cursor: Option<String> = None;
        loop {
            let page = self.repo.cards.of_seller(seller, CHUNK, cursor.as_deref()).await?;
            for card in page.items.iter().filter(|card| card.is_on_sale()) {
                match self.repo.cards.change(card.id, suspend).await {
                    Ok(_) | Err(Error::NotFound) => self.shelf.refresh(card.id).await,
                    Err(e) => return Err(e.into()),
                }
            }
            cursor = page.next_cursor;
            if cursor.is_none() {
                return Ok(());
            }
        }
    }
}
