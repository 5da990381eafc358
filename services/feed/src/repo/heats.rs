//! Owns the warmth of posts in the store. Refuses to know why a post is warm.

use contracts::post::PostSummary;
use kernel::{PostId, Timestamp};
use store::{Change, Collection, Document as _, Query, StoreError};

use super::BEGIN_ATTEMPTS_MAX;
use crate::domain::heat::{Deeds, Heat, cold_rank};

/// Posts that are forgotten at once.
const BATCH_MAX: usize = 500;

/// The warmth of all posts that have some.
pub(crate) struct Heats(pub(super) Collection<Heat>);

impl Heats {
    /// Returns the warmest posts, the warmest first.
    pub(crate) async fn hottest(&self, limit: usize) -> Result<Vec<Heat>, StoreError> {
        self.0.find(Query::on("hot").descending().limit(limit)).await
    }

    /// Notes what a post has by now, unless that would be cold already.
    pub(crate) async fn warm(&self, post: &PostSummary, deeds: Deeds, now: Timestamp) -> Result<(), StoreError> {
        for _ in 0..BEGIN_ATTEMPTS_MAX {
            let decide = |mut heat: Heat| -> Result<_, StoreError> {
                Ok(if heat.warm(post, deeds.at) {
                    Change::Put(heat, Vec::new(), ())
                } else {
                    Change::Keep(())
                })
            };
            if self.0.update(post.id, decide).await?.is_some() {
                return Ok(());
            }
            let Some(heat) = Heat::of(post, deeds).filter(|heat| !heat.is_cold(now)) else {
                return Ok(());
            };
            match self.0.insert(&heat, Vec::new()).await {
                // Another event of the post was faster, and may have seen less.
                Err(StoreError::Unique { .. }) => {}
                done => return done,
            }
        }
        Err(StoreError::Busy)
    }

    /// Forgets a post.
    pub(crate) async fn forget(&self, post: PostId) -> Result<(), StoreError> {
        if self.0.get(post).await?.is_none() {
            return Ok(());
        }
        self.0.delete(post).await
    }

    /// Forgets what is cold by now, and the coldest beyond `most`.
    pub(crate) async fn cool(&self, now: Timestamp, most: usize) -> Result<(), StoreError> {
        loop {
            let cold = Query::on("hot").at_most(cold_rank(now)).limit(BATCH_MAX);
            let mut doomed = self.0.find(cold).await?;
            if doomed.is_empty() {
                let cap = (most + BATCH_MAX) as u64;
                let count = usize::try_from(self.0.count(Query::on("hot"), cap).await?).unwrap_or(0);
                if count <= most {
                    return Ok(());
                }
                doomed = self
                    .0
                    .find(Query::on("hot").limit((count - most).min(BATCH_MAX)))
                    .await?;
            }
            self.0.delete_many(doomed.iter().map(Heat::id).collect()).await?;
        }
    }
}
