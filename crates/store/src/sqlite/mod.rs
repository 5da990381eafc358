//! Owns the SQLite adapter: one file, one thread that writes, a few connections that read. Refuses to know any service.
//!
//! A write waits in a bounded queue for the writer thread, which puts up to 512 of them into one transaction, syncs
//! once (`synchronous = FULL`) and answers them all: many writers share the price of a sync, and each answer means
//! that the write survives power loss. README.md tells the layout, the guarantees and the limits.

mod append;
mod apply;
mod checkpoint;
mod late;
mod numbers;
mod outbox;
mod plan;
mod reader;
mod schema;
mod settle;
mod text;
mod writer;

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use async_trait::async_trait;
use contracts::Event;
use kernel::{Ambient, EventId, Timestamp};
use parking_lot::{Mutex, RwLock};
use rusqlite::Connection;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, oneshot};

use crate::check::{closed, undeclared};
use crate::{Query, Search, Spec, Store, StoreError, Stored, Write, check};
use outbox::{Head, Outbox};
use plan::Shelf;
use reader::{Lane, Readers, Ready};
use writer::{Command, Job, Settling, Writer};

pub use crate::check::{LIMIT_MAX, SCOPES_MAX};

/// Reads of at most so many documents run on the calling thread.
pub const QUICK_DOCUMENTS_MAX: usize = 256;
/// How long a write waits for a place in the full queue before it is refused as `Busy`.
pub const QUEUE_WAIT: Duration = Duration::from_millis(500);

/// How a store is opened.
#[derive(Clone, Debug)]
pub struct SqliteOptions {
    /// Page cache of the writer, in KiB. Default 8192.
    pub writer_cache_kib: u32,
    /// Page cache of each reader (at most six, opened when needed), in KiB. Default 2048.
    pub reader_cache_kib: u32,
    /// How much of the file readers map into memory, in bytes. Default 64 MiB; 0 maps nothing.
    pub mmap_bytes: u64,
    /// Writes that may wait for the writer; more wait half a second and are then `Busy`. Default 8192.
    pub queue_max: usize,
    /// Events that may wait to be sent; beyond that writes with events are `Busy`. Default 100,000.
    pub outbox_max: usize,
    /// How long sent events are kept for `sent_since`. Default zero: not at all.
    pub sent_kept: Duration,
    /// The largest file, in bytes; beyond that writes fail as on a full disk. Default none.
    pub bytes_max: Option<u64>,
    /// Refuses a file that is not there instead of making it. Default `false`.
    pub existing_only: bool,
}

impl Default for SqliteOptions {
    fn default() -> Self {
        Self {
            writer_cache_kib: 8192,
            reader_cache_kib: 2048,
            mmap_bytes: 64 << 20,
            queue_max: 8192,
            outbox_max: 100_000,
            sent_kept: Duration::ZERO,
            bytes_max: None,
            existing_only: false,
        }
    }
}

type Shelves = RwLock<HashMap<&'static str, Arc<Shelf>>>;

/// The adapter.
pub struct SqliteStore {
    sender: Mutex<Option<Sender<Command>>>,
    queue: Arc<Semaphore>,
    closing: AtomicBool,
    thread: Mutex<Option<JoinHandle<()>>>,
    readers: Arc<Readers>,
    shelves: Arc<Shelves>,
    outbox: Arc<Outbox>,
    ambient: Ambient,
    keeps_sent: bool,
}

fn failed(e: &rusqlite::Error) -> StoreError {
    StoreError::Backend(e.to_string())
}

impl SqliteStore {
    /// Opens the file at `path`, making it and its directory when they are not there, and starts the writer. `Backend`
    /// when it is open in another process, damaged, not a store, or written by a later version.
    pub fn open(path: &Path, options: SqliteOptions, ambient: Ambient) -> Result<Arc<Self>, StoreError> {
        if options.existing_only && !path.exists() {
            return Err(StoreError::Backend(format!("there is no file {}", path.display())));
        }
        let lock = lock_file(path)?;
        let mut conn = schema::open_writer(path, &options)?;
        let (outbox, seq) = Outbox::load(&conn)?;
        let checkpointer = checkpoint::Checkpointer::start(path, &mut conn)?;
        let (outbox, shelves) = (Arc::new(outbox), Arc::new(Shelves::default()));
        let (sender, receiver) = channel();
        let writer = Writer {
            conn,
            receiver,
            options: options.clone(),
            ambient: ambient.clone(),
            outbox: outbox.clone(),
            shelves: shelves.clone(),
            collections: HashMap::new(),
            numbers: numbers::Numbers::default(),
            gate: Arc::default(),
            unsettled: settle::Unsettled::default(),
            settling: Vec::new(),
            syncs: true,
            checkpointer,
            seq,
            lock,
        };
        let thread = std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || writer.run())
            .map_err(|e| StoreError::Backend(e.to_string()))?;
        Ok(Arc::new(Self {
            sender: Mutex::new(Some(sender)),
            queue: Arc::new(Semaphore::new(options.queue_max)),
            closing: AtomicBool::new(false),
            thread: Mutex::new(Some(thread)),
            keeps_sent: !options.sent_kept.is_zero(),
            readers: Arc::new(Readers::new(path.to_owned(), options)),
            shelves,
            outbox,
            ambient,
        }))
    }

    /// Returns the names of all collections that the file holds, declared or not.
    pub async fn collections(&self) -> Result<Vec<String>, StoreError> {
        self.ask_long(|conn| {
            let mut names = conn.prepare("SELECT name FROM store_collection ORDER BY name")?;
            names.query_map([], |row| row.get(0))?.collect()
        })
        .await
    }

    fn send(&self, command: Command) -> Result<(), StoreError> {
        self.sender
            .lock()
            .as_ref()
            .and_then(|sender| sender.send(command).ok())
            .ok_or_else(closed)
    }

    /// Waits until marks of sent events and words of new documents can be read.
    async fn settle(&self) -> Result<(), StoreError> {
        let permit = self.enter().await?;
        let (answer, settled) = oneshot::channel();
        self.send(Command::Settle(Box::new(Settling { answer, permit })))?;
        settled.await.map_err(|_| closed())?
    }

    /// Takes a place in the queue: at once when there is one, else `Busy` after half a second.
    async fn enter(&self) -> Result<OwnedSemaphorePermit, StoreError> {
        if let Ok(permit) = self.queue.clone().try_acquire_owned() {
            return Ok(permit);
        }
        match tokio::time::timeout(QUEUE_WAIT, self.queue.clone().acquire_owned()).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(_)) => Err(closed()),
            Err(_) => Err(StoreError::Busy),
        }
    }

    fn shelf(&self, collection: &str) -> Result<Arc<Shelf>, StoreError> {
        if self.closing.load(Ordering::Acquire) {
            return Err(closed());
        }
        self.shelves
            .read()
            .get(collection)
            .cloned()
            .ok_or_else(|| undeclared(collection))
    }

    /// Asks on the calling thread when the answer is small: that takes microseconds, less than handing it to another
    /// thread and back. Else on a thread for blocking work.
    async fn ask<R: Send + 'static>(
        &self,
        documents: usize,
        ask: impl FnOnce(&Connection) -> rusqlite::Result<R> + Send + 'static,
    ) -> Result<R, StoreError> {
        if documents <= QUICK_DOCUMENTS_MAX {
            return self.readers.ask(Lane::Quick, ask);
        }
        self.ask_long(ask).await
    }

    /// Asks on a thread for blocking work.
    async fn ask_long<R: Send + 'static>(
        &self,
        ask: impl FnOnce(&Connection) -> rusqlite::Result<R> + Send + 'static,
    ) -> Result<R, StoreError> {
        let readers = self.readers.clone();
        let asked = tokio::task::spawn_blocking(move || readers.ask(Lane::Long, ask));
        asked.await.map_err(|e| StoreError::Backend(e.to_string()))?
    }
}

/// Makes the directory and takes the lock `<path>.lock`, which ends with the process: two writers in one file would not
/// know of each other's numbers.
fn lock_file(path: &Path) -> Result<File, StoreError> {
    let backend = |e: std::io::Error| StoreError::Backend(format!("{}: {e}", path.display()));
    if let Some(directory) = path.parent() {
        std::fs::create_dir_all(directory).map_err(backend)?;
    }
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(PathBuf::from(name))
        .map_err(backend)?;
    file.try_lock()
        .map_err(|_| StoreError::Backend(format!("{} is open in another process", path.display())))?;
    Ok(file)
}

#[async_trait]
impl Store for SqliteStore {
    async fn declare(&self, spec: Spec) -> Result<(), StoreError> {
        let (answer, declared) = oneshot::channel();
        self.send(Command::Declare(spec, answer))?;
        declared.await.map_err(|_| closed())?
    }

    async fn get(&self, collection: &'static str, ids: &[String]) -> Result<Vec<Stored>, StoreError> {
        let shelf = self.shelf(collection)?;
        match ids {
            [] => Ok(Vec::new()),
            ids if ids.len() <= QUICK_DOCUMENTS_MAX => self
                .readers
                .ask(Lane::Quick, |conn| reader::get(conn, &shelf.plan, ids)),
            ids => {
                check::limit(ids.len())?;
                let ids = ids.to_vec();
                self.ask(ids.len(), move |conn| reader::get(conn, &shelf.plan, &ids))
                    .await
            }
        }
    }

    async fn find(&self, collection: &'static str, query: Query) -> Result<Vec<Stored>, StoreError> {
        check::limit(query.limit)?;
        let ready = Arc::new(Ready::of(self.shelf(collection)?, &query)?);
        let first = ready.clone();
        match self.ask(query.limit, move |conn| first.find(conn)).await? {
            Some(found) => Ok(found),
            None => self.ask_long(move |conn| ready.find_still(conn)).await,
        }
    }

    async fn count(&self, collection: &'static str, mut query: Query, cap: u64) -> Result<u64, StoreError> {
        query.after = None;
        let ready = Ready::of(self.shelf(collection)?, &query)?;
        let entries = usize::try_from(cap).unwrap_or(usize::MAX);
        self.ask(entries, move |conn| ready.count(conn, cap)).await
    }

    async fn search(&self, collection: &'static str, search: Search) -> Result<Vec<Stored>, StoreError> {
        check::limit(search.limit)?;
        let shelf = self.shelf(collection)?;
        let Some(at) = shelf.plan.texts.iter().position(|text| text.index.name == search.index) else {
            return Err(StoreError::Unindexed(format!(
                "{collection}.{} is no text index",
                search.index
            )));
        };
        let text = shelf.plan.texts.get(at).ok_or_else(closed)?;
        if text.scope.is_some() && search.scopes.len() > SCOPES_MAX {
            return Err(StoreError::Unindexed(format!(
                "a search has at most {SCOPES_MAX} scopes"
            )));
        }
        let Some(question) = text::question(text, &search.scopes, &search.words) else {
            return Ok(Vec::new());
        };
        self.settle().await?;
        self.ask_long(move |conn| match shelf.plan.texts.get(at) {
            Some(text) => reader::search(conn, text, &question, search.before.as_deref(), search.limit),
            None => Ok(Vec::new()),
        })
        .await
    }

    async fn scan(
        &self,
        collection: &'static str,
        after: Option<String>,
        limit: usize,
    ) -> Result<Vec<Stored>, StoreError> {
        check::limit(limit)?;
        let shelf = self.shelf(collection)?;
        self.ask(LIMIT_MAX, move |conn| {
            reader::scan(conn, &shelf.plan, after.as_deref().unwrap_or_default(), limit)
        })
        .await
    }

    async fn write(&self, write: Write) -> Result<u64, StoreError> {
        let permit = self.enter().await?;
        let (answer, written) = oneshot::channel();
        self.send(Command::Write(Box::new(Job { write, answer, permit })))?;
        written.await.map_err(|_| closed())?
    }

    async fn pending_events(&self, limit: usize) -> Result<Vec<Event>, StoreError> {
        match self.outbox.head(limit) {
            Head::Held(events) => Ok(events),
            Head::At(places) => self.ask(LIMIT_MAX, move |conn| outbox::read_at(conn, &places)).await,
        }
    }

    async fn mark_sent(&self, events: &[EventId]) -> Result<(), StoreError> {
        let places = self.outbox.remove(events);
        if places.is_empty() {
            return Ok(());
        }
        self.send(Command::Sent(places, self.ambient.now()))
    }

    async fn sent_since(&self, since: Timestamp, limit: usize) -> Result<Vec<Event>, StoreError> {
        if !self.keeps_sent {
            return Ok(Vec::new());
        }
        self.settle().await?;
        self.ask(LIMIT_MAX, move |conn| outbox::read_sent(conn, since.millis(), limit))
            .await
    }

    fn outbox_signal(&self) -> Arc<Notify> {
        self.outbox.signal()
    }

    async fn outbox_depth(&self) -> Result<u64, StoreError> {
        Ok(u64::try_from(self.outbox.depth()).unwrap_or(u64::MAX))
    }

    async fn ping(&self) -> Result<(), StoreError> {
        let writes = self.thread.lock().as_ref().is_some_and(|thread| !thread.is_finished());
        if !writes || self.closing.load(Ordering::Acquire) {
            return Err(closed());
        }
        self.readers
            .ask(Lane::Quick, |conn| conn.query_row("SELECT 1", [], |_| Ok(())))
    }

    async fn close(&self) {
        self.queue.close();
        if let Some(sender) = self.sender.lock().take() {
            // The thread may have ended by itself; then there is nothing to finish.
            drop(sender.send(Command::Close));
        }
        let thread = self.thread.lock().take();
        let joined = tokio::task::spawn_blocking(move || thread.map(JoinHandle::join)).await;
        if !matches!(joined, Ok(None | Some(Ok(())))) {
            tracing::error!("the writer of a store did not end well");
        }
        self.closing.store(true, Ordering::Release);
        let readers = self.readers.clone();
        drop(tokio::task::spawn_blocking(move || readers.close()).await);
    }
}

impl Drop for SqliteStore {
    /// Waits for the writer, so that the file is free when the store is gone.
    fn drop(&mut self) {
        drop(self.sender.lock().take());
        if let Some(thread) = self.thread.lock().take()
            && thread.thread().id() != std::thread::current().id()
            && thread.join().is_err()
        {
            tracing::error!("the writer of a store did not end well");
        }
    }
}
