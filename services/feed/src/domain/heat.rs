//! Owns how warm a public post is by what people do with it, fading with time. Refuses to know who reacted.
//!
//! Warmth is kept in halves of a life since the epoch, as a logarithm: `log2(sum of weight * 2^(t / half-life))`. All posts fade
//! alike, so that their order by this number is right at any time; one index serves it and nothing has to be reckoned anew.

use contracts::post::PostSummary;
use kernel::{PostId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use store::{Document, Fields, Index};

/// Warmth halves in so many milliseconds: 6 hours.
const HALF_LIFE_MS: f64 = 6.0 * 3_600_000.0;
/// The same in hours, as it is told.
pub(crate) const HALF_LIFE_HOURS: u32 = 6;
/// What a reaction, a comment and a share add.
const WEIGHTS: [f64; 3] = [1.0, 2.0, 3.0];
/// A post is forgotten when less than this is left: a reaction after 36 hours.
const COLD: f64 = 1.0 / 64.0;
/// Tags of a post that count.
const TAGS_MAX: usize = 10;

/// How often people have done what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counts {
    pub(crate) reactions: u64,
    pub(crate) comments: u64,
    pub(crate) shares: u64,
}

impl Counts {
    /// Takes the counts of a post as they stand.
    pub(crate) fn of(post: &PostSummary) -> Self {
        Self {
            reactions: post.reactions,
            comments: post.comments,
            shares: post.shares,
        }
    }

    fn each(self) -> [u64; 3] {
        [self.reactions, self.comments, self.shares]
    }

    fn plus(self, more: Self) -> Self {
        Self {
            reactions: self.reactions.saturating_add(more.reactions),
            comments: self.comments.saturating_add(more.comments),
            shares: self.shares.saturating_add(more.shares),
        }
    }

    fn max(self, other: Self) -> Self {
        Self {
            reactions: self.reactions.max(other.reactions),
            comments: self.comments.max(other.comments),
            shares: self.shares.max(other.shares),
        }
    }

    fn min(self, other: Self) -> Self {
        Self {
            reactions: self.reactions.min(other.reactions),
            comments: self.comments.min(other.comments),
            shares: self.shares.min(other.shares),
        }
    }

    fn weight_beyond(self, seen: Self) -> f64 {
        let each = self.each().into_iter().zip(seen.each()).zip(WEIGHTS);
        each.map(|((now, seen), weight)| now.saturating_sub(seen) as f64 * weight)
            .sum()
    }
}

/// What was done with a post lately.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Deeds {
    /// How often what; the same may be in it twice.
    pub(crate) fresh: Counts,
    /// When the last of it happened.
    pub(crate) at: Timestamp,
}

impl Deeds {
    /// Adds what was done besides.
    pub(crate) fn plus(self, more: Self) -> Self {
        Self {
            fresh: self.fresh.plus(more.fresh),
            at: self.at.max(more.at),
        }
    }
}

/// The warmth of a post.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Heat {
    /// Which post.
    pub(crate) id: PostId,
    /// Whose.
    pub(crate) author: UserId,
    /// Its tags.
    pub(crate) tags: Vec<String>,
    /// The most there ever were, so that a reaction taken back and given again warms once.
    pub(crate) seen: Counts,
    /// The logarithm.
    level: f64,
    /// The same in thousandths, for the index.
    rank: i64,
}

impl Document for Heat {
    const COLLECTION: &'static str = "heat";
    const INDEXES: &'static [Index] = &[Index::plain("hot", &["rank"])];
    fn id(&self) -> String {
        self.id.to_string()
    }
    fn fields(&self) -> Fields {
        Fields::new().with("rank", self.rank)
    }
}

impl Heat {
    /// Begins with what a post has: the rest than what was done lately counts as of the moment when the post was written. Nothing
    /// when nobody has done anything with it.
    pub(crate) fn of(post: &PostSummary, deeds: Deeds) -> Option<Self> {
        let seen = Counts::of(post);
        let fresh = seen.min(deeds.fresh).weight_beyond(Counts::default());
        let old = seen.weight_beyond(Counts::default()) - fresh;
        let level = added(f64::NEG_INFINITY, old, post.created_at);
        let level = added(level, fresh, deeds.at);
        let heat = |level| Self {
            id: post.id,
            author: post.author_id,
            tags: post.tags.iter().take(TAGS_MAX).cloned().collect(),
            seen,
            level,
            rank: rank_of(level),
        };
        level.is_finite().then(|| heat(level))
    }

    /// Adds what has come to a post by `at`; tells whether anything changed.
    pub(crate) fn warm(&mut self, post: &PostSummary, at: Timestamp) -> bool {
        let before = self.clone();
        let weight = Counts::of(post).weight_beyond(self.seen);
        self.level = added(self.level, weight, at);
        self.rank = rank_of(self.level);
        self.seen = self.seen.max(Counts::of(post));
        self.tags = post.tags.iter().take(TAGS_MAX).cloned().collect();
        *self != before
    }

    /// Tells whether too little is left to be remembered.
    pub(crate) fn is_cold(&self, now: Timestamp) -> bool {
        self.rank <= cold_rank(now)
    }

    /// Returns what is left: the weights of all that people did, each halved for every 6 hours since.
    pub(crate) fn at(&self, now: Timestamp) -> f64 {
        (self.level - lives(now)).exp2()
    }
}

/// Returns the rank at or below which a post is forgotten.
pub(crate) fn cold_rank(now: Timestamp) -> i64 {
    rank_of(lives(now) + COLD.log2())
}

/// Returns the logarithm with a weight more.
fn added(level: f64, weight: f64, at: Timestamp) -> f64 {
    if weight <= 0.0 {
        return level;
    }
    let more = weight.log2() + lives(at);
    let (high, low) = (level.max(more), level.min(more));
    high + (low - high).exp2().ln_1p() / std::f64::consts::LN_2
}

fn lives(at: Timestamp) -> f64 {
    at.millis() as f64 / HALF_LIFE_MS
}

fn rank_of(level: f64) -> i64 {
    (level * 1_000.0).round() as i64
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use contracts::post::Visibility;
    use kernel::{Ambient, HeldClock, SeededRandom};
    use proptest::prelude::*;

    use super::*;

    const NOON: Timestamp = Timestamp::from_millis(1_767_268_800_000);
    const NOTHING: Deeds = Deeds {
        fresh: Counts {
            reactions: 0,
            comments: 0,
            shares: 0,
        },
        at: NOON,
    };

    fn post(reactions: u64, comments: u64, shares: u64) -> PostSummary {
        let ambient = Ambient::new(HeldClock::new(NOON), SeededRandom::new(5));
        PostSummary {
            id: ambient.id(),
            author_id: ambient.id(),
            visibility: Visibility::Public,
            tags: vec!["rust".into()],
            has_media: false,
            shared: None,
            reactions,
            comments,
            shares,
            created_at: NOON,
        }
    }

    #[test]
    fn what_people_do_warms_a_post_and_fades() {
        assert_eq!(Heat::of(&post(0, 0, 0), NOTHING), None);
        let mut heat = Heat::of(&post(1, 1, 1), NOTHING).unwrap();
        let later = NOON + Duration::from_secs(6 * 3600);
        assert!((heat.at(NOON) - 6.0).abs() < 1e-6);
        assert!((heat.at(later) - 3.0).abs() < 1e-6);
        assert!(heat.warm(&post(3, 1, 1), later));
        assert!((heat.at(later) - 5.0).abs() < 1e-6);
        assert!(!heat.is_cold(later));
        assert!(heat.is_cold(later + Duration::from_secs(60 * 3600)));
    }

    #[test]
    fn a_reaction_that_is_taken_back_and_given_again_warms_once() {
        let mut heat = Heat::of(&post(1, 0, 0), NOTHING).unwrap();
        for _ in 0..50 {
            assert!(!heat.warm(&post(0, 0, 0), NOON));
            assert!(!heat.warm(&post(1, 0, 0), NOON));
        }
        assert!((heat.at(NOON) - 1.0).abs() < 1e-6);
    }

    proptest! {
        #[test]
        fn the_kept_order_is_the_order_of_the_sums_at_any_time(
            one in prop::collection::vec((0u64..200_000, 1u64..5), 1..20),
            other in prop::collection::vec((0u64..200_000, 1u64..5), 1..20),
            later in 0u64..400_000,
        ) {
            let run = |steps: &[(u64, u64)]| {
                let mut steps = steps.to_vec();
                steps.sort_unstable();
                let mut counts = post(0, 0, 0);
                let mut heat: Option<Heat> = None;
                for (seconds, more) in &steps {
                    let at = NOON + Duration::from_secs(*seconds);
                    counts.reactions += more;
                    match &mut heat {
                        Some(heat) => drop(heat.warm(&counts, at)),
                        None => heat = Heat::of(&counts, Deeds { fresh: Counts { reactions: *more, ..Counts::default() }, at }),
                    }
                }
                let now = NOON + Duration::from_secs(200_000 + later);
                let sum: f64 = steps.iter().map(|(seconds, more)| {
                    let age = now.since(NOON + Duration::from_secs(*seconds)).as_millis() as f64;
                    *more as f64 * (-age / HALF_LIFE_MS).exp2()
                }).sum();
                (heat.unwrap(), sum, now)
            };
            let ((a, sum_a, now), (b, sum_b, _)) = (run(&one), run(&other));
            prop_assert!((a.at(now) - sum_a).abs() <= sum_a * 1e-6);
            if (sum_a - sum_b).abs() > sum_a.max(sum_b) * 0.002 {
                prop_assert_eq!(a.rank > b.rank, sum_a > sum_b);
            }
        }
    }
}
