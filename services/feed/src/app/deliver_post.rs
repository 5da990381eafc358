//! Lays a post before those who should find it, or takes it away: what an event says is only the occasion, what is so is asked of
//! its owner. So an event that comes twice, late or out of order leads to the same.

use contracts::post::PostSummary;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use kernel::{Fault, PostId, UserId};
use store::StoreError;

use super::{App, FRIENDS_PAGE, FRIENDS_PAGES_MAX, is_open};
use crate::domain::entry::{Entry, is_time_to_trim};
use crate::domain::recent::{RECENT_MAX, RECENT_SLACK, Recent};

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
                self.repo.heats.forget(post).await?;
                Ok(Vec::new())
            }
        }
    }

    /// Lays a post into its author's timeline, and into those of friends unless they pull or must not see it.
    async fn lay_out(&self, post: &PostSummary) -> Result<Vec<UserId>, Fault> {
        let author = post.author_id;
        self.lay(&[self.entry(author, post)]).await?;
        if !is_open(post) {
            self.take_away(post.id, author).await?;
            return Ok(Vec::new());
        }
        let mut readers = Vec::new();
        let mut pulled = self.is_pulled(author).await?;
        if !pulled {
            readers = self.followers(author).await?;
            pulled = readers.len() > self.config.push_followers_max;
        }
        if pulled {
            self.keep_recent(author).await?;
            let recent = self.repo.readers.recent(author).await?;
            readers = recent.map(|recent| recent.laid).unwrap_or_default();
        }
        let entries: Vec<Entry> = readers.iter().map(|reader| self.entry(*reader, post)).collect();
        self.lay(&entries).await?;
        Ok(readers)
    }

    /// Lays entries, takes back those that do not belong there any more by then, and trims some of the timelines that got one.
    pub(super) async fn lay(&self, entries: &[Entry]) -> Result<(), Fault> {
        self.repo.timelines.add(entries).await?;
        self.withdraw_strays(entries).await?;
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
        let mut cursor: Option<String> = None;
        for _ in 0..FRIENDS_PAGES_MAX {
            let page = self
                .relationships
                .friends_page(author, FRIENDS_PAGE, cursor.as_deref())
                .await?;
            self.repo.timelines.withdraw(post, &page.items).await?;
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        Ok(())
    }

    /// Returns an author's friends, one more than are delivered to.
    pub(super) async fn followers(&self, author: UserId) -> Result<Vec<UserId>, Fault> {
        let most = self.config.push_followers_max + 1;
        self.relationships.friends(author, most).await
    }

    /// Tells whether readers pull an author's posts. Once an account has grown too large it stays so as long as it has posts.
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
        let mut cursor: Option<String> = None;
        for _ in 0..FRIENDS_PAGES_MAX {
            let page = self
                .relationships
                .friends_page(author, FRIENDS_PAGE, cursor.as_deref())
                .await?;
            let followers = page.items.clone();
            let told = stream::iter(followers).map(|reader| self.follow(reader, author));
            told.buffer_unordered(ANNOUNCE_AT_ONCE).try_collect::<()>().await?;
            self.part_strangers(author, &page.items).await?;
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        Ok(self.repo.readers.announced(author).await?)
    }

    /// Lets a reader find the posts of an account that is pulled: who pulls as many as one can finds them in their timeline, as long as
    /// those are not too many.
    pub(super) async fn follow(&self, reader: UserId, author: UserId) -> Result<(), Fault> {
        let readers = &self.repo.readers;
        if readers.pull(reader, author).await? {
            return Ok(());
        }
        match readers
            .lay_before(reader, author, self.config.push_followers_max)
            .await?
        {
            true => self.backfill(reader, author).await,
            false => Ok(()),
        }
    }

    /// Writes the latest posts of an author. They are asked for again whenever another was faster, so that an older answer never
    /// replaces a newer one. Returns whether all followers know that they pull; nothing is kept, and nobody has to know, when
    /// there is no post: so of an erased author nothing is left.
    async fn write_recent(&self, author: UserId) -> Result<bool, Fault> {
        for _ in 0..WRITE_ATTEMPTS_MAX {
            let found = self.repo.readers.recent_versioned(author).await?;
            let (before, version) = found.unzip();
            let announced = before.as_ref().is_some_and(|recent| recent.announced);
            let (posts, has_any) = self.latest_open(author, RECENT_MAX + RECENT_SLACK).await?;
            let written = if !has_any {
                self.repo.readers.drop_recent(author, version).await?
            } else {
                let recent = Recent::of(author, &posts, before);
                self.repo.readers.put_recent(&recent, version).await?
            };
            if written {
                return Ok(announced || !has_any);
            }
        }
        Err(StoreError::Busy.into())
    }
}
