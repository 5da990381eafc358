//! Owns reviewing: by those who hold a card, once each. Refuses to know how they came to hold it.

use chassis::IfMatch;
use kernel::{CardId, ReviewId, Timestamp, UserId};

use crate::app::{App, Reader};
use crate::domain::review::Review;
use crate::error::Error;

impl App {
    /// Adds a review.
    pub(crate) async fn review(&self, id: CardId, by: Reader, rating: u8, text: String) -> Result<Review, Error> {
        let card = self.visible(id, by).await?;
        if card.published.is_none() {
            return Err(Error::NotFound);
        }
        if card.seller_id == by.user {
            return Err(Error::OwnCard);
        }
        if !self.entitlements.holds(by.user, id).await? {
            return Err(Error::NotHolder);
        }
        let review = Review {
            id: self.ambient.id(),
            card_id: id,
            author_id: by.user,
            rating,
            text,
            version: 1,
            created_at: self.ambient.now(),
            edited_at: None,
            uncounted: None,
        };
        self.repo.reviews.add(&review).await?;
        Ok(review)
    }

    /// Changes one's own review, of a card that one still holds; then it counts, if it did not.
    pub(crate) async fn edit_review(
        &self,
        (card, id): (CardId, ReviewId),
        by: Reader,
        seen: IfMatch,
        edit: (Option<u8>, Option<String>),
    ) -> Result<Review, Error> {
        let review = self.one_review(card, id, by).await?;
        if review.author_id != by.user {
            return Err(Error::NotAuthor);
        }
        if !self.entitlements.holds(by.user, card).await? {
            return Err(Error::NotHolder);
        }
        let now = self.ambient.now();
        let change = |review: &mut Review| {
            seen.check(review.version)?;
            review.rating = edit.0.unwrap_or(review.rating);
            if let Some(text) = &edit.1 {
                review.text.clone_from(text);
            }
            review.version += 1;
            review.edited_at = Some(now);
            review.uncounted = None;
            Ok(())
        };
        self.repo.reviews.change(&review, change).await
    }

    /// Lets what a person wrote before they lost a right to the card count no more; who holds it by another purchase writes it anew. The
    /// words stay.
    /// Idempotent.
    pub(crate) async fn uncount_review(&self, card: CardId, author: UserId, lost_at: Timestamp) -> Result<(), Error> {
        let Some(review) = self.repo.reviews.one(card, author).await? else {
            return Ok(());
        };
        let uncount = |review: &mut Review| {
            if review.edited_at.unwrap_or(review.created_at) <= lost_at {
                review.uncounted = Some(review.rating);
            }
            Ok(())
        };
        match self.repo.reviews.change(&review, uncount).await {
            Ok(_) | Err(Error::NotFound) => Ok(()),
            Err(e) => Err(e),
        }
    }

    /// Removes one's own review, or anybody's by a moderator.
    pub(crate) async fn delete_review(&self, (card, id): (CardId, ReviewId), by: Reader) -> Result<(), Error> {
        let review = self.one_review(card, id, by).await?;
        if review.author_id != by.user && !by.admin {
            return Err(Error::NotAuthor);
        }
        self.repo.reviews.remove(&review).await
    }

    /// Returns a review of a card. Its author may see it even when the card is no longer for their eyes.
    async fn one_review(&self, card: CardId, id: ReviewId, by: Reader) -> Result<Review, Error> {
        let review = self.repo.reviews.get(id).await?.filter(|review| review.card_id == card);
        let review = review.ok_or(Error::NotFound)?;
        if review.author_id != by.user {
            self.visible(card, by).await?;
        }
        Ok(review)
    }
}
