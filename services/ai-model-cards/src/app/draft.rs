//! Owns what sellers do with their cards before and beside publishing. Refuses to know HTTP.

use chassis::IfMatch;
use kernel::{CardId, Fault, Money, UserId};

use crate::app::App;
use crate::domain::card::{Card, Draft, Listing, Stage};
use crate::domain::content::{Content, ContentEdit, MESSAGE_PRICE_MAX, PRICE_MAX, wrong_amount};
use crate::domain::edition::Edition;
use crate::error::Error;

/// A new card.
pub(crate) struct NewCard {
    pub(crate) handle: String,
    pub(crate) content: Content,
    pub(crate) price: Money,
    pub(crate) edition_size: Option<u32>,
}

/// Changes to a card; what is absent stays.
#[derive(Default)]
pub(crate) struct CardEdit {
    pub(crate) handle: Option<String>,
    /// `None` when nothing of it is changed.
    pub(crate) content: Option<ContentEdit>,
    pub(crate) price: Option<Money>,
    pub(crate) edition_size: Option<Option<u32>>,
}

impl App {
    /// Begins a card.
    pub(crate) async fn begin(&self, seller: UserId, new: NewCard) -> Result<Card, Error> {
        self.check_price(Some(new.price))?;
        self.check_message_price(new.content.message_price)?;
        let most = self.config.cards_per_seller_max;
        if self.repo.cards.count_of_seller(seller, most).await? >= most {
            return Err(Error::TooManyCards);
        }
        let (id, now) = (self.ambient.id(), self.ambient.now());
        self.claim(&new.handle, id).await?;
        let card = Card {
            id,
            seller_id: seller,
            handle: new.handle,
            version: 1,
            price: new.price,
            edition: Edition::of(new.edition_size),
            draft: Some(Draft {
                content: new.content,
                stage: Stage::Draft,
            }),
            published: None,
            listing: Listing::Unlisted,
            created_at: now,
            updated_at: now,
            submitted_at: None,
            listed_at: None,
            holds_due: None,
        };
        self.repo.cards.add(&card).await?;
        Ok(card)
    }

    /// Changes a card of one's own: content becomes the (next) draft, price and edition hold at once.
    pub(crate) async fn edit(&self, id: CardId, seller: UserId, seen: IfMatch, edit: &CardEdit) -> Result<Card, Error> {
        self.check_price(edit.price)?;
        let message_price = edit
            .content
            .as_ref()
            .and_then(|content| content.message_price.flatten());
        self.check_message_price(message_price)?;
        let before = self.repo.cards.get(id).await?.ok_or(Error::NotFound)?;
        Self::require_seller(&before, seller)?;
        let renamed = edit.handle.as_ref().filter(|handle| **handle != before.handle);
        if let Some(handle) = renamed {
            before.clone().rename(handle)?;
            self.claim(handle, id).await?;
        }
        let decide = |card: &mut Card, _| {
            Self::require_seller(card, seller)?;
            seen.check(card.version)?;
            let mut changes = Vec::new();
            if let Some(handle) = &edit.handle {
                changes.extend(card.rename(handle)?);
            }
            if let Some(price) = edit.price {
                changes.extend(card.reprice(price)?);
            }
            if let Some(size) = edit.edition_size {
                changes.extend(card.resize(size)?);
            }
            if let Some(content) = &edit.content {
                changes.extend(card.edit(content)?);
            }
            Ok(changes)
        };
        let changed = self.repo.cards.change(id, decide).await;
        if let Some(handle) = renamed {
            // Whichever of the two the card does not have is free again.
            let has = self.repo.cards.get(id).await?.map(|card| card.handle);
            for one in [handle, &before.handle] {
                if has.as_ref() != Some(one) {
                    self.repo.handles.release(one, id).await?;
                }
            }
        }
        let card = changed?;
        self.shelf.refresh(id).await;
        Ok(card)
    }

    /// Removes a card that never was published.
    pub(crate) async fn delete(&self, id: CardId, seller: UserId, seen: IfMatch) -> Result<(), Error> {
        let may = |card: &Card| {
            Self::require_seller(card, seller)?;
            seen.check(card.version)?;
            Ok(card.require_unpublished()?)
        };
        self.repo.cards.remove(id, may).await?;
        Ok(self.repo.handles.release_all(id).await?)
    }

    /// Asks a moderator to look at the draft.
    pub(crate) async fn submit(&self, id: CardId, seller: UserId) -> Result<Card, Error> {
        let submit = |card: &mut Card, now| {
            Self::require_seller(card, seller)?;
            let missing = card.draft.as_ref().map(|d| d.content.missing()).unwrap_or_default();
            if !missing.is_empty() {
                return Err(Error::Incomplete(missing));
            }
            Ok(vec![card.submit(now)?])
        };
        self.repo.cards.change(id, submit).await
    }

    /// Takes a card off sale for good.
    pub(crate) async fn retire(&self, id: CardId, seller: UserId) -> Result<Card, Error> {
        let retire = |card: &mut Card, _| {
            Self::require_seller(card, seller)?;
            Ok(vec![card.retire()?])
        };
        let card = self.repo.cards.change(id, retire).await?;
        self.shelf.refresh(id).await;
        Ok(card)
    }

    async fn claim(&self, handle: &str, card: CardId) -> Result<(), Error> {
        let reserved = self.config.reserved_handles.iter().any(|word| word == handle);
        // Nobody should be able to sell an agent that is mentioned like a person.
        if reserved || self.users.by_handle(handle).await?.is_some() || !self.repo.handles.claim(handle, card).await? {
            return Err(Error::HandleTaken);
        }
        Ok(())
    }

    fn check_price(&self, price: Option<Money>) -> Result<(), Error> {
        let wrong = price.and_then(|price| wrong_amount(price, self.config.currency, 0, PRICE_MAX));
        wrong.map_or(Ok(()), |words| Err(Fault::invalid("price", words).into()))
    }

    fn check_message_price(&self, price: Option<Money>) -> Result<(), Error> {
        let wrong = price.and_then(|price| wrong_amount(price, self.config.currency, 1, MESSAGE_PRICE_MAX));
        wrong.map_or(Ok(()), |words| Err(Fault::invalid("messagePrice", words).into()))
    }
}
