//! A store in front of which new documents of one collection can be made to wait, to show what happens in between.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use store::{Op, Store, StoreError, Write};
use testkit::Front;
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
impl Front for Gate {
    fn behind(&self) -> &Arc<dyn Store> {
        &self.store
    }
    async fn write(&self, write: Write) -> Result<u64, StoreError> {
        let waits = matches!(&write.op, Op::Insert(document) if document.collection == self.collection);
        if waits && self.shut.load(Ordering::SeqCst) {
            self.arrived.notify_one();
            drop(self.open.acquire().await);
        }
        self.store.write(write).await
    }
}
