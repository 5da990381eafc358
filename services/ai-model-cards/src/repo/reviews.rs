//! Owns reviews in the store. Refuses to count them: that is `tallies`, which hears of each change.

use std::sync::Arc;

use kernel::{CardId, Fault, Page, ReviewId, UserId};
use store::{Change, Collection, Query, Store, StoreError};

use crate::domain::review::Review;
use crate::error::Error;
use crate::repo::tallies::Tallies;

/// Reviews.
#[derive(Clone)]
pub(crate) struct Reviews {
    docs: Collection<Review>,
    tallies: Tallies,
}

impl Reviews {
    pub(crate) async fn open(store: &Arc<dyn Store>, tallies: Tallies) -> Result<Self, StoreError> {
        Ok(Self {
            docs: Collection::open(store).await?,
            tallies,
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

    /// Returns what a person wrote about a card.
    pub(crate) async fn one(&self, card: CardId, author: UserId) -> Result<Option<Review>, StoreError> {
        let query = Query::on("one").eq(card.to_string()).eq(author).limit(1);
        Ok(self.docs.find(query).await?.pop())
    }

    /// Adds a review. `AlreadyReviewed` when its author has one.
    pub(crate) async fn add(&self, review: &Review) -> Result<(), Error> {
        let insert = async {
            match self.docs.insert(review, Vec::new()).await {
                Err(StoreError::Unique { .. }) => Err(Error::AlreadyReviewed),
                other => Ok(other?),
            }
        };
        self.tallies.changing(review.card_id, review.id, insert).await
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
        self.tallies.changing(review.card_id, review.id, change).await
    }

    /// Removes a review.
    pub(crate) async fn remove(&self, review: &Review) -> Result<(), Error> {
        let remove = async { Ok(self.docs.delete(review.id).await?) };
        self.tallies.changing(review.card_id, review.id, remove).await
    }
}
