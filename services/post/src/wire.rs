//! Owns how posts and what belongs to them look on the wire. Refuses to decide who sees them.

use contracts::media::AssetView;
use contracts::post::{ReactionCount, ReactionKind, Visibility};
use contracts::user::Profile;
use kernel::{CommentId, PostId, ReportId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::case::{Decision, Report};
use crate::domain::mention::Mention;

/// A post as one reader sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Post)]
pub(crate) struct PostView {
    pub(crate) id: PostId,
    /// Who wrote it.
    pub(crate) author: Profile,
    pub(crate) text: String,
    /// Who may see it.
    pub(crate) visibility: Visibility,
    pub(crate) media: Vec<AssetView>,
    /// Hashtags in it, folded, without the sign.
    pub(crate) tags: Vec<String>,
    /// People named in it, without those between whom and the reader a block stands.
    pub(crate) mentions: Vec<Mention>,
    /// Whether it shares another post.
    pub(crate) is_share: bool,
    /// The post that it shares; null when it shares none, or one that is gone or not for the reader's eyes.
    #[schema(required = true)]
    pub(crate) shared: Option<SharedView>,
    /// How often people have reacted, by kind. The three counters follow what people do within moments.
    pub(crate) reactions: Vec<ReactionCount>,
    /// What the reader feels.
    #[schema(required = true)]
    pub(crate) my_reaction: Option<ReactionKind>,
    /// Comments that stand.
    pub(crate) comments: u64,
    /// Shares that stand, without private ones.
    pub(crate) shares: u64,
    pub(crate) created_at: Timestamp,
    /// When its words last changed.
    #[schema(required = true)]
    pub(crate) edited_at: Option<Timestamp>,
    /// How often its words changed.
    pub(crate) edits: u32,
    /// Grows with each change; the `ETag`.
    pub(crate) version: u64,
}

/// A post inside one that shares it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SharedPost)]
pub(crate) struct SharedView {
    pub(crate) id: PostId,
    /// Who wrote it.
    pub(crate) author: Profile,
    pub(crate) text: String,
    pub(crate) media: Vec<AssetView>,
    pub(crate) tags: Vec<String>,
    pub(crate) mentions: Vec<Mention>,
    pub(crate) created_at: Timestamp,
    #[schema(required = true)]
    pub(crate) edited_at: Option<Timestamp>,
}

/// A comment.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Comment)]
pub(crate) struct CommentView {
    pub(crate) id: CommentId,
    pub(crate) post_id: PostId,
    /// Who wrote it.
    pub(crate) author: Profile,
    pub(crate) text: String,
    /// People named in it, without those between whom and the reader a block stands.
    pub(crate) mentions: Vec<Mention>,
    /// The comment that it answers.
    #[schema(required = true)]
    pub(crate) reply_to: Option<CommentId>,
    /// The comment of the first level under which it stands; null on the first level.
    #[schema(required = true)]
    pub(crate) thread_id: Option<CommentId>,
    pub(crate) created_at: Timestamp,
    #[schema(required = true)]
    pub(crate) edited_at: Option<Timestamp>,
    /// Grows with each change; the `ETag`.
    pub(crate) version: u64,
}

/// Somebody's reaction.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PostReaction)]
pub(crate) struct ReactionView {
    /// Who.
    pub(crate) user: Profile,
    /// What they feel.
    pub(crate) kind: ReactionKind,
    /// Since when.
    pub(crate) at: Timestamp,
}

/// Words that a post had before.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PostRevision)]
pub(crate) struct RevisionView {
    /// 0 for the first words.
    pub(crate) edit: u32,
    pub(crate) text: String,
    /// When these words were written.
    pub(crate) at: Timestamp,
}

/// All reports about one post or comment until somebody decides.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PostCase)]
pub(crate) struct CaseView {
    /// The id of its first report.
    pub(crate) id: ReportId,
    /// `post:<id>` or `comment:<id>`.
    pub(crate) subject: String,
    /// The post, or that on which the comment stands.
    pub(crate) post_id: PostId,
    #[schema(required = true)]
    pub(crate) comment_id: Option<CommentId>,
    /// Whose it is; null when their account is gone.
    #[schema(required = true)]
    pub(crate) author: Option<Profile>,
    /// What it said when it was first reported.
    pub(crate) excerpt: String,
    /// What it showed then, as far as its author has not removed the files, until the case is decided.
    pub(crate) media: Vec<AssetView>,
    /// The first 100, oldest first.
    pub(crate) reports: Vec<Report>,
    /// People who have reported it, at most 500.
    pub(crate) report_count: u64,
    pub(crate) opened_at: Timestamp,
    /// What was decided; null while it is open.
    #[schema(required = true)]
    pub(crate) decision: Option<Decision>,
}
