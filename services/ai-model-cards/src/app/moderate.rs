//! Owns what moderators do with cards. Refuses to know who is a moderator: handlers let nobody else through.

use kernel::CardId;

use crate::app::App;
use crate::domain::card::{Card, Step};
use crate::error::Error;

impl App {
    /// Takes a moderator's step.
    pub(crate) async fn moderate(&self, id: CardId, step: impl Fn(&mut Card) -> Step) -> Result<Card, Error> {
        let card = self.repo.cards.change(id, |card, _| Ok(vec![step(card)?])).await?;
        self.shelf.refresh(id).await;
        Ok(card)
    }
}
