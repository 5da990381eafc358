//! Owns what one person feels about one post: one document for each pair, so that people never wait for each other.
//! Refuses to count.

use contracts::post::ReactionKind;
use kernel::{EventId, PostId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use store::{Document, Index};

/// A reaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Reaction {
    pub(crate) post_id: PostId,
    pub(crate) user_id: UserId,
    pub(crate) kind: ReactionKind,
    pub(crate) at: Timestamp,
    /// Its place among the others, growing with time.
    pub(crate) place: EventId,
}

impl Reaction {
    pub(crate) fn id_of(post: PostId, user: UserId) -> String {
        format!("{post}:{user}")
    }
}

impl Document for Reaction {
    const COLLECTION: &'static str = "reactions";
    const INDEXES: &'static [Index] = &[
        Index::plain("post", &["postId", "place"]),
        Index::plain("post_kind", &["postId", "kind", "place"]),
        Index::plain("user", &["userId"]),
    ];
    fn id(&self) -> String {
        Self::id_of(self.post_id, self.user_id)
    }
}
