//! Owns the counters of one post and how an event changes them. Refuses to know how the event came about.
//!
//! Reactions, comments and shares are documents of their own, so that a thousand people who react at once write a
//! thousand different documents. What they change is told by the event that commits with each write: a [`Delta`]. One
//! consumer adds the deltas up, each once (inbox mark), so that the sum is what stands, in whatever order they come.
//!
//! While few people ([`ACTORS_MAX`]) have done anything to a post, the tally knows who: then a number leaves out whom a
//! block stands between and the reader. Among more, a number tells nothing about one of them.

use std::collections::BTreeMap;

use contracts::post::{ReactionCount, ReactionKind};
use kernel::{PostId, UserId};
use serde::{Deserialize, Serialize};
use store::{Document, Index};

/// People whom a tally remembers one by one.
pub(crate) const ACTORS_MAX: usize = 64;

/// By how much a write changes the counters of a post.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Delta {
    /// Whose counters.
    pub(crate) of: PostId,
    /// Who did it.
    pub(crate) by: UserId,
    /// The reaction that is no more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) from: Option<ReactionKind>,
    /// The reaction that is new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) to: Option<ReactionKind>,
    /// Comments more, or less.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) comments: i64,
    /// Shares more, or less.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) shares: i64,
}

fn is_zero(n: &i64) -> bool {
    *n == 0
}

impl Delta {
    fn nothing(of: PostId, by: UserId) -> Self {
        Self {
            of,
            by,
            from: None,
            to: None,
            comments: 0,
            shares: 0,
        }
    }
    /// Another reaction instead of the one before.
    pub(crate) fn reaction(of: PostId, by: UserId, from: Option<ReactionKind>, to: Option<ReactionKind>) -> Self {
        Self {
            from,
            to,
            ..Self::nothing(of, by)
        }
    }
    /// One comment more (1) or less (-1).
    pub(crate) fn comment(of: PostId, by: UserId, comments: i64) -> Self {
        Self {
            comments,
            ..Self::nothing(of, by)
        }
    }
    /// One share more (1) or less (-1).
    pub(crate) fn share(of: PostId, by: UserId, shares: i64) -> Self {
        Self {
            shares,
            ..Self::nothing(of, by)
        }
    }
}

/// What one person has done to a post.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Acts {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reaction: Option<ReactionKind>,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) comments: i64,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(crate) shares: i64,
}

/// The counters of a post.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Tally {
    pub(crate) post_id: PostId,
    /// By kind; kinds without any are absent. Signed, because events of different keys may overtake one another.
    pub(crate) reactions: BTreeMap<ReactionKind, i64>,
    pub(crate) comments: i64,
    pub(crate) shares: i64,
    /// Who did what, unless they are too many.
    pub(crate) actors: BTreeMap<UserId, Acts>,
    /// They were too many once.
    pub(crate) crowded: bool,
}

impl Document for Tally {
    const COLLECTION: &'static str = "tallies";
    const INDEXES: &'static [Index] = &[];
    fn id(&self) -> String {
        self.post_id.to_string()
    }
}

/// Counters as one reader may see them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Kinds that occur, in the order of their declaration.
    pub(crate) reactions: Vec<ReactionCount>,
    pub(crate) comments: u64,
    pub(crate) shares: u64,
}

impl Tally {
    /// Begins at nothing.
    pub(crate) fn new(post_id: PostId) -> Self {
        Self {
            post_id,
            reactions: BTreeMap::new(),
            comments: 0,
            shares: 0,
            actors: BTreeMap::new(),
            crowded: false,
        }
    }

    /// Adds a delta.
    pub(crate) fn add(&mut self, delta: &Delta) {
        self.react(delta.from, -1);
        self.react(delta.to, 1);
        self.comments += delta.comments;
        self.shares += delta.shares;
        if self.crowded {
            return;
        }
        let acts = self.actors.entry(delta.by).or_default();
        if delta.from.is_some() || delta.to.is_some() {
            acts.reaction = delta.to;
        }
        acts.comments += delta.comments;
        acts.shares += delta.shares;
        if *acts == Acts::default() {
            self.actors.remove(&delta.by);
        }
        if self.actors.len() > ACTORS_MAX {
            self.crowded = true;
            self.actors.clear();
        }
    }

    fn react(&mut self, kind: Option<ReactionKind>, by: i64) {
        let Some(kind) = kind else { return };
        let count = self.reactions.entry(kind).or_default();
        *count += by;
        if *count == 0 {
            self.reactions.remove(&kind);
        }
    }

    /// Returns what is left when people whom `hides` names are left out.
    pub(crate) fn seen(&self, hides: impl Fn(UserId) -> bool) -> Counts {
        let mut left = self.clone();
        for (person, acts) in &self.actors {
            if hides(*person) {
                left.react(acts.reaction, -1);
                left.comments -= acts.comments;
                left.shares -= acts.shares;
            }
        }
        let count = |n: i64| u64::try_from(n).unwrap_or(0);
        let kinds = left.reactions.iter().filter(|(_, n)| **n > 0);
        Counts {
            reactions: kinds
                .map(|(kind, n)| ReactionCount {
                    kind: *kind,
                    count: count(*n),
                })
                .collect(),
            comments: count(left.comments),
            shares: count(left.shares),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn person(n: u8) -> UserId {
        UserId::from(Uuid::from_u128(u128::from(n)))
    }

    fn post() -> PostId {
        PostId::from(Uuid::from_u128(1))
    }

    #[test]
    fn a_blocked_person_counts_for_nobody_whom_the_block_concerns() {
        let mut tally = Tally::new(post());
        tally.add(&Delta::reaction(post(), person(1), None, Some(ReactionKind::Like)));
        tally.add(&Delta::reaction(post(), person(2), None, Some(ReactionKind::Like)));
        tally.add(&Delta::comment(post(), person(2), 1));
        let all = tally.seen(|_| false);
        assert_eq!((all.reactions[0].count, all.comments), (2, 1));
        let some = tally.seen(|p| p == person(2));
        assert_eq!((some.reactions[0].count, some.comments), (1, 0));
    }

    #[test]
    fn a_crowd_is_not_remembered_one_by_one_but_still_counted() {
        let mut tally = Tally::new(post());
        for n in 0..=u8::try_from(ACTORS_MAX).unwrap() {
            tally.add(&Delta::reaction(post(), person(n), None, Some(ReactionKind::Wow)));
        }
        assert!(tally.crowded && tally.actors.is_empty());
        assert_eq!(tally.seen(|_| true).reactions[0].count, 65);
    }

    const KINDS: [Option<ReactionKind>; 3] = [None, Some(ReactionKind::Like), Some(ReactionKind::Sad)];

    proptest! {
        /// Whatever people do in whatever order: the sum of the deltas is a recount of what stands.
        #[test]
        fn deltas_add_up_to_what_stands(steps in prop::collection::vec((0u8..6, 0usize..3, any::<bool>()), 0..200)) {
            let (mut tally, mut stands) = (Tally::new(post()), BTreeMap::<u8, Acts>::new());
            for (who, kind, comment) in steps {
                let acts = stands.entry(who).or_default();
                if comment {
                    let by = if acts.comments > 0 && kind == 0 { -1 } else { 1 };
                    acts.comments += by;
                    tally.add(&Delta::comment(post(), person(who), by));
                } else {
                    tally.add(&Delta::reaction(post(), person(who), acts.reaction, KINDS[kind]));
                    acts.reaction = KINDS[kind];
                }
            }
            let likes = stands.values().filter(|a| a.reaction == Some(ReactionKind::Like)).count();
            prop_assert_eq!(tally.reactions.get(&ReactionKind::Like).copied().unwrap_or(0), likes as i64);
            prop_assert_eq!(tally.comments, stands.values().map(|a| a.comments).sum::<i64>());
            stands.retain(|_, acts| *acts != Acts::default());
            let actors: BTreeMap<UserId, Acts> = stands.into_iter().map(|(n, a)| (person(n), a)).collect();
            prop_assert_eq!(&tally.actors, &actors);
        }
    }
}
