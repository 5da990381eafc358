//! Makes the timelines of two people agree with how they stand to each other now.

use contracts::Event;
use kernel::{Fault, UserId};
use store::Mark;

use super::App;
use crate::domain::entry::Entry;

/// Under this name interactions are counted once.
const CLOSENESS: &str = "feed.engagement";

impl App {
    /// Friends find each other's latest posts; others nothing of each other.
    pub(crate) async fn settle_pair(&self, one: UserId, other: UserId) -> Result<(), Fault> {
        let relations = self.relationships.relations(one, &[other]).await?;
        for (reader, author) in [(one, other), (other, one)] {
            if relations.first().is_some_and(|r| r.friends && !r.blocked) {
                self.link(reader, author).await?;
            } else {
                self.unlink(reader, author).await?;
            }
        }
        Ok(())
    }

    async fn link(&self, reader: UserId, author: UserId) -> Result<(), Fault> {
        let pulled = self.is_pulled(author).await?;
        if !pulled && self.followers(author).await?.len() <= self.config.push_followers_max {
            return self.backfill(reader, author).await;
        }
        if !pulled {
            self.keep_recent(author).await?;
        }
        self.follow(reader, author).await?;
        self.part_strangers(author, &[reader]).await
    }

    /// Lays an author's latest posts before a reader.
    pub(super) async fn backfill(&self, reader: UserId, author: UserId) -> Result<(), Fault> {
        let most = self.config.backfill_posts;
        if most == 0 {
            return Ok(());
        }
        let (posts, _) = self.latest_open(author, most).await?;
        let entries: Vec<Entry> = posts.iter().map(|post| self.entry(reader, post)).collect();
        self.lay(&entries).await
    }

    async fn unlink(&self, reader: UserId, author: UserId) -> Result<(), Fault> {
        self.repo.readers.part(reader, author).await?;
        Ok(self.repo.timelines.remove_where(reader, |e| e.author == author).await?)
    }

    /// Notes that `who` did something with a post of `author`: only between friends, so that it is forgotten with the friendship.
    pub(crate) async fn draw_closer(&self, who: UserId, author: UserId, event: &Event) -> Result<(), Fault> {
        if who == author {
            return Ok(());
        }
        let relations = self.relationships.relations(who, &[author]).await?;
        if !relations.first().is_some_and(|r| r.friends) {
            return Ok(());
        }
        let mark = Mark {
            consumer: CLOSENESS,
            event: event.id,
        };
        let at = event.time.min(self.ambient.now());
        let step = |ties: &mut crate::domain::ties::Ties| {
            ties.draw_closer(author, at);
            true
        };
        self.repo.readers.tie(who, Some(mark), step).await?;
        self.part_strangers(author, &[who]).await
    }
}
