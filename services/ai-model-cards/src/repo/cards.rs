//! Owns the cards in the store: each write waits its turn, and carries the events of what it changed.

use std::sync::Arc;

use contracts::Event;
use contracts::ai_model_cards::CardChange;
use kernel::{Ambient, CardId, Fault, Page, Timestamp, UserId};
use store::{Change, Collection, Key, Query, RawDocument, Store, StoreError, Turns, Write};

use crate::domain::card::Card;
use crate::error::Error;

/// The cards.
#[derive(Clone)]
pub(crate) struct Cards {
    docs: Collection<Card>,
    turns: Turns,
    ambient: Ambient,
}

impl Cards {
    pub(crate) async fn open(store: &Arc<dyn Store>, ambient: Ambient, turns: Turns) -> Result<Self, StoreError> {
        Ok(Self {
            docs: Collection::open(store).await?,
            turns,
            ambient,
        })
    }

    pub(crate) async fn get(&self, id: CardId) -> Result<Option<Card>, StoreError> {
        self.docs.get(id).await
    }

    pub(crate) async fn get_many(&self, ids: &[CardId]) -> Result<Vec<Card>, StoreError> {
        let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
        self.docs.get_many(&ids).await
    }

    pub(crate) async fn add(&self, card: &Card) -> Result<(), Fault> {
        let event = Event::new(&self.ambient, &card.event(card.version, CardChange::Drafted))?;
        Ok(self.docs.insert(card, vec![event]).await?)
    }

    /// Lets people's changes be decided on and writes them with their events. `NotFound` when there is no such card.
    pub(crate) async fn change(
        &self,
        id: CardId,
        decide: impl Fn(&mut Card, Timestamp) -> Result<Vec<CardChange>, Error>,
    ) -> Result<Card, Error> {
        let now = self.ambient.now();
        let put = |mut card: Card| {
            let before = card.clone();
            let changes = decide(&mut card, now)?;
            if card == before {
                return Ok(Change::Keep(card));
            }
            card.touch(changes.len(), now);
            card.mind_holds();
            let first = card.version.saturating_sub(changes.len().saturating_sub(1) as u64);
            let events = (first..)
                .zip(changes)
                .map(|(version, change)| Event::new(&self.ambient, &card.event(version, change)));
            let events = events.collect::<Result<Vec<_>, Fault>>()?;
            Ok(Change::Put(card.clone(), events, card))
        };
        self.patiently(id, put).await?.ok_or(Error::NotFound)
    }

    /// Changes the counting of a card's edition, which no person did. `None` when there is no such card; `false` leaves it as it is.
    pub(crate) async fn count(&self, id: CardId, count: impl Fn(&mut Card) -> bool) -> Result<Option<bool>, Error> {
        let put = |mut card: Card| {
            if !count(&mut card) {
                return Ok(Change::Keep(false));
            }
            card.mind_holds();
            Ok(Change::Put(card, Vec::new(), true))
        };
        self.patiently(id, put).await
    }

    /// Removes a card, if `may` says so of it as it is. Others hear of one that was published.
    pub(crate) async fn remove(&self, id: CardId, may: impl Fn(&Card) -> Result<(), Error>) -> Result<Card, Error> {
        let remove = |card: Card| {
            may(&card)?;
            let told = card.published.as_ref().map(|_| {
                let version = card.version.saturating_add(1);
                Event::new(&self.ambient, &card.event(version, CardChange::Removed))
            });
            Ok(Change::Remove(told.transpose()?.into_iter().collect(), card))
        };
        self.patiently(id, remove).await?.ok_or(Error::NotFound)
    }

    async fn patiently<R>(
        &self,
        id: CardId,
        mut decide: impl FnMut(Card) -> Result<Change<Card, R>, Error>,
    ) -> Result<Option<R>, Error> {
        let _turn = self.turns.turn(id).await;
        let mut attempt = 0;
        loop {
            match self.docs.update(id, &mut decide).await {
                Err(Error::Store(StoreError::Busy)) => self.turns.pause(attempt).await?,
                other => return other,
            }
            attempt += 1;
        }
    }

    /// Waits for one's turn to write a card and reads it with the version that [`Self::replace`] is to find.
    pub(crate) async fn get_versioned(&self, id: CardId) -> Result<Option<(Card, u64)>, StoreError> {
        self.docs.get_versioned(id).await
    }

    /// Writes a card if it is still at `version`; `false` when it is not.
    pub(crate) async fn replace(&self, card: &Card, version: u64) -> Result<bool, StoreError> {
        let op = store::Op::Replace(RawDocument::of(card)?, version);
        match self.docs.store().write(Write::from(op)).await {
            Ok(_) => Ok(true),
            Err(StoreError::Conflict) => Ok(false),
            Err(e) => Err(e),
        }
    }

    pub(crate) fn turns(&self) -> &Turns {
        &self.turns
    }

    /// Lists a seller's cards, newest first.
    pub(crate) async fn of_seller(
        &self,
        seller: UserId,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Page<Card>, Fault> {
        let query = Query::on("seller").eq(seller).descending().limit(limit);
        self.docs.page(query, cursor).await
    }

    pub(crate) async fn count_of_seller(&self, seller: UserId, cap: u64) -> Result<u64, StoreError> {
        self.docs.count(Query::on("seller").eq(seller), cap).await
    }

    /// Lists what waits for a moderator, the longest first.
    pub(crate) async fn submitted(&self, limit: usize, cursor: Option<&str>) -> Result<Page<Card>, Fault> {
        self.docs.page(Query::on("queue").limit(limit), cursor).await
    }

    /// Lists what is on sale, the longest first.
    pub(crate) async fn on_sale(&self, limit: usize, cursor: Option<&str>) -> Result<Page<Card>, Fault> {
        self.docs.page(Query::on("listed").limit(limit), cursor).await
    }

    /// Returns cards with holds that are to be looked at.
    pub(crate) async fn due(&self, before: Timestamp, limit: usize) -> Result<Vec<Card>, StoreError> {
        let query = Query::on("holds_due").at_most(Key::from(before)).limit(limit);
        self.docs.find(query).await
    }
}
