//! Owns the results of debates and the ratings made of them in the store. Refuses to know how a rating is made.

use std::sync::Arc;

use kernel::{Ambient, DebateId, Fault, Page};
use store::{Change, Collection, Query, Store, StoreError};

use crate::domain::debate::ballot::{ResultDoc, is_voted};
use crate::domain::debate::rating::RatingDoc;
use crate::error::Error;

/// Results that are marked as rated in one go.
const UNRATED_MAX: usize = 100;
/// Ratings read at once.
const BATCH: usize = 1_000;

/// Results and ratings.
pub(crate) struct Ratings {
    results: Collection<ResultDoc>,
    docs: Collection<RatingDoc>,
    ambient: Ambient,
}

impl Ratings {
    pub(crate) async fn open(store: &Arc<dyn Store>, ambient: Ambient) -> Result<Self, StoreError> {
        Ok(Self {
            results: Collection::open(store).await?,
            docs: Collection::open(store).await?,
            ambient,
        })
    }

    /// Keeps the result of a debate; one that is there stays.
    pub(crate) async fn add(&self, result: &ResultDoc) -> Result<(), StoreError> {
        match self.results.insert(result, Vec::new()).await {
            Err(StoreError::Unique { .. }) => Ok(()),
            added => added,
        }
    }

    pub(crate) async fn result(&self, debate: DebateId) -> Result<Option<ResultDoc>, StoreError> {
        self.results.get(debate).await
    }

    /// Returns the latest results with blind votes, at most `limit`: those without may not push them off the leaderboard.
    pub(crate) async fn recent(&self, limit: usize) -> Result<Vec<ResultDoc>, StoreError> {
        let limit = limit.clamp(1, BATCH);
        let query = Query::on("rated").descending().limit(limit);
        let mut results: Vec<ResultDoc> = self.results.find(query).await?;
        if results.len() < limit {
            // Those of releases before do not stand in the index.
            let query = Query::on("recent").descending().limit(BATCH);
            let all: Vec<ResultDoc> = self.results.find(query).await?;
            let is_old = |result: &ResultDoc| result.rated_at.is_none() && is_voted(&result.standings);
            results.extend(all.into_iter().filter(is_old));
            results.sort_by_key(|result| std::cmp::Reverse(result.ended_at));
            results.truncate(limit);
        }
        Ok(results)
    }

    /// Returns results that no rating is made of yet.
    pub(crate) async fn unrated(&self) -> Result<Vec<ResultDoc>, StoreError> {
        let query = Query::on("unrated").at_most(self.ambient.now()).limit(UNRATED_MAX);
        self.results.find(query).await
    }

    /// Notes that ratings are made of a result.
    pub(crate) async fn rated(&self, debate: DebateId) -> Result<(), Error> {
        let noted = self.results.update(debate, |mut result: ResultDoc| {
            result.unrated_since = None;
            Ok::<_, Error>(Change::Put(result, Vec::new(), ()))
        });
        noted.await.map(drop)
    }

    /// Puts these ratings in the place of all older ones.
    pub(crate) async fn replace(&self, ratings: &[RatingDoc]) -> Result<(), Error> {
        for rating in ratings {
            let put = self.docs.update(rating.agent_id, |before: RatingDoc| {
                let is_news = before.through <= rating.through && before != *rating;
                Ok::<_, Error>(if is_news {
                    Change::Put(rating.clone(), Vec::new(), ())
                } else {
                    Change::Keep(())
                })
            });
            if put.await?.is_none() {
                match self.docs.insert(rating, Vec::new()).await {
                    // Another process was faster, with the same.
                    Ok(()) | Err(StoreError::Unique { .. }) => {}
                    Err(e) => return Err(e.into()),
                }
            }
        }
        let through = ratings.iter().map(|rating| rating.through).max().unwrap_or(0);
        let is_old = |doc: &RatingDoc| doc.through < through;
        // Those whose debates are too long ago. One that is missed now is met the next time.
        for old in self
            .docs
            .find(Query::on("board").limit(BATCH))
            .await?
            .into_iter()
            .filter(is_old)
        {
            let removed = self.docs.update(old.agent_id, |doc: RatingDoc| {
                Ok::<_, Error>(if is_old(&doc) {
                    Change::Remove(Vec::new(), ())
                } else {
                    Change::Keep(())
                })
            });
            removed.await?;
        }
        Ok(())
    }

    /// Returns a page of the ratings, best first.
    pub(crate) async fn page(&self, limit: usize, cursor: Option<&str>) -> Result<Page<RatingDoc>, Fault> {
        self.docs
            .page(Query::on("board").descending().limit(limit), cursor)
            .await
    }
}
