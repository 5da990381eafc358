//! Owns reviews and what they add up to. Refuses to know who holds a card.

use kernel::{CardId, ReviewId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use store::{Document, Index};

/// Longest text of a review, in characters.
pub(crate) const TEXT_CHARS_MAX: usize = 2_000;
/// The best rating; the worst is 1.
pub(crate) const RATING_MAX: u8 = 5;
/// Changes of reviews of one card that may be under way at once, over all processes.
pub(crate) const CHANGES_MAX: usize = 32;

/// What one holder thinks of a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Review {
    pub(crate) id: ReviewId,
    pub(crate) card_id: CardId,
    pub(crate) author_id: UserId,
    pub(crate) rating: u8,
    pub(crate) text: String,
    pub(crate) version: u64,
    pub(crate) created_at: Timestamp,
    pub(crate) edited_at: Option<Timestamp>,
    /// Its rating, when its author holds the card no more: then it is not counted.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) uncounted: Option<u8>,
}

impl Document for Review {
    const COLLECTION: &'static str = "reviews";
    const INDEXES: &'static [Index] = &[
        Index::unique("one", &["cardId", "authorId"]),
        Index::plain("card", &["cardId", "createdAt"]),
        Index::plain("stars", &["cardId", "rating"]),
        Index::plain("uncounted", &["cardId", "uncounted"]),
        Index::plain("author", &["authorId"]),
    ];
    fn id(&self) -> String {
        self.id.to_string()
    }
}

/// A change of a review that is under way: when its writer dies, the stars are counted without it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UnderWay {
    pub(crate) review_id: ReviewId,
    pub(crate) at: Timestamp,
}

/// How many reviews of a card give how many stars, and how many orders bought it. Always counted anew, never added to, so that it cannot drift.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Tally {
    pub(crate) card_id: CardId,
    /// Reviews of 1 to 5 stars.
    pub(crate) stars: [u64; 5],
    /// Orders that bought it.
    #[serde(default)]
    pub(crate) sales: u64,
    pub(crate) under_way: Vec<UnderWay>,
    /// Since when the oldest change is under way.
    pub(crate) due_at: Option<Timestamp>,
}

impl Document for Tally {
    const COLLECTION: &'static str = "tallies";
    const INDEXES: &'static [Index] = &[Index::plain("due", &["dueAt"])];
    fn id(&self) -> String {
        self.card_id.to_string()
    }
}

impl Tally {
    /// Begins with no review.
    pub(crate) fn new(card_id: CardId) -> Self {
        Self {
            card_id,
            stars: [0; 5],
            sales: 0,
            under_way: Vec::new(),
            due_at: None,
        }
    }

    /// Notes that a review is about to change. `false` when too many are.
    pub(crate) fn begin(&mut self, review_id: ReviewId, at: Timestamp) -> bool {
        if self.under_way.len() >= CHANGES_MAX {
            return false;
        }
        self.under_way.push(UnderWay { review_id, at });
        self.mind();
        true
    }

    /// Takes what was counted after the change, and forgets those under way that `done` names.
    pub(crate) fn settle(&mut self, stars: [u64; 5], done: impl Fn(&UnderWay) -> bool) {
        self.stars = stars;
        self.under_way.retain(|one| !done(one));
        self.mind();
    }

    fn mind(&mut self) {
        self.due_at = self.under_way.iter().map(|one| one.at).min();
    }

    /// Returns how many reviews there are.
    pub(crate) fn count(&self) -> u64 {
        self.stars.iter().sum()
    }

    /// Returns the average in hundredths of a star, rounded half up; none without reviews.
    pub(crate) fn average_hundredths(&self) -> Option<u32> {
        let count = self.count();
        let sum: u64 = self.stars.iter().zip(1..).map(|(n, rating)| n * rating).sum();
        let average = (sum * 100 + count / 2).checked_div(count)?;
        u32::try_from(average).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_average_is_whole_hundredths_rounded_half_up() {
        let of = |stars| {
            Tally {
                stars,
                ..Tally::new(CardId::from(uuid::Uuid::nil()))
            }
            .average_hundredths()
        };
        assert_eq!(of([0; 5]), None);
        assert_eq!(of([0, 0, 0, 0, 3]), Some(500));
        assert_eq!(of([1, 0, 0, 0, 2]), Some(367));
        assert_eq!(of([0, 0, 1, 1, 0]), Some(350));
    }
}
