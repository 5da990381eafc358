//! Owns what a post is, what it may become, and who may see it. Refuses to know how people stand to each other: it is told.

use contracts::friendship::Relation;
use contracts::post::{PostSummary, Visibility};
use kernel::{AssetId, PostId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use store::{Document, Index};

use crate::domain::mention::Mention;
use crate::domain::tally::Tally;

/// Why a post is no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Gone {
    /// Its author deleted it.
    Author,
    /// A moderator removed it.
    Moderator,
    /// Its author's account is gone: nothing at all stays.
    Erased,
}

/// A post. One that is gone stays without its content, for the sake of its client id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Post {
    pub(crate) id: PostId,
    pub(crate) author_id: UserId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) client_id: Option<String>,
    pub(crate) text: String,
    pub(crate) visibility: Visibility,
    pub(crate) media_ids: Vec<AssetId>,
    pub(crate) tags: Vec<String>,
    pub(crate) mentions: Vec<Mention>,
    /// The post that it shares; absent when it is gone, so that one may share again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) share_of: Option<PostId>,
    pub(crate) created_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) edited_at: Option<Timestamp>,
    /// How often its words changed.
    pub(crate) edits: u32,
    /// The widest circle that the present words were ever for.
    pub(crate) words_reach: Visibility,
    /// Grows with each event about it.
    pub(crate) version: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) gone: Option<Gone>,
    /// For the indexes; see [`Post::settled`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    live: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    circle: Option<String>,
    /// The same for the posts of its author alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    author_circle: Option<String>,
    #[serde(default)]
    mention_ids: Vec<UserId>,
}

impl Document for Post {
    const COLLECTION: &'static str = "posts";
    const INDEXES: &'static [Index] = &[
        Index::unique("author_client", &["authorId", "clientId"]),
        Index::unique("author_share", &["authorId", "shareOf"]),
        Index::plain("share_of", &["shareOf", "id"]),
        Index::plain("newest", &["live", "id"]),
        Index::plain("author", &["authorId", "live", "id"]),
        // Those that are gone as well: for erasing.
        Index::plain("author_at", &["authorId", "createdAt"]),
        Index::multi("tag", &["tags", "id"]),
        Index::multi("author_tag", &["tags", "authorId", "id"]),
        Index::multi("media", &["mediaIds", "id"]),
        Index::multi("mentioned", &["mentionIds", "id"]),
        // Searched within the circles that the reader belongs to, so that nothing else is found in the first place.
        Index::text("words", Some("circle"), &["text"]),
        Index::text("author_words", Some("authorCircle"), &["text"]),
    ];
    fn id(&self) -> String {
        self.id.to_string()
    }
}

/// A new post.
pub(crate) struct Draft {
    pub(crate) id: PostId,
    pub(crate) author_id: UserId,
    pub(crate) client_id: Option<String>,
    pub(crate) text: String,
    pub(crate) visibility: Visibility,
    pub(crate) media_ids: Vec<AssetId>,
    pub(crate) tags: Vec<String>,
    pub(crate) mentions: Vec<Mention>,
    pub(crate) share_of: Option<PostId>,
    pub(crate) created_at: Timestamp,
}

impl Post {
    /// Writes a draft down.
    pub(crate) fn new(draft: Draft) -> Self {
        let post = Self {
            id: draft.id,
            author_id: draft.author_id,
            client_id: draft.client_id,
            text: draft.text,
            visibility: draft.visibility,
            media_ids: draft.media_ids,
            tags: draft.tags,
            mentions: draft.mentions,
            share_of: draft.share_of,
            created_at: draft.created_at,
            edited_at: None,
            edits: 0,
            words_reach: draft.visibility,
            version: 1,
            gone: None,
            live: None,
            circle: None,
            author_circle: None,
            mention_ids: Vec::new(),
        };
        post.settled()
    }

    /// Brings what the indexes read into line with the rest. Whoever changes a post ends with it.
    pub(crate) fn settled(mut self) -> Self {
        let here = self.gone.is_none();
        self.live = here.then_some(true);
        self.circle = here.then(|| circle(self.visibility, self.author_id));
        self.author_circle = here.then(|| author_circle(self.visibility, self.author_id));
        self.mention_ids = self.mentions.iter().map(|m| m.user_id).collect();
        self
    }

    /// Takes its content away. Media stay named until they are released. `false` when it was gone already.
    pub(crate) fn fall(&mut self, why: Gone) -> bool {
        if self.gone.is_some() {
            // Erasing goes further than deleting.
            if why == Gone::Erased {
                self.gone = Some(why);
            }
            return false;
        }
        self.gone = Some(why);
        self.text.clear();
        self.tags.clear();
        self.mentions.clear();
        self.share_of = None;
        self.edited_at = None;
        self.version += 1;
        true
    }

    /// Puts other words in.
    pub(crate) fn rewrite(&mut self, text: String, tags: Vec<String>, mentions: Vec<Mention>, now: Timestamp) {
        self.text = text;
        self.tags = tags;
        self.mentions = mentions;
        self.edited_at = Some(now);
        self.edits += 1;
        self.words_reach = self.visibility;
        self.version += 1;
    }

    /// Shows it to others than before.
    pub(crate) fn show_to(&mut self, visibility: Visibility) {
        self.visibility = visibility;
        if width(visibility) > width(self.words_reach) {
            self.words_reach = visibility;
        }
        self.version += 1;
    }

    /// Tells whether it says nothing of its own, and only shares.
    pub(crate) fn is_bare_share(&self) -> bool {
        self.share_of.is_some() && self.text.is_empty() && self.media_ids.is_empty()
    }

    /// Returns the post whose counter of shares it stands in: not when only its author sees it.
    pub(crate) fn counts_for(&self) -> Option<PostId> {
        self.share_of
            .filter(|_| self.gone.is_none() && self.visibility != Visibility::Private)
    }

    /// Tells whether `reader`, who stands to its author as `relation` says, may see it, leaving aside what it shares.
    pub(crate) fn may_be_seen_by(&self, reader: UserId, relation: Relation) -> bool {
        self.gone.is_none() && within(self.visibility, self.author_id, reader, relation)
    }

    /// Returns what feed needs.
    pub(crate) fn summary(&self, tally: Option<&Tally>) -> PostSummary {
        let counts = tally.map(|t| t.seen(|_| false)).unwrap_or_default();
        PostSummary {
            id: self.id,
            author_id: self.author_id,
            visibility: self.visibility,
            tags: self.tags.clone(),
            has_media: !self.media_ids.is_empty(),
            shared: self.share_of,
            reactions: counts.reactions.iter().map(|r| r.count).sum(),
            comments: counts.comments,
            shares: counts.shares,
            created_at: self.created_at,
        }
    }
}

/// Tells whether `reader` belongs to those whom something of `author` is for.
pub(crate) fn within(visibility: Visibility, author: UserId, reader: UserId, relation: Relation) -> bool {
    if reader == author {
        return true;
    }
    !relation.blocked
        && match visibility {
            Visibility::Public => true,
            Visibility::Friends => relation.friends,
            Visibility::Private => false,
        }
}

/// Returns how wide a circle is: a greater number is seen by more people.
pub(crate) fn width(visibility: Visibility) -> u8 {
    match visibility {
        Visibility::Private => 0,
        Visibility::Friends => 1,
        Visibility::Public => 2,
    }
}

/// Names the circle of people whom something is for, as the word index limits its searches.
pub(crate) fn circle(visibility: Visibility, author: UserId) -> String {
    match visibility {
        Visibility::Public => "public".into(),
        Visibility::Friends => format!("friends:{author}"),
        Visibility::Private => format!("private:{author}"),
    }
}

/// Names a circle of one author alone.
pub(crate) fn author_circle(visibility: Visibility, author: UserId) -> String {
    match visibility {
        Visibility::Public => format!("public:{author}"),
        narrower => circle(narrower, author),
    }
}

/// Words that a post had before. Kept apart from it, so that a post is read without its past.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Revision {
    pub(crate) post_id: PostId,
    /// Whose post it is; nobody's where it was written before authors were kept here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) author_id: Option<UserId>,
    /// 0 for the first words.
    pub(crate) edit: u32,
    pub(crate) text: String,
    /// When these words were written.
    pub(crate) at: Timestamp,
    /// The widest circle that they were ever for; nobody else reads them later.
    pub(crate) reach: Visibility,
}

impl Revision {
    /// Keeps the words that `post` has now.
    pub(crate) fn of(post: &Post) -> Self {
        Self {
            post_id: post.id,
            author_id: Some(post.author_id),
            edit: post.edits,
            text: post.text.clone(),
            at: post.edited_at.unwrap_or(post.created_at),
            reach: post.words_reach,
        }
    }
}

impl Document for Revision {
    const COLLECTION: &'static str = "revisions";
    const INDEXES: &'static [Index] = &[
        Index::plain("post", &["postId", "edit"]),
        // For the archive of one's own data.
        Index::plain("author_at", &["authorId", "at"]),
    ];
    fn id(&self) -> String {
        format!("{}:{}", self.post_id, self.edit)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn person(n: u128) -> UserId {
        UserId::from(Uuid::from_u128(n))
    }

    fn post(visibility: Visibility) -> Post {
        Post::new(Draft {
            id: PostId::from(Uuid::from_u128(9)),
            author_id: person(1),
            client_id: Some("c".into()),
            text: "words".into(),
            visibility,
            media_ids: Vec::new(),
            tags: vec!["t".into()],
            mentions: Vec::new(),
            share_of: None,
            created_at: Timestamp::default(),
        })
    }

    #[test]
    fn who_sees_what() {
        let (friend, stranger) = (
            Relation {
                friends: true,
                blocked: false,
            },
            Relation::default(),
        );
        let blocked = Relation {
            friends: true,
            blocked: true,
        };
        for (visibility, of_friend, of_stranger) in [
            (Visibility::Public, true, true),
            (Visibility::Friends, true, false),
            (Visibility::Private, false, false),
        ] {
            let post = post(visibility);
            assert_eq!(post.may_be_seen_by(person(2), friend), of_friend);
            assert_eq!(post.may_be_seen_by(person(2), stranger), of_stranger);
            assert!(!post.may_be_seen_by(person(2), blocked));
            assert!(post.may_be_seen_by(person(1), stranger));
        }
    }

    #[test]
    fn what_is_gone_has_no_content_no_place_in_lists_and_no_readers() {
        let mut gone = post(Visibility::Public);
        assert!(gone.fall(Gone::Author) && !gone.fall(Gone::Moderator));
        let gone = gone.settled();
        assert!(gone.text.is_empty() && gone.tags.is_empty() && gone.live.is_none() && gone.circle.is_none());
        assert_eq!((gone.gone, gone.version), (Some(Gone::Author), 2));
        assert!(!gone.may_be_seen_by(person(1), Relation::default()));
    }

    proptest! {
        /// Old words are never for a wider circle than one that they stood before.
        #[test]
        fn words_remember_the_widest_circle_they_were_for(steps in prop::collection::vec((0usize..3, any::<bool>()), 0..20)) {
            let all = [Visibility::Private, Visibility::Friends, Visibility::Public];
            let mut post = post(Visibility::Private);
            let mut widest = 0;
            for (visibility, rewrite) in steps {
                if rewrite {
                    prop_assert_eq!(width(Revision::of(&post).reach), widest);
                    post.rewrite("new".into(), Vec::new(), Vec::new(), Timestamp::default());
                    widest = width(post.visibility);
                } else {
                    post.show_to(all[visibility]);
                    widest = widest.max(u8::try_from(visibility).unwrap());
                }
            }
            prop_assert_eq!(width(post.words_reach), widest);
        }
    }

    #[test]
    fn words_that_were_kept_before_authors_were_are_read() {
        let kept = serde_json::json!({
            "postId": Uuid::from_u128(7).to_string(), "edit": 0, "text": "first", "at": "2026-11-27T06:58:11.000Z", "reach": "public",
        });
        let words: Revision = serde_json::from_value(kept).unwrap();
        assert_eq!((words.author_id, words.text.as_str()), (None, "first"));
    }
}
