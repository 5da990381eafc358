//! What friendship tells the others: who is friends with whom, and who has blocked whom.
//! It owns one document per pair of people; blocks live there too, so that a block ends a friendship in one write.

use async_trait::async_trait;
use kernel::{Fault, FriendRequestId, Page, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::event::{EventBody, Topic, topic};

/// How two people stand to each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Relation {
    /// They are friends.
    pub friends: bool,
    /// One of them has blocked the other; then nothing of one is for the other.
    pub blocked: bool,
}

/// Facts about a pair, on `social.friendship.v1`, keyed by the sorted pair `low:high`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum FriendshipEvent {
    /// `from` asks `to`.
    Requested {
        from: UserId,
        to: UserId,
        request_id: FriendRequestId,
        version: u64,
    },
    /// They are friends now; `by` accepted.
    Accepted { by: UserId, other: UserId, version: u64 },
    /// `by` declined or took back a request.
    Declined { by: UserId, other: UserId, version: u64 },
    /// `by` ended the friendship.
    Removed { by: UserId, other: UserId, version: u64 },
    /// `by` blocked `other`.
    Blocked { by: UserId, other: UserId, version: u64 },
    /// `by` lifted the block.
    Unblocked { by: UserId, other: UserId, version: u64 },
}

impl FriendshipEvent {
    /// Returns the two people, the one who acted first.
    pub fn pair(&self) -> (UserId, UserId) {
        match self {
            Self::Requested { from, to, .. } => (*from, *to),
            Self::Accepted { by, other, .. }
            | Self::Declined { by, other, .. }
            | Self::Removed { by, other, .. }
            | Self::Blocked { by, other, .. }
            | Self::Unblocked { by, other, .. } => (*by, *other),
        }
    }
}

/// Returns the document id and partition key of a pair: the two ids, lower first.
pub fn pair_key(a: UserId, b: UserId) -> String {
    if a < b { format!("{a}:{b}") } else { format!("{b}:{a}") }
}

impl EventBody for FriendshipEvent {
    const TOPIC: Topic = topic::FRIENDSHIP;
    const SOURCE: &'static str = "friendship";
    fn kind(&self) -> &'static str {
        match self {
            Self::Requested { .. } => "friendship.requested",
            Self::Accepted { .. } => "friendship.accepted",
            Self::Declined { .. } => "friendship.declined",
            Self::Removed { .. } => "friendship.removed",
            Self::Blocked { .. } => "friendship.blocked",
            Self::Unblocked { .. } => "friendship.unblocked",
        }
    }
    fn key(&self) -> String {
        let (a, b) = self.pair();
        pair_key(a, b)
    }
    fn sequence(&self) -> Option<u64> {
        match self {
            Self::Requested { version, .. }
            | Self::Accepted { version, .. }
            | Self::Declined { version, .. }
            | Self::Removed { version, .. }
            | Self::Blocked { version, .. }
            | Self::Unblocked { version, .. } => Some(*version),
        }
    }
}

/// What other services may ask friendship.
#[async_trait]
pub trait Relationships: Send + Sync {
    /// Returns how `user` stands to each of `others` (at most 1,000), in their order.
    async fn relations(&self, user: UserId, others: &[UserId]) -> Result<Vec<Relation>, Fault>;
    /// Returns the friends of `user`, at most `limit` (and 5,000).
    async fn friends(&self, user: UserId, limit: usize) -> Result<Vec<UserId>, Fault>;
    /// Lists the friends of `user`, all of them over the pages, at most `limit` (and 1,000) at once, in an order of friendship's own.
    async fn friends_page(&self, user: UserId, limit: usize, cursor: Option<&str>) -> Result<Page<UserId>, Fault>;
    /// Blocks `other` for `user`, ending a friendship or request between them. Idempotent.
    async fn block(&self, user: UserId, other: UserId) -> Result<(), Fault>;
    /// Lifts the block of `other` by `user`. Idempotent.
    async fn unblock(&self, user: UserId, other: UserId) -> Result<(), Fault>;
    /// Returns whom a block parts from `user`, by whichever of the two, the newest first, at most `limit` (and 5,000).
    async fn parted(&self, user: UserId, limit: usize) -> Result<Vec<UserId>, Fault>;
    /// Lists whom `user` has blocked, newest first.
    async fn blocks(
        &self,
        user: UserId,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Page<(UserId, Timestamp)>, Fault>;
}
