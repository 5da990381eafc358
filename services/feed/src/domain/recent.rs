//! Owns the latest posts of an account with many followers, which readers pull. Refuses to know who pulls them.

use contracts::post::{PostSummary, Visibility};
use kernel::{PostId, UserId};
use serde::{Deserialize, Serialize};
use store::{Document, Index};

use crate::domain::entry::Entry;

/// Most posts of one account that readers find so.
pub(crate) const RECENT_MAX: usize = 200;

/// Posts kept beyond these, so that a chain of pages loses none of those that it began with while so many are written.
pub(crate) const RECENT_SLACK: usize = 50;

/// The latest posts of one account, newest first. That there is such a document makes the account one that is pulled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Recent {
    /// Whose.
    pub(crate) id: UserId,
    /// Posts that others than the author may see.
    pub(crate) posts: Vec<RecentPost>,
    /// Every follower of the day when the account grew too large knows that it is pulled.
    pub(crate) announced: bool,
    /// Followers who pull as many accounts as one can: they find the posts in their timelines.
    #[serde(default)]
    pub(crate) laid: Vec<UserId>,
}

/// What a timeline knows of a post.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RecentPost {
    id: PostId,
    #[serde(default)]
    media: bool,
    #[serde(default)]
    shared: bool,
}

impl Document for Recent {
    const COLLECTION: &'static str = "recent";
    const INDEXES: &'static [Index] = &[];
    fn id(&self) -> String {
        self.id.to_string()
    }
}

impl Recent {
    /// Takes the posts of an author as they stand, newest first, over what was known `before`.
    pub(crate) fn of(author: UserId, posts: &[PostSummary], before: Option<Self>) -> Self {
        let open = posts.iter().filter(|p| p.visibility != Visibility::Private);
        let post = |p: &PostSummary| RecentPost {
            id: p.id,
            media: p.has_media,
            shared: p.shared.is_some(),
        };
        Self {
            id: author,
            posts: open.take(RECENT_MAX + RECENT_SLACK).map(post).collect(),
            announced: before.as_ref().is_some_and(|before| before.announced),
            laid: before.map(|before| before.laid).unwrap_or_default(),
        }
    }

    /// Returns the latest posts up to `head` as entries of a reader's timeline, there since they were written.
    pub(crate) fn entries(&self, reader: UserId, head: Option<PostId>) -> impl Iterator<Item = Entry> {
        let known = self.posts.iter().filter(move |p| head.is_none_or(|head| p.id <= head));
        known.take(RECENT_MAX).map(move |p| Entry {
            reader,
            post: p.id,
            author: self.id,
            media: p.media,
            shared: p.shared,
            added: 0,
        })
    }
}
