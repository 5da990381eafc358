//! Owns the timers in the store, and the one write that fires one. Refuses to know who found it due.

use std::sync::Arc;

use contracts::Event;
use contracts::expiration::TimerEvent;
use futures::StreamExt as _;
use kernel::{Ambient, Fault, OrderId, Timestamp};
use store::{Change, Collection, Document as _, Op, Query, RawDocument, Spec, Store, StoreError, Stored, Write};

use crate::domain::timer::{News, TimerDoc};

/// Every collection of the service, for whoever moves or counts all of its documents.
pub const COLLECTIONS: &[Spec] = &[Spec::of::<TimerDoc>()];

/// What became of timers that somebody found due.
#[derive(Debug, Default)]
pub(crate) struct Fired {
    /// These fired now.
    pub(crate) now: usize,
    /// These are armed for later.
    pub(crate) later: Vec<(String, Timestamp)>,
    /// Somebody else wrote these meanwhile: to be looked at again.
    pub(crate) again: Vec<String>,
}

/// What trying to fire one timer led to.
enum Try {
    Fired,
    Later(String, Timestamp),
    Over,
    Again(String),
}

/// The timers.
pub(crate) struct Timers {
    docs: Collection<TimerDoc>,
    pub(crate) ambient: Ambient,
}

impl Timers {
    pub(crate) async fn open(store: &Arc<dyn Store>, ambient: Ambient) -> Result<Self, StoreError> {
        Ok(Self {
            docs: Collection::open(store).await?,
            ambient,
        })
    }

    /// Follows news of an order; returns when its timer is due now, if it is armed.
    pub(crate) async fn follow(
        &self,
        order: OrderId,
        news: News,
        version: u64,
    ) -> Result<Option<Timestamp>, StoreError> {
        loop {
            let known = self.docs.update(order, |mut timer: TimerDoc| {
                let changed = timer.follow(news, version, self.ambient.now());
                let due = timer.due;
                Ok::<_, StoreError>(if changed {
                    Change::Put(timer, Vec::new(), due)
                } else {
                    Change::Keep(due)
                })
            });
            if let Some(due) = known.await? {
                return Ok(due);
            }
            // What was never armed needs no disarming.
            let News::Deadline(deadline) = news else {
                return Ok(None);
            };
            match self
                .docs
                .insert(&TimerDoc::set(order, deadline, version), Vec::new())
                .await
            {
                Ok(()) => return Ok(Some(deadline)),
                // Another delivery of the same event was faster.
                Err(StoreError::Unique { .. }) => {}
                Err(e) => return Err(e),
            }
        }
    }

    /// Fires those of these orders' timers that are due.
    pub(crate) async fn fire(&self, orders: &[String]) -> Result<Fired, Fault> {
        let found = self.docs.store().get(TimerDoc::COLLECTION, orders).await?;
        self.fire_all(found).await
    }

    /// Fires timers that the index says are due, the longest waiting first; tells also how many it found.
    pub(crate) async fn fire_due(&self, limit: usize) -> Result<(usize, Fired), Fault> {
        let due = Query::on("due").at_most(self.ambient.now()).limit(limit);
        let found = self.docs.store().find(TimerDoc::COLLECTION, due).await?;
        Ok((found.len(), self.fire_all(found).await?))
    }

    /// Each timer is a write of its own; all wait together, so that they share the price of a sync.
    async fn fire_all(&self, found: Vec<Stored>) -> Result<Fired, Fault> {
        let width = found.len().max(1);
        let tries = futures::stream::iter(found).map(|stored| self.try_fire(stored));
        let mut tries = tries.buffer_unordered(width);
        let mut fired = Fired::default();
        while let Some(tried) = tries.next().await {
            match tried? {
                Try::Fired => fired.now += 1,
                Try::Later(id, due) => fired.later.push((id, due)),
                Try::Again(id) => fired.again.push(id),
                Try::Over => {}
            }
        }
        Ok(fired)
    }

    /// Fires one at the version that was read: of all who try, one wins, and its event commits with the write.
    async fn try_fire(&self, stored: Stored) -> Result<Try, Fault> {
        let mut timer: TimerDoc = match serde_json::from_slice(&stored.body) {
            Ok(timer) => timer,
            // One that is damaged holds up no other; its order looks by itself.
            Err(error) => {
                tracing::error!(timer = %stored.id, %error, "a timer cannot be read and is passed over");
                return Ok(Try::Over);
            }
        };
        let Some(due) = timer.fire(self.ambient.now()) else {
            return Ok(timer.due.map_or(Try::Over, |due| Try::Later(stored.id, due)));
        };
        let event = TimerEvent {
            order_id: timer.order_id,
            due,
        };
        let write = Write {
            op: Op::Replace(RawDocument::of(&timer)?, stored.version),
            events: vec![Event::new(&self.ambient, &event)?],
            mark: None,
        };
        match self.docs.store().write(write).await {
            Ok(_) => Ok(Try::Fired),
            Err(StoreError::Conflict) => Ok(Try::Again(stored.id)),
            Err(e) => Err(e.into()),
        }
    }

    /// Removes timers that are over since before `before`, at most `limit`; tells how many.
    pub(crate) async fn forget(&self, before: Timestamp, limit: usize) -> Result<usize, StoreError> {
        let over = self.docs.find(Query::on("over").at_most(before).limit(limit)).await?;
        for timer in &over {
            self.docs.delete(timer.id()).await?;
        }
        Ok(over.len())
    }
}
