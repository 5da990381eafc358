//! Owns what a comment is and what it may become. Refuses to know who may see the post.

use kernel::{CommentId, PostId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use store::{Document, Index};

use crate::domain::mention::Mention;

/// A comment. One that is deleted stays without its words, for the sake of its client id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Comment {
    pub(crate) id: CommentId,
    pub(crate) post_id: PostId,
    pub(crate) author_id: UserId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) client_id: Option<String>,
    pub(crate) text: String,
    pub(crate) mentions: Vec<Mention>,
    /// The comment that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) reply_to: Option<CommentId>,
    /// The comment of the first level under which it stands: an answer to an answer stands beside that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) thread_id: Option<CommentId>,
    pub(crate) created_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) edited_at: Option<Timestamp>,
    pub(crate) version: u64,
    /// For the indexes: there is one as long as it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) live: Option<bool>,
    #[serde(default)]
    mention_ids: Vec<UserId>,
}

impl Document for Comment {
    const COLLECTION: &'static str = "comments";
    const INDEXES: &'static [Index] = &[
        Index::unique("author_client", &["postId", "authorId", "clientId"]),
        Index::plain("live", &["postId", "live", "id"]),
        Index::plain("thread", &["threadId", "live", "id"]),
        Index::plain("post", &["postId", "id"]),
        // Those that are deleted as well: for erasing.
        Index::plain("author_at", &["authorId", "createdAt"]),
        Index::multi("mentioned", &["mentionIds", "id"]),
    ];
    fn id(&self) -> String {
        self.id.to_string()
    }
}

/// A new comment.
pub(crate) struct Draft {
    pub(crate) id: CommentId,
    pub(crate) post_id: PostId,
    pub(crate) author_id: UserId,
    pub(crate) client_id: Option<String>,
    pub(crate) text: String,
    pub(crate) mentions: Vec<Mention>,
    pub(crate) created_at: Timestamp,
}

impl Comment {
    /// Writes a draft down, as an answer to `reply_to` when there is one.
    pub(crate) fn new(draft: Draft, reply_to: Option<&Comment>) -> Self {
        let comment = Self {
            id: draft.id,
            post_id: draft.post_id,
            author_id: draft.author_id,
            client_id: draft.client_id,
            text: draft.text,
            mentions: draft.mentions,
            reply_to: reply_to.map(|c| c.id),
            thread_id: reply_to.map(|c| c.thread_id.unwrap_or(c.id)),
            created_at: draft.created_at,
            edited_at: None,
            version: 1,
            live: Some(true),
            mention_ids: Vec::new(),
        };
        comment.settled()
    }

    /// Brings what the indexes read into line with the rest. Whoever changes a comment ends with it.
    pub(crate) fn settled(mut self) -> Self {
        self.mention_ids = self.mentions.iter().map(|m| m.user_id).collect();
        self
    }

    /// Tells whether it stands.
    pub(crate) fn is_live(&self) -> bool {
        self.live.is_some()
    }

    /// Puts other words in.
    pub(crate) fn rewrite(&mut self, text: String, mentions: Vec<Mention>, now: Timestamp) {
        self.text = text;
        self.mentions = mentions;
        self.edited_at = Some(now);
        self.version += 1;
    }

    /// Takes its words away. `false` when they were gone already.
    pub(crate) fn fall(&mut self) -> bool {
        if !self.is_live() {
            return false;
        }
        self.live = None;
        self.text.clear();
        self.mentions.clear();
        self.edited_at = None;
        self.version += 1;
        true
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn comment(n: u128, reply_to: Option<&Comment>) -> Comment {
        let draft = Draft {
            id: CommentId::from(Uuid::from_u128(n)),
            post_id: PostId::from(Uuid::from_u128(100)),
            author_id: UserId::from(Uuid::from_u128(200)),
            client_id: None,
            text: "words".into(),
            mentions: Vec::new(),
            created_at: Timestamp::default(),
        };
        Comment::new(draft, reply_to)
    }

    #[test]
    fn answers_stand_one_level_deep_under_the_first() {
        let first = comment(1, None);
        let answer = comment(2, Some(&first));
        let deeper = comment(3, Some(&answer));
        assert_eq!((answer.reply_to, answer.thread_id), (Some(first.id), Some(first.id)));
        assert_eq!((deeper.reply_to, deeper.thread_id), (Some(answer.id), Some(first.id)));
    }

    #[test]
    fn a_deleted_comment_says_nothing_and_cannot_be_deleted_twice() {
        let mut comment = comment(1, None);
        assert!(comment.fall() && !comment.fall());
        assert!(comment.text.is_empty() && !comment.is_live());
    }
}
