//! Owns the pair of two people and every step between its states. Pure: each step returns the event it means, or why
//! it is refused.

use contracts::friendship::{FriendshipEvent, Relation, pair_key};
use kernel::{FriendRequestId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use store::{Document, Index};

/// Why a step is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("You are friends already.")]
    AlreadyFriends,
    #[error("You have asked already.")]
    AlreadyAsked,
    #[error("There is no such request.")]
    NoRequest,
    #[error("You are not friends.")]
    NotFriends,
    #[error("There is a block.")]
    Blocked,
}

/// An open request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Request {
    pub(crate) id: FriendRequestId,
    pub(crate) from: UserId,
    pub(crate) at: Timestamp,
}

/// A block, by one of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Block {
    pub(crate) by: UserId,
    pub(crate) at: Timestamp,
}

/// Two people and all there is between them. Kept as a [`PairDoc`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "PairDoc", from = "PairDoc")]
pub(crate) struct Pair {
    pub(crate) low: UserId,
    pub(crate) high: UserId,
    pub(crate) friends_since: Option<Timestamp>,
    pub(crate) request: Option<Request>,
    pub(crate) blocks: Vec<Block>,
    /// Grows with each event, so that consumers can tell old from new.
    pub(crate) version: u64,
}

impl Pair {
    /// Begins with nothing between two people.
    pub(crate) fn new(a: UserId, b: UserId) -> Self {
        Self {
            low: a.min(b),
            high: a.max(b),
            friends_since: None,
            request: None,
            blocks: Vec::new(),
            version: 0,
        }
    }

    /// Returns the other of the two.
    pub(crate) fn other(&self, one: UserId) -> UserId {
        if one == self.low { self.high } else { self.low }
    }

    /// Tells whether `user` is one of the two.
    pub(crate) fn has(&self, user: UserId) -> bool {
        user == self.low || user == self.high
    }

    /// Returns how they stand to each other.
    pub(crate) fn relation(&self) -> Relation {
        Relation {
            friends: self.friends_since.is_some(),
            blocked: !self.blocks.is_empty(),
        }
    }

    /// `by` asks the other to be friends. A request that crosses another accepts it.
    pub(crate) fn request(
        &mut self,
        by: UserId,
        id: FriendRequestId,
        now: Timestamp,
    ) -> Result<FriendshipEvent, Refusal> {
        if !self.blocks.is_empty() {
            return Err(Refusal::Blocked);
        }
        if self.friends_since.is_some() {
            return Err(Refusal::AlreadyFriends);
        }
        match self.request {
            Some(open) if open.from == by => Err(Refusal::AlreadyAsked),
            Some(_) => self.accept(by, now),
            None => {
                self.request = Some(Request { id, from: by, at: now });
                let version = self.step();
                Ok(FriendshipEvent::Requested {
                    from: by,
                    to: self.other(by),
                    request_id: id,
                    version,
                })
            }
        }
    }

    /// `by` accepts the other's request.
    pub(crate) fn accept(&mut self, by: UserId, now: Timestamp) -> Result<FriendshipEvent, Refusal> {
        match self.request {
            Some(open) if open.from != by && self.has(by) => {
                self.request = None;
                self.friends_since = Some(now);
                Ok(FriendshipEvent::Accepted {
                    by,
                    other: self.other(by),
                    version: self.step(),
                })
            }
            _ => Err(Refusal::NoRequest),
        }
    }

    /// `by` declines the other's request.
    pub(crate) fn decline(&mut self, by: UserId) -> Result<FriendshipEvent, Refusal> {
        self.close(by, |open| open.from != by)
    }

    /// `by` takes an own request back.
    pub(crate) fn cancel(&mut self, by: UserId) -> Result<FriendshipEvent, Refusal> {
        self.close(by, |open| open.from == by)
    }

    fn close(&mut self, by: UserId, may: impl Fn(&Request) -> bool) -> Result<FriendshipEvent, Refusal> {
        if !self.has(by) || !self.request.as_ref().is_some_and(may) {
            return Err(Refusal::NoRequest);
        }
        self.request = None;
        Ok(FriendshipEvent::Declined {
            by,
            other: self.other(by),
            version: self.step(),
        })
    }

    /// `by` ends the friendship.
    pub(crate) fn remove(&mut self, by: UserId) -> Result<FriendshipEvent, Refusal> {
        self.friends_since.take().ok_or(Refusal::NotFriends)?;
        Ok(FriendshipEvent::Removed {
            by,
            other: self.other(by),
            version: self.step(),
        })
    }

    /// `by` blocks the other: friendship and requests end with it. `None` when it is so already.
    pub(crate) fn block(&mut self, by: UserId, now: Timestamp) -> Option<FriendshipEvent> {
        if self.blocks.iter().any(|b| b.by == by) {
            return None;
        }
        self.blocks.push(Block { by, at: now });
        self.request = None;
        self.friends_since = None;
        Some(FriendshipEvent::Blocked {
            by,
            other: self.other(by),
            version: self.step(),
        })
    }

    /// `by` lifts their block. `None` when there is none.
    pub(crate) fn unblock(&mut self, by: UserId) -> Option<FriendshipEvent> {
        let before = self.blocks.len();
        self.blocks.retain(|b| b.by != by);
        (self.blocks.len() < before).then(|| FriendshipEvent::Unblocked {
            by,
            other: self.other(by),
            version: self.step(),
        })
    }

    fn step(&mut self) -> u64 {
        self.version += 1;
        self.version
    }
}

impl Document for Pair {
    const COLLECTION: &'static str = "pairs";
    const INDEXES: &'static [Index] = &[
        Index::multi("member", &["members"]),
        Index::multi("friend", &["friends", "friendsSince"]),
        Index::unique("request", &["requestId"]),
        Index::plain("incoming", &["requestTo", "requestAt"]),
        Index::plain("outgoing", &["requestFrom", "requestAt"]),
        Index::multi("blocker", &["blockers", "blockedAt"]),
        // A pair without a block has no such time, and stands in no such index.
        Index::multi("parted", &["members", "blockedAt"]),
    ];
    fn id(&self) -> String {
        pair_key(self.low, self.high)
    }
}

/// A pair as it is kept: the same, and what it is found by.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PairDoc {
    members: [UserId; 2],
    friends: Vec<UserId>,
    friends_since: Option<Timestamp>,
    request_id: Option<FriendRequestId>,
    request_from: Option<UserId>,
    request_to: Option<UserId>,
    request_at: Option<Timestamp>,
    blockers: Vec<UserId>,
    blocked_at: Option<Timestamp>,
    blocks: Vec<Block>,
    version: u64,
}

impl From<Pair> for PairDoc {
    fn from(pair: Pair) -> Self {
        let members = [pair.low, pair.high];
        Self {
            members,
            friends: if pair.friends_since.is_some() {
                members.to_vec()
            } else {
                Vec::new()
            },
            friends_since: pair.friends_since,
            request_id: pair.request.map(|r| r.id),
            request_from: pair.request.map(|r| r.from),
            request_to: pair.request.map(|r| pair.other(r.from)),
            request_at: pair.request.map(|r| r.at),
            blockers: pair.blocks.iter().map(|b| b.by).collect(),
            blocked_at: pair.blocks.iter().map(|b| b.at).max(),
            blocks: pair.blocks,
            version: pair.version,
        }
    }
}

impl From<PairDoc> for Pair {
    fn from(doc: PairDoc) -> Self {
        let [low, high] = doc.members;
        let request = match (doc.request_id, doc.request_from, doc.request_at) {
            (Some(id), Some(from), Some(at)) => Some(Request { id, from, at }),
            _ => None,
        };
        Self {
            low,
            high,
            friends_since: doc.friends_since,
            request,
            blocks: doc.blocks,
            version: doc.version,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn user(n: u128) -> UserId {
        uuid::Uuid::from_u128(n).into()
    }

    #[test]
    fn two_requests_that_cross_make_friends() {
        let (a, b, now) = (user(1), user(2), Timestamp::from_millis(1));
        let mut pair = Pair::new(b, a);
        pair.request(a, uuid::Uuid::from_u128(9).into(), now).unwrap();
        assert!(matches!(
            pair.request(b, uuid::Uuid::from_u128(8).into(), now),
            Ok(FriendshipEvent::Accepted { .. })
        ));
        assert!(pair.relation().friends && pair.request.is_none());
    }

    proptest! {
        #[test]
        fn whatever_happens_a_pair_is_in_one_state_and_its_version_counts_its_events(steps in prop::collection::vec((0u8..7, any::<bool>()), 0..60)) {
            let (a, b) = (user(1), user(2));
            let mut pair = Pair::new(a, b);
            let mut events = 0;
            for (i, (step, who)) in steps.into_iter().enumerate() {
                let by = if who { a } else { b };
                let now = Timestamp::from_millis(i as i64);
                let id = uuid::Uuid::from_u128(i as u128 + 10).into();
                let happened = match step {
                    0 => pair.request(by, id, now).is_ok(),
                    1 => pair.accept(by, now).is_ok(),
                    2 => pair.decline(by).is_ok(),
                    3 => pair.cancel(by).is_ok(),
                    4 => pair.remove(by).is_ok(),
                    5 => pair.block(by, now).is_some(),
                    _ => pair.unblock(by).is_some(),
                };
                events += u64::from(happened);
                prop_assert_eq!(pair.version, events);
                let states = [pair.friends_since.is_some(), pair.request.is_some(), !pair.blocks.is_empty()];
                prop_assert!(states.iter().filter(|s| **s).count() <= 1, "{:?}", pair);
                let kept: Pair = serde_json::from_str(&serde_json::to_string(&pair).unwrap()).unwrap();
                prop_assert_eq!(&kept, &pair);
            }
        }
    }
}
