//! Owns who sees which post, on every path: all handlers come through here. Asks how people stand to each other each
//! time, and remembers nothing, so that a block or the end of a friendship holds at once.
//!
//! A share is seen by those who may see it **and** what it shares. When that is gone, what the share itself says stays.

use std::collections::HashMap;

use contracts::media::AssetView;
use contracts::post::ReactionKind;
use contracts::user::Profile;
use kernel::{AssetId, PostId, UserId};

use crate::app::App;
use crate::app::people::Standing;
use crate::domain::mention::Mention;
use crate::domain::post::Post;
use crate::domain::tally::Tally;
use crate::error::Error;
use crate::wire::{PostView, SharedView};

/// Assets that one question to media may name.
const ASSETS_A_QUESTION_MAX: usize = 200;

/// A post that a reader may see, with what it shares, if they may see that.
pub(crate) struct Seen {
    pub(crate) post: Post,
    pub(crate) shared: Option<Post>,
}

/// What is looked up for many posts at once.
struct Beside {
    standing: Standing,
    tallies: HashMap<PostId, Tally>,
    profiles: HashMap<UserId, Profile>,
    assets: HashMap<AssetId, AssetView>,
    mine: HashMap<PostId, ReactionKind>,
}

impl App {
    /// Returns a post that `reader` may see; to all others it is not there.
    pub(crate) async fn seen_by(&self, reader: UserId, id: PostId) -> Result<Post, Error> {
        let (post, _) = self.repo.live_post(id).await?.ok_or(Error::NotFound)?;
        let mut seen = self.visible(reader, vec![post]).await?;
        seen.pop().map(|seen| seen.post).ok_or(Error::NotFound)
    }

    /// Leaves out what `reader` may not see.
    pub(crate) async fn visible(&self, reader: UserId, posts: Vec<Post>) -> Result<Vec<Seen>, Error> {
        let originals = self.originals(&posts).await?;
        let authors = posts.iter().chain(originals.values()).map(|p| p.author_id).collect();
        let standing = self.standing(reader, authors).await?;
        Ok(sift(reader, posts, &originals, &standing))
    }

    /// Shows those of `posts` that `reader` may see, in their order.
    pub(crate) async fn show_posts(&self, reader: UserId, posts: Vec<Post>) -> Result<Vec<PostView>, Error> {
        let posts: Vec<Post> = posts.into_iter().filter(|p| p.gone.is_none()).collect();
        let originals = self.originals(&posts).await?;
        let ids: Vec<PostId> = posts.iter().map(|p| p.id).collect();
        let tallies = self.repo.tallies_of(&ids).await?;
        let standing = self
            .standing(reader, concerned(posts.iter().chain(originals.values()), &tallies))
            .await?;
        let seen = sift(reader, posts, &originals, &standing);
        let both = || seen.iter().flat_map(|s| [Some(&s.post), s.shared.as_ref()]).flatten();
        let reactions = self
            .repo
            .reactions_by(reader, &seen.iter().map(|s| s.post.id).collect::<Vec<_>>())
            .await?;
        let beside = Beside {
            profiles: self.profiles(both().map(|p| p.author_id).collect()).await?,
            assets: self.assets(both().flat_map(|p| p.media_ids.clone()).collect()).await?,
            tallies: tallies.into_iter().map(|t| (t.post_id, t)).collect(),
            mine: reactions.into_iter().map(|r| (r.post_id, r.kind)).collect(),
            standing,
        };
        Ok(seen.into_iter().filter_map(|seen| beside.view(seen)).collect())
    }

    /// Shows one post, or nothing.
    pub(crate) async fn show_post(&self, reader: UserId, id: PostId) -> Result<PostView, Error> {
        let post = self.repo.live_post(id).await?.map(|(post, _)| post);
        let mut shown = self.show_posts(reader, post.into_iter().collect()).await?;
        shown.pop().ok_or(Error::NotFound)
    }

    /// Reads what `posts` share, unless it is gone.
    async fn originals(&self, posts: &[Post]) -> Result<HashMap<PostId, Post>, Error> {
        let mut ids: Vec<PostId> = posts.iter().filter_map(|p| p.share_of).collect();
        ids.sort_unstable();
        ids.dedup();
        let found = self.repo.posts_by_id(&ids).await?.into_iter();
        Ok(found.filter(|p| p.gone.is_none()).map(|p| (p.id, p)).collect())
    }

    pub(crate) async fn assets(&self, mut ids: Vec<AssetId>) -> Result<HashMap<AssetId, AssetView>, Error> {
        ids.sort_unstable();
        ids.dedup();
        let mut found = HashMap::with_capacity(ids.len());
        for some in ids.chunks(ASSETS_A_QUESTION_MAX) {
            found.extend(self.media.views(some).await?.into_iter().map(|a| (a.id, a)));
        }
        Ok(found)
    }
}

/// Everybody whose standing to the reader decides something about these posts.
fn concerned<'a>(posts: impl Iterator<Item = &'a Post>, tallies: &[Tally]) -> Vec<UserId> {
    let mut people: Vec<UserId> = Vec::new();
    for post in posts {
        people.push(post.author_id);
        people.extend(post.mentions.iter().map(|m| m.user_id));
    }
    people.extend(tallies.iter().flat_map(|t| t.actors.keys().copied()));
    people
}

fn sift(reader: UserId, posts: Vec<Post>, originals: &HashMap<PostId, Post>, standing: &Standing) -> Vec<Seen> {
    let visible = |post: &Post| post.may_be_seen_by(reader, standing.to(post.author_id));
    let see = |post: Post| {
        let original = post.share_of.and_then(|id| originals.get(&id));
        let shared = original.filter(|o| visible(o)).cloned();
        let whole = match (post.share_of, original) {
            _ if post.author_id == reader => true,
            (None, _) => true,
            (Some(_), Some(_)) => shared.is_some(),
            // What it shared is gone: its own words stay, if it has any.
            (Some(_), None) => !post.is_bare_share(),
        };
        (whole && visible(&post)).then_some(Seen { post, shared })
    };
    posts.into_iter().filter_map(see).collect()
}

impl Beside {
    /// Shows a post; nothing when its author's profile is gone.
    fn view(&self, seen: Seen) -> Option<PostView> {
        let Seen { post, shared } = seen;
        let counts = self
            .tallies
            .get(&post.id)
            .map(|t| t.seen(|person| self.standing.hides(person)))
            .unwrap_or_default();
        Some(PostView {
            id: post.id,
            author: self.profiles.get(&post.author_id)?.clone(),
            visibility: post.visibility,
            media: self.media(&post),
            mentions: self.mentions(&post.mentions),
            is_share: post.share_of.is_some(),
            shared: shared.and_then(|shared| self.shared(shared)),
            reactions: counts.reactions,
            my_reaction: self.mine.get(&post.id).copied(),
            comments: counts.comments,
            shares: counts.shares,
            created_at: post.created_at,
            edited_at: post.edited_at,
            edits: post.edits,
            version: post.version,
            tags: post.tags,
            text: post.text,
        })
    }

    fn shared(&self, post: Post) -> Option<SharedView> {
        Some(SharedView {
            id: post.id,
            author: self.profiles.get(&post.author_id)?.clone(),
            media: self.media(&post),
            mentions: self.mentions(&post.mentions),
            created_at: post.created_at,
            edited_at: post.edited_at,
            tags: post.tags,
            text: post.text,
        })
    }

    fn media(&self, post: &Post) -> Vec<AssetView> {
        post.media_ids
            .iter()
            .filter_map(|id| self.assets.get(id).cloned())
            .collect()
    }

    fn mentions(&self, all: &[Mention]) -> Vec<Mention> {
        let seen = all.iter().filter(|m| !self.standing.hides(m.user_id));
        seen.cloned().collect()
    }
}
