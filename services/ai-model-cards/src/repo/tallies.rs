//! Owns what is counted of a card: its reviews' stars and its sales. Always counted from the documents, never added to: read, count,
//! write if nobody wrote it meanwhile. Counting is as much work as there is to count, so it is done in the background, and for
//! each card at most once a round: who writes leaves a mark.

use std::collections::BTreeMap;
use std::sync::Arc;

use kernel::{Ambient, CardId, ReviewId, Timestamp};
use parking_lot::Mutex;
use store::{Collection, Key, Query, RawDocument, Store, StoreError, Turns, Write};
use tokio::sync::Notify;

use crate::domain::review::{RATING_MAX, Review, Tally, UnderWay};
use crate::error::Error;
use crate::repo::reservations::Reservations;

/// Reviews of as many stars that are counted at the most.
const STARS_MAX: u64 = 10_000_000;
/// Cards that may be marked; beyond that the note in the tally tells of reviews, and the next sale of sales.
const MARKED_MAX: usize = 50_000;

/// Changes of a card's reviews that one process leaves uncounted; a quarter of what a tally notes.
const DONE_MAX: usize = 8;

/// Changes of reviews that are done, so that their notes go when they are counted.
pub(crate) type Done = Vec<UnderWay>;

/// What was counted.
#[derive(Default)]
struct Counted {
    stars: [u64; 5],
    sales: u64,
}

/// Tallies, and the marks of those that are to be counted.
#[derive(Clone)]
pub(crate) struct Tallies {
    docs: Collection<Tally>,
    reviews: Collection<Review>,
    reservations: Reservations,
    turns: Turns,
    ambient: Ambient,
    marks: Arc<Marks>,
}

#[derive(Default)]
struct Marks {
    cards: Mutex<BTreeMap<CardId, Done>>,
    more: Notify,
}

impl Tallies {
    pub(crate) async fn open(
        store: &Arc<dyn Store>,
        ambient: Ambient,
        reservations: Reservations,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            docs: Collection::open(store).await?,
            reviews: Collection::open(store).await?,
            reservations,
            turns: Turns::new(ambient.clone()),
            ambient,
            marks: Arc::default(),
        })
    }

    pub(crate) async fn get(&self, card: CardId) -> Result<Tally, StoreError> {
        Ok(self.docs.get(card).await?.unwrap_or_else(|| Tally::new(card)))
    }

    pub(crate) async fn remove(&self, card: CardId) -> Result<(), StoreError> {
        self.docs.delete(card).await
    }

    pub(crate) async fn get_many(&self, cards: &[CardId]) -> Result<Vec<Tally>, StoreError> {
        let ids: Vec<String> = cards.iter().map(ToString::to_string).collect();
        self.docs.get_many(&ids).await
    }

    /// Returns tallies with changes that began before `before` and never ended.
    pub(crate) async fn due(&self, before: Timestamp, limit: usize) -> Result<Vec<Tally>, StoreError> {
        self.docs
            .find(Query::on("due").at_most(Key::from(before)).limit(limit))
            .await
    }

    /// Lets a card be counted soon, with changes that are done.
    pub(crate) fn mark(&self, card: CardId, done: impl IntoIterator<Item = UnderWay>) {
        let mut cards = self.marks.cards.lock();
        if cards.len() < MARKED_MAX || cards.contains_key(&card) {
            cards.entry(card).or_default().extend(done);
            self.marks.more.notify_one();
        }
    }

    /// Takes the marks that there are.
    pub(crate) fn marked(&self) -> BTreeMap<CardId, Done> {
        std::mem::take(&mut *self.marks.cards.lock())
    }

    /// Waits until there is a mark.
    pub(crate) async fn wait(&self) {
        self.marks.more.notified().await;
    }

    /// Writes a review, which changes what is counted. Should this process die before it is, the note of the change in the tally tells
    /// the sweep.
    pub(crate) async fn changing<R>(
        &self,
        card: CardId,
        id: ReviewId,
        write: impl Future<Output = Result<R, Error>>,
    ) -> Result<R, Error> {
        let _turn = self.turns.turn(card).await;
        // Many at once: those that are done make room.
        let done = self.many_done(card);
        if !done.is_empty() {
            self.count_in_turn(card, |one| done.contains(one)).await?;
        }
        let at = self.ambient.now();
        if !self.write(card, None, |tally, _| tally.begin(id, at)).await? {
            return Err(StoreError::Busy.into());
        }
        let written = write.await;
        self.mark(card, [UnderWay { review_id: id, at }]);
        written
    }

    /// Takes the marks of a card of which too many changes are done and not counted.
    fn many_done(&self, card: CardId) -> Done {
        let mut cards = self.marks.cards.lock();
        match cards.get_mut(&card) {
            Some(done) if done.len() >= DONE_MAX => std::mem::take(done),
            _ => Done::new(),
        }
    }

    /// Counts a card anew and forgets the changes that `done` names.
    pub(crate) async fn count(&self, card: CardId, done: impl Fn(&UnderWay) -> bool) -> Result<(), StoreError> {
        let _turn = self.turns.turn(card).await;
        self.count_in_turn(card, done).await
    }

    async fn count_in_turn(&self, card: CardId, done: impl Fn(&UnderWay) -> bool) -> Result<(), StoreError> {
        let take = |tally: &mut Tally, counted: Counted| {
            let before = tally.clone();
            tally.settle(counted.stars, &done);
            tally.sales = counted.sales;
            *tally != before
        };
        self.write(card, Some(&self.reservations), take).await.map(drop)
    }

    /// Counts the reviews of 1 to 5 stars, without those that do not count any more.
    async fn stars(&self, card: CardId) -> Result<[u64; 5], StoreError> {
        let mut stars = [0; 5];
        for (count, rating) in stars.iter_mut().zip(1..=i64::from(RATING_MAX)) {
            let written = self.count_in("stars", card, rating).await?;
            *count = written.saturating_sub(self.count_in("uncounted", card, rating).await?);
        }
        Ok(stars)
    }

    async fn count_in(&self, index: &'static str, card: CardId, rating: i64) -> Result<u64, StoreError> {
        let query = Query::on(index).eq(card.to_string()).eq(rating);
        self.reviews.count(query, STARS_MAX).await
    }

    /// Reads a tally, counts **after that** if there are sales to count from, lets `change` take it over, and writes the tally if nobody did
    /// meanwhile; else again. `false` leaves it.
    async fn write(
        &self,
        card: CardId,
        sales_of: Option<&Reservations>,
        change: impl Fn(&mut Tally, Counted) -> bool,
    ) -> Result<bool, StoreError> {
        let mut attempt = 0;
        loop {
            let found = self.docs.get_versioned(card).await?;
            let version = found.as_ref().map(|(_, version)| *version);
            let mut tally = found.map_or_else(|| Tally::new(card), |(tally, _)| tally);
            let counted = match sales_of {
                Some(reservations) => Counted {
                    stars: self.stars(card).await?,
                    sales: reservations.sales(card).await?,
                },
                None => Counted::default(),
            };
            if !change(&mut tally, counted) {
                return Ok(false);
            }
            let raw = RawDocument::of(&tally)?;
            let op = match version {
                Some(version) => store::Op::Replace(raw, version),
                None => store::Op::Insert(raw),
            };
            match self.docs.store().write(Write::from(op)).await {
                Ok(_) => return Ok(true),
                Err(StoreError::Conflict | StoreError::Unique { .. } | StoreError::Busy) => {
                    self.turns.pause(attempt).await?;
                }
                Err(e) => return Err(e),
            }
            attempt += 1;
        }
    }
}
