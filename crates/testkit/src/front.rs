//! Owns what a test puts in front of a store: a part of its calls is the test's, the others go through. Refuses to know why.

use std::sync::Arc;

use async_trait::async_trait;
use contracts::Event;
use kernel::{EventId, Timestamp};
use store::{Query, Search, Spec, Store, StoreError, Stored, Write};
use tokio::sync::Notify;

/// The calls that a test may take; what it leaves goes to the store behind.
#[async_trait]
pub trait Front: Send + Sync + 'static {
    /// Returns the store behind.
    fn behind(&self) -> &Arc<dyn Store>;

    /// As [`Store::get`].
    async fn get(&self, collection: &'static str, ids: &[String]) -> Result<Vec<Stored>, StoreError> {
        self.behind().get(collection, ids).await
    }

    /// As [`Store::find`].
    async fn find(&self, collection: &'static str, query: Query) -> Result<Vec<Stored>, StoreError> {
        self.behind().find(collection, query).await
    }

    /// As [`Store::count`].
    async fn count(&self, collection: &'static str, query: Query, cap: u64) -> Result<u64, StoreError> {
        self.behind().count(collection, query, cap).await
    }

    /// As [`Store::write`].
    async fn write(&self, write: Write) -> Result<u64, StoreError> {
        self.behind().write(write).await
    }
}

/// Gives the store that has `front` before it.
pub fn fronted<F: Front>(front: Arc<F>) -> Arc<dyn Store> {
    Arc::new(Fronted(front))
}

struct Fronted<F>(Arc<F>);

#[async_trait]
impl<F: Front> Store for Fronted<F> {
    async fn declare(&self, spec: Spec) -> Result<(), StoreError> {
        self.0.behind().declare(spec).await
    }
    async fn get(&self, collection: &'static str, ids: &[String]) -> Result<Vec<Stored>, StoreError> {
        self.0.get(collection, ids).await
    }
    async fn find(&self, collection: &'static str, query: Query) -> Result<Vec<Stored>, StoreError> {
        self.0.find(collection, query).await
    }
    async fn count(&self, collection: &'static str, query: Query, cap: u64) -> Result<u64, StoreError> {
        self.0.count(collection, query, cap).await
    }
    async fn search(&self, collection: &'static str, search: Search) -> Result<Vec<Stored>, StoreError> {
        self.0.behind().search(collection, search).await
    }
    async fn scan(
        &self,
        collection: &'static str,
        after: Option<String>,
        limit: usize,
    ) -> Result<Vec<Stored>, StoreError> {
        self.0.behind().scan(collection, after, limit).await
    }
    async fn write(&self, write: Write) -> Result<u64, StoreError> {
        self.0.write(write).await
    }
    async fn pending_events(&self, limit: usize) -> Result<Vec<Event>, StoreError> {
        self.0.behind().pending_events(limit).await
    }
    async fn mark_sent(&self, events: &[EventId]) -> Result<(), StoreError> {
        self.0.behind().mark_sent(events).await
    }
    async fn sent_since(&self, since: Timestamp, limit: usize) -> Result<Vec<Event>, StoreError> {
        self.0.behind().sent_since(since, limit).await
    }
    fn outbox_signal(&self) -> Arc<Notify> {
        self.0.behind().outbox_signal()
    }
    async fn outbox_depth(&self) -> Result<u64, StoreError> {
        self.0.behind().outbox_depth().await
    }
    async fn ping(&self) -> Result<(), StoreError> {
        self.0.behind().ping().await
    }
    async fn close(&self) {
        self.0.behind().close().await;
    }
}
