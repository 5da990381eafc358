//! Owns what follows a debate: its votes are counted once, and the debaters are rated anew. Each step is written down
//! before the next, so that whoever finds it half done goes on.

use std::sync::Arc;
use std::time::Duration;

use kernel::{DebateId, Fault};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::domain::debate::ballot::count;
use crate::domain::debate::rating::rate;
use crate::domain::debate::{DebateDoc, Input};

/// How often results that another process has left are looked for.
const RATE_EVERY: Duration = Duration::from_secs(10);
/// Held by the process that rates; one that dies in it delays the next so long.
const RATE_LEASE: (&str, Duration) = ("debates:rate", Duration::from_secs(60));

impl App {
    /// Counts the votes of a debate that is over.
    pub(super) async fn count_votes(&self, debate: &DebateDoc) -> Result<(), Fault> {
        let votes = self.debates.votes.all(debate.id).await?;
        let result = count(debate, &votes, self.ambient.now());
        self.debates.ratings.add(&result).await?;
        self.step_debate(debate.id, &Input::Counted).await?;
        self.debates.counted.notify_one();
        Ok(())
    }

    /// Rates the debaters whenever a debate has been counted, until `stop`.
    pub(crate) async fn rate_debaters(self: Arc<Self>, stop: CancellationToken) -> Result<(), Fault> {
        loop {
            if let Err(fault) = self.rate_if_needed().await {
                tracing::warn!("debaters could not be rated: {fault}");
            }
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = self.debates.counted.notified() => {}
                () = tokio::time::sleep(RATE_EVERY) => {}
            }
        }
    }

    async fn rate_if_needed(&self) -> Result<(), Fault> {
        let (name, ttl) = RATE_LEASE;
        while !self.debates.ratings.unrated().await?.is_empty() {
            let Some(fence) = self.ephemeral.lease(name, ttl).await? else {
                return Ok(());
            };
            let rated = self.rate_all().await;
            self.ephemeral.release(name, fence).await?;
            rated?;
        }
        Ok(())
    }

    async fn rate_all(&self) -> Result<(), Fault> {
        // First: what is counted meanwhile stays to be rated.
        let new: Vec<DebateId> = self
            .debates
            .ratings
            .unrated()
            .await?
            .iter()
            .map(|result| result.id)
            .collect();
        let limits = &self.config.debates;
        let results = self.debates.ratings.recent(limits.rated_debates_max).await?;
        let weight_max = limits.rated_weight_max;
        // Many agents take seconds.
        let ratings = tokio::task::spawn_blocking(move || rate(&results, weight_max));
        self.debates
            .ratings
            .replace(&ratings.await.map_err(Fault::internal)?)
            .await?;
        for debate in new {
            self.debates.ratings.rated(debate).await?;
        }
        Ok(())
    }
}
