//! Owns the order of a ranked timeline: a sum of few parts, each of which is told with the item. Refuses to know where the
//! signals come from, and to look at the clock.

use std::cmp::Ordering;
use std::time::Duration;

use kernel::PostId;
use serde::Serialize;
use utoipa::ToSchema;

/// A fresh post's recency.
const RECENCY: f64 = 100.0;
/// Recency halves in so many milliseconds: 12 hours.
const HALF_LIFE_MS: f64 = 12.0 * 3_600_000.0;
/// A friend's post; an own post has none of it, since its author knows it.
const FRIENDSHIP: f64 = 10.0;
/// The most that interactions give.
const INTERACTIONS: f64 = 30.0;
/// With so many interactions half of it.
const INTERACTIONS_HALF: f64 = 5.0;
/// Pictures or films.
const MEDIA: f64 = 5.0;

/// What is known of a post and its reader.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Signals {
    /// How old the post was when the reader began to read.
    pub(crate) age: Duration,
    /// The author is a friend, and not the reader.
    pub(crate) friend: bool,
    /// Interactions of the reader with the author, decayed.
    pub(crate) closeness: f64,
    /// The post has media.
    pub(crate) media: bool,
}

/// The parts of a score; their sum is the score.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct Parts {
    /// 100 for a post of this moment, halved every 12 hours.
    pub(crate) recency: f64,
    /// 10 when the author is a friend.
    pub(crate) friendship: f64,
    /// Up to 30 for how often you react to or comment on the author's posts; each time counts half after 14 days.
    pub(crate) interactions: f64,
    /// 5 when the post has media.
    pub(crate) media: f64,
}

impl Parts {
    /// Weighs a post. Never falls as the post gets newer.
    pub(crate) fn of(signals: Signals) -> Self {
        let closeness = signals.closeness.max(0.0);
        let when = |is: bool, points: f64| if is { points } else { 0.0 };
        Self {
            recency: rounded(RECENCY * (-(signals.age.as_millis() as f64) / HALF_LIFE_MS).exp2()),
            friendship: when(signals.friend, FRIENDSHIP),
            interactions: rounded(INTERACTIONS * closeness / (closeness + INTERACTIONS_HALF)),
            media: when(signals.media, MEDIA),
        }
    }

    /// Returns the score.
    pub(crate) fn score(&self) -> f64 {
        rounded(self.recency + self.friendship + self.interactions + self.media)
    }
}

/// Returns a number with three decimals, as it is told.
pub(crate) fn rounded(points: f64) -> f64 {
    (points * 1_000.0).round() / 1_000.0
}

/// Orders the greater score first, of equal ones the newer post.
pub(crate) fn best_first(a: (&Parts, PostId), b: (&Parts, PostId)) -> Ordering {
    b.0.score().total_cmp(&a.0.score()).then(b.1.cmp(&a.1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn signals() -> impl Strategy<Value = Signals> {
        (0u64..4_000_000_000, any::<bool>(), 0.0f64..500.0, any::<bool>()).prop_map(
            |(age, friend, closeness, media)| Signals {
                age: Duration::from_millis(age),
                friend,
                closeness,
                media,
            },
        )
    }

    proptest! {
        #[test]
        fn a_newer_post_never_scores_less(one in signals(), younger in 0u64..4_000_000_000) {
            let newer = Signals { age: one.age.saturating_sub(Duration::from_millis(younger)), ..one };
            prop_assert!(Parts::of(newer).score() >= Parts::of(one).score());
        }

        #[test]
        fn a_friend_interactions_and_media_never_cost(one in signals(), more in 0.0f64..100.0) {
            let score = Parts::of(one).score();
            for better in [
                Signals { friend: true, ..one },
                Signals { media: true, ..one },
                Signals { closeness: one.closeness + more, ..one },
            ] {
                prop_assert!(Parts::of(better).score() >= score);
            }
        }

        #[test]
        fn the_score_is_the_sum_of_its_parts_and_always_the_same(one in signals()) {
            let parts = Parts::of(one);
            prop_assert_eq!(parts, Parts::of(one));
            let sum = parts.recency + parts.friendship + parts.interactions + parts.media;
            prop_assert!((sum - parts.score()).abs() < 0.001);
            prop_assert!(parts.score().is_finite() && parts.score() <= RECENCY + FRIENDSHIP + INTERACTIONS + MEDIA);
        }

        #[test]
        fn the_order_is_total_whatever_order_the_posts_came_in(all in prop::collection::vec((signals(), any::<u128>()), 0..30)) {
            let posts = |all: &[(Signals, u128)]| -> Vec<(Parts, PostId)> {
                all.iter().map(|(s, id)| (Parts::of(*s), PostId::from(Uuid::from_u128(*id)))).collect()
            };
            let mut one = posts(&all);
            let mut other: Vec<_> = one.iter().copied().rev().collect();
            let by = |a: &(Parts, PostId), b: &(Parts, PostId)| best_first((&a.0, a.1), (&b.0, b.1));
            one.sort_by(by);
            other.sort_by(by);
            prop_assert_eq!(one.iter().map(|p| p.1).collect::<Vec<_>>(), other.iter().map(|p| p.1).collect::<Vec<_>>());
        }
    }
}
