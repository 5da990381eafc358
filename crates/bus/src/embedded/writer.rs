//! Owns the one thread that writes the file, and group commit: whatever waits when a transaction begins goes into it, and
//! one sync makes all of it durable. Refuses to know what the written things mean.

use std::collections::HashMap;
use std::fs::File;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use contracts::Event;
use kernel::{Ambient, Timestamp};
use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::cursors::Cursors;
use super::listeners::Listeners;
use super::partition::Partition;
use super::tail::Tails;
use super::{Options, letters, log};
use crate::BusError;

/// Events that wait to be written, of all publishers together; then `publish` waits.
pub(super) const QUEUE_EVENTS_MAX: usize = 8_192;
/// Events of one transaction.
const TRANSACTION_EVENTS_MAX: usize = 4_096;
/// A cursor that has moved is in the file after this at the latest.
const CURSORS_SAVED_WITHIN: Duration = Duration::from_millis(50);
/// How often old events are looked for.
const SWEEP_EVERY: Duration = Duration::from_secs(30);
/// Rows that one transaction of the sweep removes.
const SWEEP_ROWS_MAX: usize = 1_000;

type Reply = oneshot::Sender<()>;
/// A piece of work in the writer's transaction; what it returns runs after the commit.
type Work = Box<dyn FnOnce(&Connection) -> rusqlite::Result<Box<dyn FnOnce() + Send>> + Send>;

enum Job {
    Publish(Vec<(Arc<Partition>, Event)>, Reply, OwnedSemaphorePermit),
    Do(Work),
    /// Cursors have moved.
    Moved,
    Sweep(Reply),
    Close(Reply),
}

/// What the thread tells the world after a commit.
pub(super) struct Outlets {
    pub partitions: HashMap<u32, Arc<Partition>>,
    pub tails: Tails,
    pub listeners: Listeners,
    pub cursors: Cursors,
}

/// The way to the thread.
pub(super) struct Writer {
    jobs: Sender<Job>,
    room: Arc<Semaphore>,
    /// Whether the thread knows that cursors have moved.
    moved: Arc<AtomicBool>,
}

impl Writer {
    /// Starts the thread on an open file, which is ours as long as `lock` is, whose last event is at `end` = (offset, publishing time).
    pub fn start(
        (connection, lock): (Connection, File),
        end: (i64, i64),
        outlets: Arc<Outlets>,
        ambient: Ambient,
        options: Options,
    ) -> Result<Self, BusError> {
        let (jobs, inbox) = std::sync::mpsc::channel();
        let moved = Arc::new(AtomicBool::new(false));
        let desk = Desk {
            connection,
            lock,
            outlets,
            ambient,
            options,
            moved: moved.clone(),
            offset: end.0,
            at: end.1,
            save_by: None,
            sweep_at: Instant::now() + SWEEP_EVERY,
        };
        std::thread::Builder::new()
            .name("bus-writer".into())
            .spawn(move || desk.run(&inbox))
            .map_err(|e| BusError::Unavailable(e.to_string()))?;
        Ok(Self {
            jobs,
            room: Arc::new(Semaphore::new(QUEUE_EVENTS_MAX)),
            moved,
        })
    }

    /// Appends events; returns when they are durable. Waits while too many others wait.
    pub async fn publish(&self, events: Vec<(Arc<Partition>, Event)>) -> Result<(), BusError> {
        let count = u32::try_from(events.len()).unwrap_or(u32::MAX);
        let permit = self
            .room
            .clone()
            .acquire_many_owned(count)
            .await
            .map_err(|_| closed())?;
        let (reply, answer) = oneshot::channel();
        self.jobs
            .send(Job::Publish(events, reply, permit))
            .map_err(|_| closed())?;
        answer.await.map_err(|_| not_written())
    }

    /// Queues work, in the order of the calls; the future returns its result once it is durable.
    pub fn run<T, W>(&self, work: W) -> impl Future<Output = Result<T, BusError>> + Send + use<T, W>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    {
        self.run_then(work, |_| ())
    }

    /// The same, and calls `then` after the commit and before the thread begins anything else.
    pub fn run_then<T, W, A>(&self, work: W, then: A) -> impl Future<Output = Result<T, BusError>> + Send + use<T, W, A>
    where
        T: Send + 'static,
        W: FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
        A: FnOnce(&T) + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        // Should the transaction fail, the reply is dropped with the work.
        let sent = self.jobs.send(Job::Do(Box::new(move |connection| {
            let result = work(connection)?;
            Ok(Box::new(move || {
                then(&result);
                drop(reply.send(result));
            }))
        })));
        async move {
            sent.map_err(|_| closed())?;
            answer.await.map_err(|_| not_written())
        }
    }

    /// Tells that cursors have moved; they are saved soon.
    pub fn cursors_moved(&self) {
        if !self.moved.swap(true, Ordering::AcqRel) {
            // A closed writer has saved them for the last time.
            let _ = self.jobs.send(Job::Moved);
        }
    }

    /// Removes what is too old or too much now, instead of at the next turn.
    pub async fn sweep(&self) -> Result<(), BusError> {
        let (reply, answer) = oneshot::channel();
        self.jobs.send(Job::Sweep(reply)).map_err(|_| closed())?;
        answer.await.map_err(|_| not_written())
    }

    /// Writes what waits, saves the cursors, and ends the thread.
    pub async fn close(&self) {
        let (reply, answer) = oneshot::channel();
        if self.jobs.send(Job::Close(reply)).is_ok() {
            // An error means that the thread has ended, which is what was asked.
            let _ = answer.await;
        }
    }
}

fn closed() -> BusError {
    BusError::Unavailable("the log is closed".into())
}

fn not_written() -> BusError {
    BusError::Unavailable("the log could not be written".into())
}

/// The thread's own things.
struct Desk {
    connection: Connection,
    /// Held until the thread ends, so that no second bus writes the file.
    lock: File,
    outlets: Arc<Outlets>,
    ambient: Ambient,
    options: Options,
    moved: Arc<AtomicBool>,
    /// The last offset that was given.
    offset: i64,
    /// The last publishing time that was given; never goes back.
    at: i64,
    save_by: Option<Instant>,
    sweep_at: Instant,
}

/// What one transaction leaves to do after its commit.
#[derive(Default)]
struct Written {
    events: Vec<(Arc<Partition>, i64, Event)>,
    replies: Vec<Reply>,
    permits: Vec<OwnedSemaphorePermit>,
    after: Vec<Box<dyn FnOnce() + Send>>,
}

impl Desk {
    fn run(mut self, inbox: &Receiver<Job>) {
        let mut closing = None;
        while closing.is_none() {
            let wake_at = self.save_by.map_or(self.sweep_at, |by| by.min(self.sweep_at));
            let first = match inbox.recv_timeout(wake_at.saturating_duration_since(Instant::now())) {
                Ok(job) => Some(job),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => break,
            };
            let mut jobs = Vec::new();
            let (mut events, mut swept) = (0, None);
            for job in first.into_iter().chain(std::iter::from_fn(|| inbox.try_recv().ok())) {
                match job {
                    Job::Moved => self.save_by = self.save_by.or(Some(Instant::now() + CURSORS_SAVED_WITHIN)),
                    Job::Sweep(reply) => swept = Some(reply),
                    Job::Close(reply) => closing = Some(reply),
                    job => {
                        events += if let Job::Publish(batch, ..) = &job {
                            batch.len()
                        } else {
                            1
                        };
                        jobs.push(job);
                    }
                }
                if events >= TRANSACTION_EVENTS_MAX || closing.is_some() || swept.is_some() {
                    break;
                }
            }
            let save = self.save_by.is_some_and(|by| by <= Instant::now());
            if save || !jobs.is_empty() {
                self.commit(jobs, save);
            }
            if swept.is_some() || self.sweep_at <= Instant::now() {
                self.sweep();
            }
            // Nobody may be waiting any more, here as below.
            let _ = swept.map(|reply| reply.send(()));
        }
        self.commit(Vec::new(), true);
        self.outlets.tails.close();
        // The file is free before anybody is told so.
        drop((self.connection, self.lock));
        let _ = closing.map(|reply| reply.send(()));
    }

    /// Does the jobs in one transaction. When it fails, every one of them fails.
    fn commit(&mut self, jobs: Vec<Job>, save: bool) {
        if save {
            // Before the cursors are read: what moves from here on is announced anew.
            self.save_by = None;
            self.moved.swap(false, Ordering::AcqRel);
        }
        let (offset, at) = (self.offset, self.at);
        match self.transact(jobs, save) {
            Ok(written) => self.tell(written),
            Err(error) => {
                (self.offset, self.at) = (offset, at);
                if save {
                    self.save_by = Some(Instant::now() + CURSORS_SAVED_WITHIN);
                }
                tracing::error!(%error, "the bus could not write its log");
                metrics::counter!("bus_write_failures_total").increment(1);
            }
        }
    }

    fn transact(&mut self, jobs: Vec<Job>, save: bool) -> rusqlite::Result<Written> {
        let mut written = Written::default();
        // Dropped without commit, it rolls back.
        let transaction = self.connection.unchecked_transaction()?;
        self.at = self.at.max(self.ambient.now().millis());
        for job in jobs {
            match job {
                Job::Publish(batch, reply, permit) => {
                    for (partition, event) in batch {
                        if log::append(&transaction, self.offset + 1, partition.slot, &event, self.at)? {
                            self.offset += 1;
                            written.events.push((partition, self.offset, event));
                        }
                    }
                    written.replies.push(reply);
                    written.permits.push(permit);
                }
                Job::Do(work) => written.after.push(work(&transaction)?),
                Job::Moved | Job::Sweep(_) | Job::Close(_) => {}
            }
        }
        let moved = if save {
            self.outlets.cursors.save(&transaction)?
        } else {
            Vec::new()
        };
        transaction.commit()?;
        self.outlets.cursors.saved(&moved);
        Ok(written)
    }

    /// Wakes everybody whom a commit concerns: consumers first, they are waited for.
    fn tell(&self, written: Written) {
        if !written.events.is_empty() {
            for (partition, offset, event) in &written.events {
                partition.push(*offset, event.clone());
            }
            self.outlets
                .listeners
                .wake(written.events.iter().map(|(partition, ..)| partition.topic_number));
            self.outlets
                .tails
                .publish(written.events.iter().map(|(_, _, event)| event));
            metrics::counter!("bus_published_total").increment(written.events.len() as u64);
        }
        for reply in written.replies {
            // Nobody waits when the publisher was cancelled; the events are in the log all the same.
            let _ = reply.send(());
        }
        for after in written.after {
            after();
        }
    }

    /// Removes old events and letters, one bounded chunk a turn, so that publishers hardly notice.
    fn sweep(&mut self) {
        let now = self.ambient.now();
        let more = self.sweep_chunk(now).unwrap_or_else(|error| {
            tracing::error!(%error, "the bus could not sweep its log");
            false
        });
        self.sweep_at = Instant::now() + if more { Duration::ZERO } else { SWEEP_EVERY };
    }

    fn sweep_chunk(&self, now: Timestamp) -> rusqlite::Result<bool> {
        let old_letters = letters::sweep(&self.connection, now - self.options.letters_kept, SWEEP_ROWS_MAX)?;
        let too_much = log::bytes_used(&self.connection)? > self.options.bytes_max;
        let before = if too_much {
            i64::MAX
        } else {
            (now - self.options.retention).millis()
        };
        let old_events = log::sweep(&self.connection, before, SWEEP_ROWS_MAX)?;
        if old_events > 0 {
            let first = log::first_offset(&self.connection)?;
            self.outlets.partitions.values().for_each(|p| p.forget_before(first));
        }
        Ok(old_events == SWEEP_ROWS_MAX || old_letters == SWEEP_ROWS_MAX)
    }
}
