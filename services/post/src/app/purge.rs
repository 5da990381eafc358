//! Clears away what hangs on a post that is gone, and what of a post goes with an asset. Everything here may stop
//! anywhere and be done again.

use contracts::post::PostChange;
use kernel::{AssetId, PostId};
use store::{Change, Document as _};

use crate::app::write_post::used_by;
use crate::app::{App, each};
use crate::domain::post::{Gone, Post};
use crate::domain::tally::Delta;
use crate::error::Error;
use crate::repo::CHUNK;

impl App {
    /// Removes reactions, comments, earlier words, counters, claims on media and bare shares of a post that is gone; and
    /// the post itself, unless its client id must be known for ever.
    pub(crate) async fn purge(&self, id: PostId) -> Result<(), Error> {
        let found = self.repo.posts.get(id).await?;
        if found.as_ref().is_some_and(|post| post.gone.is_none()) {
            return Ok(());
        }
        self.clear_away(id).await?;
        self.fell_bare_shares(id).await?;
        let Some(post) = found else { return Ok(()) };
        if !post.media_ids.is_empty() {
            self.media.release(&post.media_ids, &used_by(id)).await?;
        }
        let finished = self.repo.posts.update(id, |mut post: Post| {
            let forget = post.gone == Some(Gone::Erased) || post.client_id.is_none();
            Ok::<_, Error>(if post.gone.is_some() && forget {
                Change::Remove(Vec::new(), ())
            } else if post.media_ids.is_empty() {
                Change::Keep(())
            } else {
                post.media_ids.clear();
                Change::Put(post, Vec::new(), ())
            })
        });
        finished.await?;
        Ok(())
    }

    async fn clear_away(&self, id: PostId) -> Result<(), Error> {
        loop {
            let some = self.repo.reactions_to(id, None, None, CHUNK).await?;
            if some.is_empty() {
                break;
            }
            each(some, |r| async move { Ok(self.repo.reactions.delete(r.id()).await?) }).await?;
        }
        loop {
            let some = self.repo.some_comments_on(id).await?;
            if some.is_empty() {
                break;
            }
            each(some, |c| async move { Ok(self.repo.comments.delete(c.id).await?) }).await?;
        }
        loop {
            let some = self.repo.revisions_of(id, None, CHUNK).await?;
            if some.is_empty() {
                break;
            }
            each(some, |r| async move { Ok(self.repo.revisions.delete(r.id()).await?) }).await?;
        }
        Ok(self.repo.tallies.delete(id).await?)
    }

    /// Takes away shares that say nothing of their own; others stay, and share nothing any more.
    async fn fell_bare_shares(&self, of: PostId) -> Result<(), Error> {
        let mut after = None;
        loop {
            let shares = self.repo.shares_of(of, after).await?;
            let Some(last) = shares.last() else { return Ok(()) };
            after = Some(last.id);
            let bare = shares.into_iter().filter(Post::is_bare_share);
            each(
                bare,
                |share| async move { self.fell_post(share.id, Gone::Author).await },
            )
            .await?;
        }
    }

    /// Drops an asset that is gone from all posts; one that has nothing else goes with it.
    pub(crate) async fn drop_asset(&self, asset: AssetId) -> Result<(), Error> {
        loop {
            let posts = self.repo.some_posts_with(asset).await?;
            if posts.is_empty() {
                return Ok(());
            }
            each(posts, |post| async move { self.drop_from(post.id, asset).await }).await?;
        }
    }

    async fn drop_from(&self, id: PostId, asset: AssetId) -> Result<(), Error> {
        let dropped = self.repo.posts.update(id, |mut post: Post| {
            let tally = post.counts_for().map(|of| Delta::share(of, post.author_id, -1));
            post.media_ids.retain(|a| *a != asset);
            if post.gone.is_some() {
                return Ok::<_, Error>(Change::Put(post, Vec::new(), ()));
            }
            let empty = post.text.trim().is_empty() && post.media_ids.is_empty() && post.share_of.is_none();
            let event = if empty {
                post.fall(Gone::Author);
                self.told_of(&post, PostChange::Deleted, tally)?
            } else {
                post.version += 1;
                let edited = PostChange::Edited {
                    tags: post.tags.clone(),
                    mentions: Vec::new(),
                };
                self.told_of(&post, edited, None)?
            };
            Ok(Change::Put(post.settled(), vec![event], ()))
        });
        dropped.await?;
        Ok(())
    }
}
