//! Owns the MongoDB adapter: one database for each service, one document of the server for each document of ours.
//! Refuses to know any service.
//!
//! A write is acknowledged when a majority of the replica set has it in its journal; reads go to the primary and see
//! what a majority has. `shelf.rs` tells how a document lies in the database, `outbox.rs` how its events leave it.
//! Written for MongoDB 5 or later as a replica set (one member is enough); see README.md for what it was tested on.

mod append;
mod failure;
mod fitness;
mod gauges;
mod lanes;
mod outbox;
mod read;
mod schema;
mod shelf;
mod stamps;
mod words;
mod write;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ::mongodb::bson::{Document as Object, RawDocumentBuf as Row, doc};
use ::mongodb::options::{Acknowledgment, ClientOptions, ReadConcern, ReadPreference, SelectionCriteria, WriteConcern};
use ::mongodb::{Client, Database};
use async_trait::async_trait;
use contracts::Event;
use kernel::{Ambient, EventId, Timestamp};
use parking_lot::RwLock;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

use crate::{Op, Query, Search, Spec, Store, StoreError, Stored, Write, check};
use failure::Failure;
use gauges::timed;
use lanes::Lanes;
use outbox::Outbox;
use shelf::Shelf;
use stamps::Stamps;

pub use fitness::{Fitness, examine};
pub use lanes::SCOPES_MAX as NUMBERED_SCOPES_MAX;
pub use outbox::{DOCUMENT_EVENTS_MAX, MARK_KEPT};
pub use shelf::{BODY_BYTES_MAX, ID_BYTES_MAX};

/// How long a write waits for a place in the full queue before it is refused as `Busy`.
pub const QUEUE_WAIT: Duration = Duration::from_millis(500);
/// The longest name of a database, in bytes, as the server has it.
const DATABASE_BYTES_MAX: usize = 63;

/// How a store is opened.
#[derive(Clone, Debug)]
pub struct MongoOptions {
    /// How long a call may take, before it is `Unavailable`. Default 5 s.
    pub deadline: Duration,
    /// Connections, at most. Default 32.
    pub connections_max: u32,
    /// Writes that may be under way; more wait half a second and are then `Busy`. Default 1,024.
    pub queue_max: usize,
    /// Events that may wait to be sent; beyond that writes with events are `Busy`. Default 100,000. Each process of a
    /// service counts for itself what the others wrote, once a second.
    pub outbox_max: usize,
    /// How long sent events are kept for `sent_since`. Default zero: not at all.
    pub sent_kept: Duration,
    /// Makes nothing and changes nothing by opening and declaring: a database that is not there is refused. For a look at what
    /// others keep. Default `false`.
    pub existing_only: bool,
}

impl Default for MongoOptions {
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(5),
            connections_max: 32,
            queue_max: 1024,
            outbox_max: 100_000,
            sent_kept: Duration::ZERO,
            existing_only: false,
        }
    }
}

/// What all parts of the adapter share.
struct Core {
    client: Client,
    database: Database,
    options: MongoOptions,
    ambient: Ambient,
    stamps: Stamps,
    outbox: Outbox,
    lanes: Lanes,
    shelves: RwLock<HashMap<&'static str, Arc<Shelf>>>,
    queue: Arc<Semaphore>,
    closing: AtomicBool,
}

/// The adapter.
pub struct MongoStore(Arc<Core>);

impl MongoStore {
    /// Connects to the server at `url` and opens `database`, making it when it is not there. Any number of processes
    /// may have one database open. `Unavailable` when the server is not there within the deadline, `Backend` when the
    /// URL or the name cannot be one.
    pub async fn open(
        url: &str,
        database: &str,
        options: MongoOptions,
        ambient: Ambient,
    ) -> Result<Arc<Self>, StoreError> {
        let letters = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
        if database.is_empty() || database.len() > DATABASE_BYTES_MAX || !database.bytes().all(letters) {
            return Err(StoreError::Backend(format!(
                "{database:?} is not a database's name of [A-Za-z0-9_-], 1 to {DATABASE_BYTES_MAX} bytes"
            )));
        }
        let wrong = |e: ::mongodb::error::Error| StoreError::from(Failure::from(e));
        let mut settings = ClientOptions::parse(url).await.map_err(wrong)?;
        let majority = WriteConcern::builder()
            .w(Acknowledgment::Majority)
            .journal(true)
            .w_timeout(options.deadline)
            .build();
        settings.write_concern = Some(majority);
        settings.read_concern = Some(ReadConcern::majority());
        settings.selection_criteria = Some(SelectionCriteria::ReadPreference(ReadPreference::Primary));
        settings.server_selection_timeout = Some(options.deadline);
        settings.connect_timeout = Some(options.deadline);
        settings.max_pool_size = Some(options.connections_max);
        settings.app_name.get_or_insert_with(|| "aichat".into());
        settings.cmap_event_handler = Some(gauges::connections());
        let client = Client::with_options(settings).map_err(wrong)?;
        let core = Core {
            database: client.database(database),
            client,
            stamps: Stamps::new(ambient.clone()),
            outbox: Outbox::new(options.outbox_max),
            lanes: Lanes::default(),
            shelves: RwLock::default(),
            queue: Arc::new(Semaphore::new(options.queue_max)),
            closing: AtomicBool::new(false),
            options,
            ambient,
        };
        core.ping().await?;
        if core.options.existing_only {
            if core.collections().await?.is_empty() {
                return Err(StoreError::Backend(format!("there is no database {database}")));
            }
        } else {
            core.prepare().await?;
        }
        Ok(Arc::new(Self(Arc::new(core))))
    }

    /// Returns the names of all collections that the database holds, declared or not.
    pub async fn collections(&self) -> Result<Vec<String>, StoreError> {
        self.0.collections().await
    }
}

impl Core {
    /// Waits for an answer of the server, up to the deadline.
    async fn ask<T>(&self, asked: impl IntoFuture<Output = ::mongodb::error::Result<T>>) -> Result<T, Failure> {
        self.ask_for(self.options.deadline, asked).await
    }

    /// Waits for an answer of the server, up to `limit`.
    async fn ask_for<T>(
        &self,
        limit: Duration,
        asked: impl IntoFuture<Output = ::mongodb::error::Result<T>>,
    ) -> Result<T, Failure> {
        match tokio::time::timeout(limit, asked.into_future()).await {
            Ok(answer) => answer.map_err(Failure::from),
            Err(_) => Err(Failure::Late),
        }
    }

    /// Takes a place in the queue: at once when there is one, else `Busy` after half a second.
    async fn enter(&self) -> Result<OwnedSemaphorePermit, StoreError> {
        match tokio::time::timeout(QUEUE_WAIT, self.queue.clone().acquire_owned()).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(_)) => Err(check::closed()),
            Err(_) => Err(StoreError::Busy),
        }
    }

    fn shelf(&self, collection: &str) -> Result<Arc<Shelf>, StoreError> {
        self.check_open()?;
        let found = self.shelves.read().get(collection).cloned();
        found.ok_or_else(|| check::undeclared(collection))
    }

    fn shelves(&self) -> Vec<Arc<Shelf>> {
        self.shelves.read().values().cloned().collect()
    }

    fn put(&self, shelf: Shelf) {
        self.shelves.write().insert(shelf.spec.collection, Arc::new(shelf));
    }

    /// The documents of a collection, as they are read.
    fn documents(&self, shelf: &Shelf) -> ::mongodb::Collection<Row> {
        self.database.collection(shelf.spec.collection)
    }

    /// The documents of a collection, as they are written.
    fn objects(&self, shelf: &Shelf) -> ::mongodb::Collection<Object> {
        self.database.collection(shelf.spec.collection)
    }

    /// Inbox marks. No declared collection has a dot in its name.
    fn marks(&self) -> ::mongodb::Collection<Object> {
        self.database.collection("store.inbox")
    }

    /// Events that were sent, under retention.
    fn sent_events(&self) -> ::mongodb::Collection<Object> {
        self.database.collection("store.sent")
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.check_open()?;
        self.ask(self.database.run_command(doc! { "ping": 1 })).await?;
        Ok(())
    }

    async fn close(&self) {
        let all = u32::try_from(self.options.queue_max).unwrap_or(u32::MAX);
        // Who has a place gets an answer first.
        drop(tokio::time::timeout(self.options.deadline, self.queue.acquire_many(all)).await);
        self.queue.close();
        if !self.closing.swap(true, Ordering::AcqRel) {
            self.client.clone().shutdown().immediate(true).await;
        }
    }
}

#[async_trait]
impl Store for MongoStore {
    async fn declare(&self, spec: Spec) -> Result<(), StoreError> {
        self.0.check_open()?;
        self.0.declare(spec).await
    }

    async fn get(&self, collection: &'static str, ids: &[String]) -> Result<Vec<Stored>, StoreError> {
        let shelf = self.0.shelf(collection)?;
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        check::limit(ids.len())?;
        timed("get", self.0.get(&shelf, ids)).await
    }

    async fn find(&self, collection: &'static str, query: Query) -> Result<Vec<Stored>, StoreError> {
        check::limit(query.limit)?;
        timed("find", self.0.find(&*self.0.shelf(collection)?, &query)).await
    }

    async fn count(&self, collection: &'static str, mut query: Query, cap: u64) -> Result<u64, StoreError> {
        query.after = None;
        timed("count", self.0.count(&*self.0.shelf(collection)?, &query, cap)).await
    }

    async fn search(&self, collection: &'static str, search: Search) -> Result<Vec<Stored>, StoreError> {
        check::limit(search.limit)?;
        timed("search", self.0.search(&*self.0.shelf(collection)?, &search)).await
    }

    async fn scan(
        &self,
        collection: &'static str,
        after: Option<String>,
        limit: usize,
    ) -> Result<Vec<Stored>, StoreError> {
        check::limit(limit)?;
        let shelf = self.0.shelf(collection)?;
        timed("scan", self.0.scan(&shelf, after.as_deref(), limit)).await
    }

    async fn write(&self, write: Write) -> Result<u64, StoreError> {
        let Write { op, events, mark } = write;
        let write = async {
            let permit = self.0.enter().await?;
            match op {
                Op::Append(append) => self.0.append(append, events, mark, permit).await,
                op => self.0.apply(op, &events, mark).await,
            }
        };
        timed("write", write).await
    }

    async fn pending_events(&self, limit: usize) -> Result<Vec<Event>, StoreError> {
        self.0.check_open()?;
        self.0.pending(limit).await
    }

    async fn mark_sent(&self, events: &[EventId]) -> Result<(), StoreError> {
        self.0.check_open()?;
        self.0.sent(events).await
    }

    async fn sent_since(&self, since: Timestamp, limit: usize) -> Result<Vec<Event>, StoreError> {
        self.0.check_open()?;
        self.0.sent_since(since, limit).await
    }

    fn outbox_signal(&self) -> Arc<Notify> {
        self.0.outbox.signal()
    }

    async fn outbox_depth(&self) -> Result<u64, StoreError> {
        self.0.check_open()?;
        self.0.depth().await
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.0.ping().await
    }

    async fn close(&self) {
        self.0.close().await;
    }
}
