//! Owns the entries of all timelines in the store. Refuses to know who is friends with whom.

use std::collections::HashSet;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use kernel::{PostId, UserId};
use store::{Collection, Document as _, Query, StoreError};

use crate::domain::entry::{Entry, entry_id};

/// Entries that are written or removed at once.
const BATCH_MAX: usize = 500;
/// Batches that are under way at once.
const BATCHES_MAX: usize = 4;
/// How often a batch is cut down to what is new in it, when others write the same at the same time.
const ATTEMPTS_MAX: u32 = 8;
/// Entries that are read at once.
const READ_MAX: usize = 1_000;

/// All timelines.
pub(crate) struct Timelines(pub(super) Collection<Entry>);

impl Timelines {
    /// Lays entries into timelines; those that are there already stay as they are.
    pub(crate) async fn add(&self, entries: &[Entry]) -> Result<(), StoreError> {
        let batches: Vec<Vec<Entry>> = entries.chunks(BATCH_MAX).map(<[Entry]>::to_vec).collect();
        let added = stream::iter(batches).map(|batch| self.add_batch(batch));
        added.buffer_unordered(BATCHES_MAX).try_collect().await
    }

    async fn add_batch(&self, mut rest: Vec<Entry>) -> Result<(), StoreError> {
        for _ in 0..ATTEMPTS_MAX {
            if rest.is_empty() {
                return Ok(());
            }
            match self.0.insert_many(&rest).await {
                Ok(()) => return Ok(()),
                // It stopped at one that is there. What came before it is there by now, too.
                Err(StoreError::Unique { .. }) => {}
                Err(e) => return Err(e),
            }
            let ids: Vec<String> = rest.iter().map(Entry::id).collect();
            let there: HashSet<String> = self.0.get_many(&ids).await?.iter().map(Entry::id).collect();
            rest.retain(|entry| !there.contains(&entry.id()));
        }
        Err(StoreError::Busy)
    }

    /// Takes a post out of the timelines of `readers`.
    pub(crate) async fn withdraw(&self, post: PostId, readers: &[UserId]) -> Result<(), StoreError> {
        let ids: Vec<String> = readers.iter().map(|reader| entry_id(*reader, post)).collect();
        self.remove(ids).await
    }

    /// Removes entries.
    pub(crate) async fn remove(&self, ids: Vec<String>) -> Result<(), StoreError> {
        for batch in ids.chunks(BATCH_MAX) {
            self.0.delete_many(batch.to_vec()).await?;
        }
        Ok(())
    }

    /// Returns the newest entries of a reader below `high`, newest first.
    pub(crate) async fn below(
        &self,
        reader: UserId,
        high: Option<PostId>,
        limit: usize,
    ) -> Result<Vec<Entry>, StoreError> {
        let query = Query::on("timeline").eq(reader).descending().limit(limit);
        self.0
            .find(match high {
                Some(high) => query.less_than(high),
                None => query,
            })
            .await
    }

    /// Returns the entries of a reader from `low` up to below `high`, newest first: all of them, since many more than a window
    /// holds may have been laid between them when somebody got friends meanwhile. A timeline is bounded, and so is this.
    pub(crate) async fn between(
        &self,
        reader: UserId,
        low: PostId,
        mut high: PostId,
    ) -> Result<Vec<Entry>, StoreError> {
        let mut all = Vec::new();
        loop {
            let query = Query::on("timeline").eq(reader).at_least(low).less_than(high);
            let some = self.0.find(query.descending().limit(READ_MAX)).await?;
            let rest = some.len() == READ_MAX;
            all.extend(some);
            match all.last() {
                Some(last) if rest => high = last.post,
                _ => return Ok(all),
            }
        }
    }

    /// Returns the newest entries of a reader above `low`, newest first.
    pub(crate) async fn above(&self, reader: UserId, low: PostId, limit: usize) -> Result<Vec<Entry>, StoreError> {
        let query = Query::on("timeline").eq(reader).more_than(low);
        self.0.find(query.descending().limit(limit)).await
    }

    /// Removes the entries of a reader that `doomed` names.
    pub(crate) async fn remove_where(&self, reader: UserId, doomed: impl Fn(&Entry) -> bool) -> Result<(), StoreError> {
        let mut high = None;
        loop {
            let entries = self.below(reader, high, READ_MAX).await?;
            self.remove(entries.iter().filter(|e| doomed(e)).map(Entry::id).collect())
                .await?;
            match entries.last() {
                Some(last) if entries.len() == READ_MAX => high = Some(last.post),
                _ => return Ok(()),
            }
        }
    }

    /// Removes the oldest entries of a reader beyond the newest `keep` and `slack`; then `keep` and half the slack are left, so that a
    /// chain of pages that is being read loses nothing.
    pub(crate) async fn trim(&self, reader: UserId, keep: usize, slack: usize) -> Result<(), StoreError> {
        let (most, left) = (keep + slack, keep + slack / 2);
        let cap = (most + READ_MAX) as u64;
        let count = self.0.count(Query::on("timeline").eq(reader), cap).await?;
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        if count <= most {
            return Ok(());
        }
        let oldest = Query::on("timeline").eq(reader).limit((count - left).min(READ_MAX));
        let oldest = self.0.find(oldest).await?;
        self.remove(oldest.iter().map(Entry::id).collect()).await
    }
}
