//! Builds all timelines from the posts and friendships as they are, when nothing says that this was done: at the first start, and
//! after the documents were lost or thrown away. Does no harm while people post and read, and leads to the same when it is done again.

use std::collections::HashMap;
use std::sync::Arc;

use contracts::post::{PostSummary, Visibility};
use kernel::{Fault, UserId};
use tokio_util::sync::CancellationToken;

use super::{App, is_open};
use crate::domain::entry::Entry;
use crate::domain::heat::{Counts, Deeds};

/// Posts that are walked at once.
const SCAN_MAX: usize = 1_000;
/// Authors whose friends are remembered during one such walk.
const KNOWN_MAX: usize = 1_000;
/// Entries that are gathered before they are written, and the readers of one post more.
const GATHERED_MAX: usize = 2_000;

impl App {
    /// Builds all timelines unless that was done, and goes on where a stop or a crash left it; then waits for `stop`.
    pub(crate) async fn build(self: Arc<Self>, stop: CancellationToken) -> Result<(), Fault> {
        let mut progress = self.repo.progress().await?.unwrap_or_default();
        while !progress.done && !stop.is_cancelled() {
            let posts = self.posts.scan(progress.after, SCAN_MAX).await?;
            self.lay_out_all(&posts).await?;
            progress.after = posts.last().map(|post| post.id).or(progress.after);
            progress.done = posts.len() < SCAN_MAX;
            self.repo.set_progress(progress).await?;
        }
        stop.cancelled().await;
        Ok(())
    }

    async fn lay_out_all(&self, posts: &[PostSummary]) -> Result<(), Fault> {
        let mut readers_of = HashMap::new();
        let mut entries: Vec<Entry> = Vec::new();
        for post in posts {
            entries.push(self.entry(post.author_id, post));
            if is_open(post) {
                let readers = self.known_readers(post.author_id, &mut readers_of).await?;
                entries.extend(readers.iter().map(|reader| self.entry(*reader, post)));
                self.warm_again(post).await?;
            }
            if entries.len() >= GATHERED_MAX {
                self.lay(&std::mem::take(&mut entries)).await?;
            }
        }
        self.lay(&entries).await
    }

    /// Returns those before whom an author's posts are laid: nobody when they are pulled. The friends of an author are asked for
    /// once; who becomes one in between is found by the event.
    async fn known_readers<'a>(
        &self,
        author: UserId,
        known: &'a mut HashMap<UserId, Vec<UserId>>,
    ) -> Result<&'a [UserId], Fault> {
        if !known.contains_key(&author) {
            let mut readers = self.followers(author).await?;
            if readers.len() > self.config.push_followers_max {
                readers.clear();
                self.keep_recent(author).await?;
            }
            if known.len() >= KNOWN_MAX {
                known.clear();
            }
            known.insert(author, readers);
        }
        Ok(known.get(&author).map_or(&[], Vec::as_slice))
    }

    /// Warms a public post again by what people have done with it, as of the moment when it was written.
    async fn warm_again(&self, post: &PostSummary) -> Result<(), Fault> {
        if post.visibility != Visibility::Public {
            return Ok(());
        }
        let deeds = Deeds {
            fresh: Counts::default(),
            at: post.created_at,
        };
        Ok(self.repo.heats.warm(post, deeds, self.ambient.now()).await?)
    }
}
