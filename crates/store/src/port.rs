//! Owns the port that every adapter implements. Its exact meaning is `conformance`.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use contracts::Event;
use kernel::{EventId, Fault, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use crate::{Key, RawDocument, Spec, StoreError};

/// A document as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its id.
    pub id: String,
    /// Its version: 1 when inserted, one more with each write.
    pub version: u64,
    /// Its JSON.
    pub body: Bytes,
}

/// A place in an index, strictly after which a page goes on: the keys of the index's fields **after** the equality
/// prefix, and the id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Keys of the fields after the equality prefix.
    pub keys: Vec<Key>,
    /// Id of the document.
    pub id: String,
}

/// A question to one declared index (plain, unique or multi): equality on a prefix of its fields, then at most one
/// range on the next field; the answer is ordered by the fields after the prefix, then by id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// The index's name.
    pub index: &'static str,
    /// Keys of the first fields.
    pub eq: Vec<Key>,
    /// The next field is at least (`true`) or more than (`false`) this.
    pub low: Option<(Key, bool)>,
    /// The next field is at most (`true`) or less than (`false`) this.
    pub high: Option<(Key, bool)>,
    /// Greatest first.
    pub descending: bool,
    /// At most so many, 1 to 1,001.
    pub limit: usize,
    /// Go on strictly after this place, in the query's direction.
    pub after: Option<Place>,
}

impl Query {
    /// Asks `index`, ascending, at most 100.
    pub fn on(index: &'static str) -> Self {
        Self {
            index,
            eq: Vec::new(),
            low: None,
            high: None,
            descending: false,
            limit: 100,
            after: None,
        }
    }
    /// Adds equality on the next field.
    #[must_use]
    pub fn eq(mut self, key: impl Into<Key>) -> Self {
        self.eq.push(key.into());
        self
    }
    /// Asks for a next field of at least `key`.
    #[must_use]
    pub fn at_least(mut self, key: impl Into<Key>) -> Self {
        self.low = Some((key.into(), true));
        self
    }
    /// Asks for a next field of more than `key`.
    #[must_use]
    pub fn more_than(mut self, key: impl Into<Key>) -> Self {
        self.low = Some((key.into(), false));
        self
    }
    /// Asks for a next field of at most `key`.
    #[must_use]
    pub fn at_most(mut self, key: impl Into<Key>) -> Self {
        self.high = Some((key.into(), true));
        self
    }
    /// Asks for a next field of less than `key`.
    #[must_use]
    pub fn less_than(mut self, key: impl Into<Key>) -> Self {
        self.high = Some((key.into(), false));
        self
    }
    /// Turns the order around.
    #[must_use]
    pub fn descending(mut self) -> Self {
        self.descending = true;
        self
    }
    /// Sets the limit.
    #[must_use]
    pub fn limit(mut self, limit: usize) -> Self {
        self.limit = limit;
        self
    }
}

/// A question to a text index: documents that have **every** word (each word of the question matches as a prefix,
/// letters folded to lower case, diacritics removed), newest id first. What to do when none has is [`crate::Collection::search_near`]'s:
/// the same for all adapters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    /// The text index's name.
    pub index: &'static str,
    /// When the index has a scope: only documents with one of these (at most 500). Ignored otherwise.
    pub scopes: Vec<String>,
    /// The words, free text by a user. Nothing in it is syntax.
    pub words: String,
    /// At most so many, 1 to 1,001.
    pub limit: usize,
    /// Only ids less than this one (the last of the page before).
    pub before: Option<String>,
}

/// A consumer's mark that an event has been dealt with; commits with the write, kept 8 days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The consumer's group.
    pub consumer: &'static str,
    /// The event.
    pub event: EventId,
}

/// Builds the document and events for a sequence number. Runs where the number is assigned; must be pure, since it
/// may run again.
pub type BuildAppend = Arc<dyn Fn(u64) -> Result<(RawDocument, Vec<Event>), Fault> + Send + Sync>;

/// An insert that is given the next number of its scope, from 1, without gaps, in the order of acknowledgement.
#[derive(Clone)]
pub struct Append {
    /// Collection.
    pub collection: &'static str,
    /// A unique index of two fields, scope and number.
    pub index: &'static str,
    /// The scope's key, such as the room.
    pub scope: Key,
    /// Builds the document once the number is known; it must carry that number in the index's second field.
    pub build: BuildAppend,
}

/// What a write does to one document (or to several that need not change together).
#[derive(Clone)]
pub enum Op {
    /// Adds one. `Unique` when the id or an index is taken.
    Insert(RawDocument),
    /// Adds several: each for itself, in order, stopping at the first failure; with no events.
    InsertMany(Vec<RawDocument>),
    /// Replaces one at exactly this version, else `Conflict`.
    Replace(RawDocument, u64),
    /// Removes one, at this version when given (else `Conflict`). Removing what is not there is no failure without a version.
    Delete(&'static str, String, Option<u64>),
    /// Removes several (at most 1,001) of one collection, each for itself; those that are not there are passed over; with no events.
    DeleteMany(&'static str, Vec<String>),
    /// Adds one with the next number of its scope.
    Append(Append),
    /// Adds several at the versions that they had elsewhere; otherwise as `InsertMany`. For import only.
    Restore(Vec<(RawDocument, u64)>),
}

/// A write: one operation, its events (durable with it) and its inbox mark.
#[derive(Clone)]
pub struct Write {
    /// What to do.
    pub op: Op,
    /// Events that become durable with it, in order.
    pub events: Vec<Event>,
    /// Inbox mark; when it is there already, nothing is written: `AlreadyProcessed`.
    pub mark: Option<Mark>,
}

impl From<Op> for Write {
    fn from(op: Op) -> Self {
        Self {
            op,
            events: Vec::new(),
            mark: None,
        }
    }
}

/// The port. One `Store` holds one service's collections.
#[async_trait]
pub trait Store: Send + Sync {
    /// Makes a collection and its indexes ready; adds indexes that are new. Called at start, before anything else.
    async fn declare(&self, spec: Spec) -> Result<(), StoreError>;
    /// Returns those of `ids` (at most 1,001) that exist, in any order.
    async fn get(&self, collection: &'static str, ids: &[String]) -> Result<Vec<Stored>, StoreError>;
    /// Returns the documents that answer `query`, in its order.
    async fn find(&self, collection: &'static str, query: Query) -> Result<Vec<Stored>, StoreError>;
    /// Counts what answers `query` (its `limit` and `after` ignored), up to `cap`.
    async fn count(&self, collection: &'static str, query: Query, cap: u64) -> Result<u64, StoreError>;
    /// Returns the documents that have the words.
    async fn search(&self, collection: &'static str, search: Search) -> Result<Vec<Stored>, StoreError>;
    /// Walks a whole collection by id, from strictly after `after`. For export, verification and proof of erasure only.
    async fn scan(
        &self,
        collection: &'static str,
        after: Option<String>,
        limit: usize,
    ) -> Result<Vec<Stored>, StoreError>;
    /// Does a write; durable when it returns `Ok`. Returns the new version (for `Append` the number assigned; for `Delete`, `DeleteMany`, `InsertMany` and `Restore` 0).
    async fn write(&self, write: Write) -> Result<u64, StoreError>;

    /// Returns events that are committed and not yet marked sent, oldest commit first; per key in commit order.
    async fn pending_events(&self, limit: usize) -> Result<Vec<Event>, StoreError>;
    /// Marks events as sent; they are kept for the adapter's retention and can be asked for again with `sent_since`.
    async fn mark_sent(&self, events: &[EventId]) -> Result<(), StoreError>;
    /// Returns events marked sent since `since`, for a broker that lost its tail. Empty with a retention of zero.
    async fn sent_since(&self, since: Timestamp, limit: usize) -> Result<Vec<Event>, StoreError>;
    /// Returns a signal that is notified after each commit that holds events, so that the relay need not poll.
    fn outbox_signal(&self) -> Arc<Notify>;
    /// Returns the number of events not yet sent.
    async fn outbox_depth(&self) -> Result<u64, StoreError>;
    /// Checks that the store answers, for readiness.
    async fn ping(&self) -> Result<(), StoreError>;
    /// Finishes what is queued and closes.
    async fn close(&self);
}
