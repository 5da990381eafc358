//! Owns a store in front of which some operations can be made to wait, to show what happens in between.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use contracts::Event;
use kernel::{EventId, Timestamp};
use store::{Op, Query, Search, Spec, Store, StoreError, Stored, Write};
use tokio::sync::{Notify, Semaphore};

/// What waits before a gate.
#[derive(Clone, Copy, PartialEq)]
pub enum Held {
    /// Sends.
    Appends,
    /// Changes to documents of this collection; they go on although nobody waits for them any more.
    Replaces(&'static str),
    /// New documents of this collection.
    Inserts(&'static str),
    /// Point reads of this collection.
    Gets(&'static str),
    /// Answers from this index.
    Finds(&'static str),
}

/// A store before which some operations wait until the gate is opened.
pub struct Gate {
    store: Arc<dyn Store>,
    held: Held,
    shut: AtomicBool,
    open: Arc<Semaphore>,
    arrived: Notify,
}

impl Gate {
    /// Makes a gate that stands open until [`Gate::shut`].
    pub fn before(store: Arc<dyn Store>, held: Held) -> Arc<Self> {
        Arc::new(Self {
            store,
            held,
            shut: AtomicBool::new(false),
            open: Arc::new(Semaphore::new(0)),
            arrived: Notify::new(),
        })
    }

    pub fn shut(&self) {
        self.shut.store(true, Ordering::SeqCst);
    }

    /// Waits until something stands before the gate.
    pub async fn arrival(&self) {
        self.arrived.notified().await;
    }

    pub fn open(&self) {
        self.shut.store(false, Ordering::SeqCst);
        self.open.add_permits(Semaphore::MAX_PERMITS);
    }

    /// Returns what to wait for with such an operation.
    fn stop(&self, op: Held) -> Option<Arc<Semaphore>> {
        let held = op == self.held && self.shut.load(Ordering::SeqCst);
        held.then(|| {
            self.arrived.notify_one();
            self.open.clone()
        })
    }

    async fn pass(&self, op: Held) {
        if let Some(open) = self.stop(op) {
            drop(open.acquire().await);
        }
    }
}

#[async_trait]
impl Store for Gate {
    async fn declare(&self, spec: Spec) -> Result<(), StoreError> {
        self.store.declare(spec).await
    }
    async fn get(&self, collection: &'static str, ids: &[String]) -> Result<Vec<Stored>, StoreError> {
        self.pass(Held::Gets(collection)).await;
        self.store.get(collection, ids).await
    }
    async fn find(&self, collection: &'static str, query: Query) -> Result<Vec<Stored>, StoreError> {
        let (found, index) = (self.store.find(collection, query.clone()).await, query.index);
        self.pass(Held::Finds(index)).await;
        found
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
    async fn write(&self, write: Write) -> Result<u64, StoreError> {
        let op = match &write.op {
            Op::Append(_) => Held::Appends,
            Op::Replace(document, _) => Held::Replaces(document.collection),
            Op::Insert(document) => Held::Inserts(document.collection),
            Op::InsertMany(documents) => Held::Inserts(documents.first().map_or("", |d| d.collection)),
            Op::Delete(..) | Op::DeleteMany(..) | Op::Restore(_) => return self.store.write(write).await,
        };
        let Some(open) = self.stop(op) else {
            return self.store.write(write).await;
        };
        let store = self.store.clone();
        let queued = async move {
            drop(open.acquire().await);
            store.write(write).await
        };
        tokio::spawn(queued).await.unwrap()
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
