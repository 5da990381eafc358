//! Lays a post before those who should find it, or takes it away: what an event says is only the occasion, what is so is asked of
//! its owner. So an event that comes twice, late or out of order leads to the same.

use contracts::post::{PostSummary, Visibility};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use kernel::{Fault, PostId, Timestamp, UserId};
use store::StoreError;

use super::{App, FRIENDS_MAX, OF_AUTHOR_MAX, is_open};
use crate::domain::entry::{Entry, is_time_to_trim};
use crate::domain::heat::Counts;
use crate::domain::recent::Recent;

/// Followers that are told at once that they pull an account from now on.
const ANNOUNCE_AT_ONCE: usize = 16;
/// How often the latest posts of an author are asked for again when another was faster.
const WRITE_ATTEMPTS_MAX: u32 = 32;

impl App {
    /// Makes timelines agree with a post as it is now. Returns the friends who find it in theirs.
    pub(crate) async fn settle_post(&self, post: PostId, author: UserId) -> Result<Vec<UserId>, Fault> {
        match self.summary(post).await? {
            Some(post) => self.lay_out(&post).await,
            None => {
                self.take_away(post, author).await?;
                self.repo.timelines.withdraw(post, &[author]).await?;
                Ok(Vec::new())
            }
        }
    }

    /// Lays a post into its author's timeline, and into those of friends unless they pull or must not see it.
    pub(super) async fn lay_out(&self, post: &PostSummary) -> Result<Vec<UserId>, Fault> {
        let author = post.author_id;
        self.lay(&[self.entry(author, post)]).await?;
        if !is_open(post) {
            self.take_away(post.id, author).await?;
            return Ok(Vec::new());
        }
        if self.is_pulled(author).await? {
            self.keep_recent(author).await?;
            return Ok(Vec::new());
        }
        let friends = self.followers(author).await?;
        if friends.len() > self.config.push_followers_max {
            self.keep_recent(author).await?;
            return Ok(Vec::new());
        }
        self.lay_before(post, &friends).await?;
        Ok(friends)
    }

    /// Lays a post into the timelines of `readers`.
    pub(super) async fn lay_before(&self, post: &PostSummary, readers: &[UserId]) -> Result<(), Fault> {
        let entries: Vec<Entry> = readers.iter().map(|reader| self.entry(*reader, post)).collect();
        self.lay(&entries).await
    }

    /// Lays entries, and trims some of the timelines that got one.
    pub(super) async fn lay(&self, entries: &[Entry]) -> Result<(), Fault> {
        self.repo.timelines.add(entries).await?;
        let keep = self.config.timeline_items_max;
        for entry in entries.iter().filter(|e| is_time_to_trim(e.reader, e.post)) {
            self.repo.timelines.trim(entry.reader, keep, keep / 8).await?;
        }
        Ok(())
    }

    /// Takes a post away from everybody but its author.
    async fn take_away(&self, post: PostId, author: UserId) -> Result<(), Fault> {
        if self.is_pulled(author).await? {
            self.keep_recent(author).await?;
        }
        // Some may have got it before the account grew too large. Who is a friend no more has lost it with the friendship.
        let friends = self.relationships.friends(author, FRIENDS_MAX).await?;
        Ok(self.repo.timelines.withdraw(post, &friends).await?)
    }

    /// Returns an author's friends, one more than are delivered to.
    pub(super) async fn followers(&self, author: UserId) -> Result<Vec<UserId>, Fault> {
        let most = self.config.push_followers_max + 1;
        self.relationships.friends(author, most).await
    }

    /// Tells whether readers pull an author's posts. Once an account has grown too large it stays so until all is rebuilt.
    pub(super) async fn is_pulled(&self, author: UserId) -> Result<bool, Fault> {
        Ok(self.repo.readers.recent(author).await?.is_some())
    }

    /// Keeps the latest posts of an author for those who pull, and tells every follower once that they do.
    ///
    /// The document is written before the followers are read: who becomes one in between finds the document.
    pub(super) async fn keep_recent(&self, author: UserId) -> Result<(), Fault> {
        if self.write_recent(author).await? {
            return Ok(());
        }
        let followers = self.relationships.friends(author, FRIENDS_MAX).await?;
        let told = stream::iter(followers).map(|reader| self.repo.readers.tie(reader, None, move |t| t.pull(author)));
        told.buffer_unordered(ANNOUNCE_AT_ONCE).try_collect::<()>().await?;
        Ok(self.repo.readers.announced(author).await?)
    }

    /// Writes the latest posts of an author. They are asked for again whenever another was faster, so that an older answer never
    /// replaces a newer one. Returns whether all followers know that they pull.
    async fn write_recent(&self, author: UserId) -> Result<bool, Fault> {
        for _ in 0..WRITE_ATTEMPTS_MAX {
            let found = self.repo.readers.recent_versioned(author).await?;
            let announced = found.as_ref().is_some_and(|(recent, _)| recent.announced);
            let posts = self.posts.of_author(author, None, OF_AUTHOR_MAX).await?;
            let recent = Recent::of(author, &posts, announced);
            if self
                .repo
                .readers
                .put_recent(&recent, found.map(|(_, version)| version))
                .await?
            {
                return Ok(announced);
            }
        }
        Err(StoreError::Busy.into())
    }

    /// Notes that people have done something with a post, `at` some time: `fresh` by this event.
    pub(crate) async fn warm(&self, post: PostId, fresh: Counts, at: Timestamp) -> Result<(), Fault> {
        let at = at.min(self.ambient.now());
        match self.summary(post).await? {
            Some(post) if post.visibility == Visibility::Public => Ok(self.repo.heats.warm(&post, fresh, at).await?),
            _ => Ok(self.repo.heats.forget(post).await?),
        }
    }
}
