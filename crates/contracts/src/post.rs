//! What post tells the others: posts, comments and reactions, and which of them a person may see.

use async_trait::async_trait;
use kernel::{AssetId, CommentId, Fault, PostId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::event::{EventBody, Topic, topic};

/// Who may see a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Everybody who is signed in and not blocked.
    Public,
    /// The author's friends.
    Friends,
    /// The author.
    Private,
}

/// How somebody feels about a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReactionKind {
    /// A thumb up.
    Like,
    /// A heart.
    Love,
    /// Laughing.
    Laugh,
    /// Astonished.
    Wow,
    /// Sad.
    Sad,
    /// Angry.
    Angry,
}

/// How often people have reacted, by kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReactionCount {
    /// Kind.
    pub kind: ReactionKind,
    /// How many people.
    pub count: u64,
}

/// A post without what depends on the reader: what feed needs to rank it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PostSummary {
    /// Which.
    pub id: PostId,
    /// Who wrote it.
    pub author_id: UserId,
    /// Who may see it.
    pub visibility: Visibility,
    /// Hashtags in it, lower case, without the sign.
    pub tags: Vec<String>,
    /// Whether it has media.
    pub has_media: bool,
    /// The post that it shares, if it does.
    pub shared: Option<PostId>,
    /// People who have reacted.
    pub reactions: u64,
    /// Comments that stand.
    pub comments: u64,
    /// Shares that stand.
    pub shares: u64,
    /// When it was written.
    pub created_at: Timestamp,
}

/// What feed and others may ask post.
#[async_trait]
pub trait Posts: Send + Sync {
    /// Returns those of `ids` (at most 200) that `reader` may see now, in their order: visibility, friendship, blocks and deletion are asked anew. As the JSON
    /// that `GET /api/posts/{id}` gives.
    async fn views(&self, reader: UserId, ids: &[PostId]) -> Result<Vec<serde_json::Value>, Fault>;
    /// Returns summaries of those of `ids` (at most 500) that exist, in any order.
    async fn summaries(&self, ids: &[PostId]) -> Result<Vec<PostSummary>, Fault>;
    /// Returns the posts of an author, whatever their visibility, newest first, strictly before `before`, at most `limit` (and 200).
    async fn of_author(&self, author: UserId, before: Option<PostId>, limit: usize) -> Result<Vec<PostSummary>, Fault>;
    /// Walks all posts by id, strictly after `after`, at most `limit` (and 1,000): to build timelines anew.
    async fn scan(&self, after: Option<PostId>, limit: usize) -> Result<Vec<PostSummary>, Fault>;
}

/// Facts about a post, on `social.post.v1`, keyed by post.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PostEvent {
    /// Which.
    pub post_id: PostId,
    /// Whose.
    pub author_id: UserId,
    /// The post's version after this.
    pub version: u64,
    /// What happened.
    #[serde(flatten)]
    pub change: PostChange,
}

/// What happened to a post.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum PostChange {
    /// It was written.
    Created {
        visibility: Visibility,
        tags: Vec<String>,
        /// People named in it, resolved.
        mentions: Vec<UserId>,
        media_ids: Vec<AssetId>,
        /// The post that it shares, and whose that is.
        shared: Option<(PostId, UserId)>,
        created_at: Timestamp,
    },
    /// Its words changed; `mentions` are those who are new in it.
    Edited { tags: Vec<String>, mentions: Vec<UserId> },
    /// Others may see it now.
    VisibilityChanged { visibility: Visibility },
    /// It is gone.
    Deleted,
}

impl EventBody for PostEvent {
    const TOPIC: Topic = topic::POST;
    const SOURCE: &'static str = "post";
    fn kind(&self) -> &'static str {
        match self.change {
            PostChange::Created { .. } => "post.created",
            PostChange::Edited { .. } => "post.edited",
            PostChange::VisibilityChanged { .. } => "post.visibility_changed",
            PostChange::Deleted => "post.deleted",
        }
    }
    fn key(&self) -> String {
        self.post_id.to_string()
    }
    fn sequence(&self) -> Option<u64> {
        Some(self.version)
    }
}

/// Facts about a comment, on `social.comment.v1`, keyed by post.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CommentEvent {
    /// On which post.
    pub post_id: PostId,
    /// Whose post.
    pub post_author_id: UserId,
    /// Which.
    pub comment_id: CommentId,
    /// Whose.
    pub author_id: UserId,
    /// What happened.
    #[serde(flatten)]
    pub change: CommentChange,
}

/// What happened to a comment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum CommentChange {
    /// It was written.
    Created {
        /// The comment that it answers, and whose that is.
        reply_to: Option<(CommentId, UserId)>,
        /// People named in it.
        mentions: Vec<UserId>,
    },
    /// Its words changed; `mentions` are those who are new in it.
    Edited {
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        mentions: Vec<UserId>,
    },
    /// It is gone.
    Deleted,
}

impl EventBody for CommentEvent {
    const TOPIC: Topic = topic::COMMENT;
    const SOURCE: &'static str = "post";
    fn kind(&self) -> &'static str {
        match self.change {
            CommentChange::Created { .. } => "comment.created",
            CommentChange::Edited { .. } => "comment.edited",
            CommentChange::Deleted => "comment.deleted",
        }
    }
    fn key(&self) -> String {
        self.post_id.to_string()
    }
}

/// Facts about reactions, on `social.reaction.v1`, keyed by post.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReactionEvent {
    /// To which post.
    pub post_id: PostId,
    /// Whose post.
    pub post_author_id: UserId,
    /// Who.
    pub user_id: UserId,
    /// What they feel now; absent: nothing any more.
    pub reaction: Option<ReactionKind>,
}

impl EventBody for ReactionEvent {
    const TOPIC: Topic = topic::REACTION;
    const SOURCE: &'static str = "post";
    fn kind(&self) -> &'static str {
        if self.reaction.is_some() {
            "reaction.set"
        } else {
            "reaction.cleared"
        }
    }
    fn key(&self) -> String {
        self.post_id.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The samples are the wire of version 1 for ever: what was written once must be readable by every later version.
    fn kinds<B: EventBody>(samples: &str) -> Vec<&'static str> {
        let samples: Vec<serde_json::Value> = serde_json::from_str(samples).unwrap();
        let mut kinds = Vec::new();
        for sample in samples {
            let event: B = serde_json::from_value(sample.clone()).unwrap();
            assert_eq!(serde_json::to_value(&event).unwrap(), sample);
            kinds.push(event.kind());
        }
        kinds.dedup();
        kinds
    }

    #[test]
    fn every_sample_of_version_1_about_posts_is_read_and_written_the_same() {
        let kinds = kinds::<PostEvent>(include_str!("../samples/social.post.v1.json"));
        let all = ["post.created", "post.edited", "post.visibility_changed", "post.deleted"];
        assert_eq!(kinds, all);
    }

    #[test]
    fn every_sample_of_version_1_about_comments_is_read_and_written_the_same() {
        let kinds = kinds::<CommentEvent>(include_str!("../samples/social.comment.v1.json"));
        assert_eq!(kinds, ["comment.created", "comment.edited", "comment.deleted"]);
    }

    #[test]
    fn every_sample_of_version_1_about_reactions_is_read_and_written_the_same() {
        let kinds = kinds::<ReactionEvent>(include_str!("../samples/social.reaction.v1.json"));
        assert_eq!(kinds, ["reaction.set", "reaction.cleared"]);
    }
}
