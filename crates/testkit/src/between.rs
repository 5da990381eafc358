//! A store in which a test does something in the moment before a write, and which tells how many writes were ever under way at once.
//! Refuses to decide anything: all is the store's beneath.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use contracts::Event;
use futures::future::BoxFuture;
use kernel::{EventId, Timestamp};
use parking_lot::Mutex;
use store::{Op, Query, Search, Spec, Store, StoreError, Stored, Write};
use tokio::sync::Notify;

/// The store.
pub struct Between {
    beneath: Arc<dyn Store>,
    waiting: Mutex<Option<(&'static str, BoxFuture<'static, ()>)>>,
    under_way: AtomicUsize,
    most: AtomicUsize,
}

impl Between {
    /// Puts it over another.
    pub fn over(beneath: Arc<dyn Store>) -> Arc<Self> {
        Arc::new(Self {
            beneath,
            waiting: Mutex::default(),
            under_way: AtomicUsize::new(0),
            most: AtomicUsize::new(0),
        })
    }

    /// Lets `deed` happen before the next write to a collection.
    pub fn before_write_to(&self, collection: &'static str, deed: impl Future<Output = ()> + Send + 'static) {
        *self.waiting.lock() = Some((collection, Box::pin(deed)));
    }

    /// Tells whether a deed still waits for its write.
    pub fn waits(&self) -> bool {
        self.waiting.lock().is_some()
    }

    /// Returns how many writes were under way at once, at the most since this was last asked.
    pub fn most_at_once(&self) -> usize {
        self.most.swap(0, Ordering::Relaxed)
    }
}

fn collection(op: &Op) -> &'static str {
    match op {
        Op::Insert(raw) | Op::Replace(raw, _) => raw.collection,
        Op::Delete(collection, ..) | Op::DeleteMany(collection, _) => collection,
        Op::InsertMany(all) => all.first().map_or("", |raw| raw.collection),
        Op::Restore(all) => all.first().map_or("", |(raw, _)| raw.collection),
        Op::Append(append) => append.collection,
    }
}

#[async_trait]
impl Store for Between {
    async fn declare(&self, spec: Spec) -> Result<(), StoreError> {
        self.beneath.declare(spec).await
    }
    async fn get(&self, collection: &'static str, ids: &[String]) -> Result<Vec<Stored>, StoreError> {
        self.beneath.get(collection, ids).await
    }
    async fn find(&self, collection: &'static str, query: Query) -> Result<Vec<Stored>, StoreError> {
        self.beneath.find(collection, query).await
    }
    async fn count(&self, collection: &'static str, query: Query, cap: u64) -> Result<u64, StoreError> {
        self.beneath.count(collection, query, cap).await
    }
    async fn search(&self, collection: &'static str, search: Search) -> Result<Vec<Stored>, StoreError> {
        self.beneath.search(collection, search).await
    }
    async fn scan(
        &self,
        collection: &'static str,
        after: Option<String>,
        limit: usize,
    ) -> Result<Vec<Stored>, StoreError> {
        self.beneath.scan(collection, after, limit).await
    }
    async fn write(&self, write: Write) -> Result<u64, StoreError> {
        let deed = {
            let mut waiting = self.waiting.lock();
            let mine = waiting.as_ref().is_some_and(|(of, _)| *of == collection(&write.op));
            if mine { waiting.take() } else { None }
        };
        if let Some((_, deed)) = deed {
            deed.await;
        }
        let now = self.under_way.fetch_add(1, Ordering::Relaxed) + 1;
        self.most.fetch_max(now, Ordering::Relaxed);
        // Whoever else is about to write comes to it.
        tokio::task::yield_now().await;
        let written = self.beneath.write(write).await;
        self.under_way.fetch_sub(1, Ordering::Relaxed);
        written
    }
    async fn pending_events(&self, limit: usize) -> Result<Vec<Event>, StoreError> {
        self.beneath.pending_events(limit).await
    }
    async fn mark_sent(&self, events: &[EventId]) -> Result<(), StoreError> {
        self.beneath.mark_sent(events).await
    }
    async fn sent_since(&self, since: Timestamp, limit: usize) -> Result<Vec<Event>, StoreError> {
        self.beneath.sent_since(since, limit).await
    }
    fn outbox_signal(&self) -> Arc<Notify> {
        self.beneath.outbox_signal()
    }
    async fn outbox_depth(&self) -> Result<u64, StoreError> {
        self.beneath.outbox_depth().await
    }
    async fn ping(&self) -> Result<(), StoreError> {
        self.beneath.ping().await
    }
    async fn close(&self) {
        self.beneath.close().await;
    }
}
