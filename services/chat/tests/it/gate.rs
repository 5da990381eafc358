//! Owns a store in front of which some operations can be made to wait, to show what happens in between.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use store::{Op, Query, Store, StoreError, Stored, Write};
use testkit::Front;
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
impl Front for Gate {
    fn behind(&self) -> &Arc<dyn Store> {
        &self.store
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
}
