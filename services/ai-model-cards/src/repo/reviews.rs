//! Owns reviews and their tallies in the store. A tally is always counted from the reviews: read, count, write if nobody wrote it
//! meanwhile; so that the last one who wrote a review also wrote what they all add up to.

use std::sync::Arc;

use kernel::{Ambient, CardId, Fault, Page, ReviewId, Timestamp, UserId};
use store::{Change, Collection, Key, Query, RawDocument, Store, StoreError, Write};

use crate::domain::review::{RATING_MAX, Review, Tally, UnderWay};
use crate::error::Error;
use crate::repo::Queues;

/// Reviews of as many stars that are counted at the most.
const STARS_MAX: u64 = 10_000_000;

/// Reviews and tallies.
#[derive(Clone)]
pub(crate) struct Reviews {
    docs: Collection<Review>,
    tallies: Collection<Tally>,
    queues: Queues,
    ambient: Ambient,
}

impl Reviews {
    pub(crate) async fn open(store: &Arc<dyn Store>, ambient: Ambient) -> Result<Self, StoreError> {
        Ok(Self {
            docs: Collection::open(store).await?,
            tallies: Collection::open(store).await?,
            queues: Queues::new(ambient.clone()),
            ambient,
        })
    }

    pub(crate) async fn get(&self, id: ReviewId) -> Result<Option<Review>, StoreError> {
        self.docs.get(id).await
    }

    /// Lists a card's reviews, newest first.
    pub(crate) async fn of_card(
        &self,
        card: CardId,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Page<Review>, Fault> {
        let query = Query::on("card").eq(card.to_string()).descending().limit(limit);
        self.docs.page(query, cursor).await
    }

    /// Returns some reviews by a person.
    pub(crate) async fn some_by(&self, author: UserId, limit: usize) -> Result<Vec<Review>, StoreError> {
        self.docs.find(Query::on("author").eq(author).limit(limit)).await
    }

    pub(crate) async fn tally(&self, card: CardId) -> Result<Tally, StoreError> {
        Ok(self.tallies.get(card).await?.unwrap_or_else(|| Tally::new(card)))
    }

    pub(crate) async fn tallies(&self, cards: &[CardId]) -> Result<Vec<Tally>, StoreError> {
        let ids: Vec<String> = cards.iter().map(ToString::to_string).collect();
        self.tallies.get_many(&ids).await
    }

    /// Returns tallies with changes that began before `before` and never ended.
    pub(crate) async fn due(&self, before: Timestamp, limit: usize) -> Result<Vec<Tally>, StoreError> {
        self.tallies
            .find(Query::on("due").at_most(Key::from(before)).limit(limit))
            .await
    }

    /// Adds a review. `AlreadyReviewed` when its author has one.
    pub(crate) async fn add(&self, review: &Review) -> Result<(), Error> {
        let insert = async {
            match self.docs.insert(review, Vec::new()).await {
                Err(StoreError::Unique { .. }) => Err(Error::AlreadyReviewed),
                other => Ok(other?),
            }
        };
        self.counted(review.card_id, review.id, insert).await
    }

    /// Changes a review; `NotFound` when it is gone.
    pub(crate) async fn change(
        &self,
        review: &Review,
        edit: impl Fn(&mut Review) -> Result<(), Error> + Send,
    ) -> Result<Review, Error> {
        let put = |mut review: Review| {
            edit(&mut review)?;
            Ok::<_, Error>(Change::Put(review.clone(), Vec::new(), review))
        };
        let change = async { self.docs.update(review.id, put).await?.ok_or(Error::NotFound) };
        self.counted(review.card_id, review.id, change).await
    }

    /// Removes a review.
    pub(crate) async fn remove(&self, review: &Review) -> Result<(), Error> {
        let remove = async { Ok(self.docs.delete(review.id).await?) };
        self.counted(review.card_id, review.id, remove).await
    }

    /// Writes a review and then what a card's reviews add up to. Should this process die in between, the note of the change in the
    /// tally tells the sweep to count.
    async fn counted<R>(
        &self,
        card: CardId,
        id: ReviewId,
        write: impl Future<Output = Result<R, Error>>,
    ) -> Result<R, Error> {
        let _turn = self.queues.turn(card.uuid()).await;
        let at = self.ambient.now();
        let noted = self.write_tally(card, |tally, _| tally.begin(id, at)).await?;
        if !noted {
            return Err(StoreError::Busy.into());
        }
        let written = write.await;
        self.settle(card, |one| one.review_id == id && one.at <= at).await?;
        written
    }

    /// Counts a card's reviews anew and forgets the changes that `done` names.
    pub(crate) async fn settle(&self, card: CardId, done: impl Fn(&UnderWay) -> bool) -> Result<(), Error> {
        let settle = |tally: &mut Tally, stars| {
            tally.settle(stars, &done);
            true
        };
        Ok(self.write_tally(card, settle).await.map(drop)?)
    }

    /// Counts the reviews of 1 to 5 stars.
    pub(crate) async fn stars(&self, card: CardId) -> Result<[u64; 5], StoreError> {
        let mut stars = [0; 5];
        for (count, rating) in stars.iter_mut().zip(1..=i64::from(RATING_MAX)) {
            let query = Query::on("stars").eq(card.to_string()).eq(rating);
            *count = self.docs.count(query, STARS_MAX).await?;
        }
        Ok(stars)
    }

    /// Reads a tally, counts the reviews **after that**, lets `change` take it over, and writes the tally if nobody did meanwhile; else
    /// again. `false` leaves it.
    async fn write_tally(
        &self,
        card: CardId,
        change: impl Fn(&mut Tally, [u64; 5]) -> bool,
    ) -> Result<bool, StoreError> {
        let mut attempt = 0;
        loop {
            let found = self.tallies.get_versioned(card).await?;
            let version = found.as_ref().map(|(_, version)| *version);
            let mut tally = found.map_or_else(|| Tally::new(card), |(tally, _)| tally);
            let stars = self.stars(card).await?;
            if !change(&mut tally, stars) {
                return Ok(false);
            }
            let raw = RawDocument::of(&tally)?;
            let op = match version {
                Some(version) => store::Op::Replace(raw, version),
                None => store::Op::Insert(raw),
            };
            match self.tallies.store().write(Write::from(op)).await {
                Ok(_) => return Ok(true),
                Err(StoreError::Conflict | StoreError::Unique { .. } | StoreError::Busy) => {
                    self.queues.pause(attempt).await?;
                }
                Err(e) => return Err(e),
            }
            attempt += 1;
        }
    }
}
