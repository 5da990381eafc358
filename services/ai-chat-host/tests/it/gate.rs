//! A store in front of which new documents of one collection can be made to wait, to show what happens in between.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use contracts::Event;
use kernel::{EventId, Timestamp};
use store::{Op, Query, Search, Spec, Store, StoreError, Stored, Write};
use tokio::sync::{Notify, Semaphore};

pub struct Gate {
    store: Arc<dyn Store>,
    collection: &'static str,
    shut: AtomicBool,
    open: Semaphore,
    arrived: Notify,
}

impl Gate {
    /// Makes a gate before new documents of `collection` that is shut until [`Gate::open`].
    pub fn before(store: Arc<dyn Store>, collection: &'static str) -> Arc<Self> {
        Arc::new(Self {
            store,
            collection,
            shut: AtomicBool::new(true),
            open: Semaphore::new(0),
            arrived: Notify::new(),
        })
    }

    /// Waits until something stands before the gate.
    pub async fn arrival(&self) {
        self.arrived.notified().await;
    }

    pub fn open(&self) {
        self.shut.store(false, Ordering::SeqCst);
        self.open.add_permits(Semaphore::MAX_PERMITS);
    }
}

#[async_trait]
impl Store for Gate {
    async fn write(&self, write: Write) -> Result<u64, StoreError> {
        let waits = matches!(&write.op, Op::Insert(document) if document.collection == self.collection);
        if waits && self.shut.load(Ordering::SeqCst) {
            self.arrived.notify_one();
            drop(self.open.acquire().await);
        }
        self.store.write(write).await
    }
    async fn declare(&self, spec: Spec) -> Result<(), StoreError> {
        self.store.declare(spec).await
    }
    async fn get(&self, collection: &'static str, ids: &[String]) -> Result<Vec<Stored>, StoreError> {
        self.store.get(collection, ids).await
    }
    async fn find(&self, collection: &'static str, query: Query) -> Result<Vec<Stored>, StoreError> {
        self.store.find(collection, query).await
    }
    async fn count(&self, collection: &'static str, query: Query, cap: u64) -> Result<u64, StoreError> {
        self.store.count(collection, query, cap).await
    }
    async fn search(&self, collection: &'static str, search: Search) -> Result<Vec<Stored>, StoreError> {
        self.store.search(collection, search).await
    }
    async fn scan(
        &self,
        collection: &'static str,
        after: Option<String>,
        limit: usize,
    ) -> Result<Vec<Stored>, StoreError> {
        self.store.scan(collection, after, limit).await
    }
    async fn pending_events(&self, limit: usize) -> Result<Vec<Event>, StoreError> {
        self.store.pending_events(limit).await
    }
    async fn mark_sent(&self, events: &[EventId]) -> Result<(), StoreError> {
        self.store.mark_sent(events).await
    }
    async fn sent_since(&self, since: Timestamp, limit: usize) -> Result<Vec<Event>, StoreError> {
        self.store.sent_since(since, limit).await
    }
    fn outbox_signal(&self) -> Arc<Notify> {
        self.store.outbox_signal()
    }
    async fn outbox_depth(&self) -> Result<u64, StoreError> {
        self.store.outbox_depth().await
    }
    async fn ping(&self) -> Result<(), StoreError> {
        self.store.ping().await
    }
    async fn close(&self) {
        self.store.close().await;
    }
}
