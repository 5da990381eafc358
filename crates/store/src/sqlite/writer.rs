//! Owns the one thread that writes: it takes what waits, puts it into one transaction, syncs once and answers all.
//! Refuses to know who asks.

use std::collections::HashMap;
use std::fs::File;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

use contracts::Event;
use kernel::{Ambient, Timestamp};
use parking_lot::{Mutex, RwLock};
use rusqlite::{Connection, params};
use tokio::sync::{OwnedSemaphorePermit, oneshot};

use crate::check::{self, undeclared};
use crate::sqlite::apply::{self, Failure, Kept};
use crate::sqlite::checkpoint::Checkpointer;
use crate::sqlite::late::Late;
use crate::sqlite::numbers::Numbers;
use crate::sqlite::outbox::Outbox;
use crate::sqlite::plan::{Plan, Shelf};
use crate::sqlite::settle::Unsettled;
use crate::sqlite::{Shelves, SqliteOptions, failed, settle};
use crate::{Op, RawDocument, Spec, StoreError, Write};

/// Writes in one transaction, at most.
pub const BATCH_WRITES_MAX: usize = 512;
/// Bytes of documents and events after which a transaction takes no more writes.
pub const BATCH_BYTES_MAX: usize = 8 << 20;
/// What is settled late (marks of sent events, words) waits at most so long.
const SETTLE_AFTER: Duration = Duration::from_millis(100);
/// How often an idle writer looks whether anything is too old or the log wants copying.
const REST: Duration = Duration::from_secs(30);

type Answer = oneshot::Sender<Result<u64, StoreError>>;

/// A write that waits.
pub struct Job {
    /// What to do.
    pub write: Write,
    /// Where its answer goes.
    pub answer: Answer,
    /// Its place in the queue, free again when it is answered.
    pub permit: OwnedSemaphorePermit,
}

/// Somebody who waits until all is settled.
pub struct Settling {
    /// Where the answer goes.
    pub answer: oneshot::Sender<Result<(), StoreError>>,
    /// Its place in the queue, free again when it is answered.
    pub permit: OwnedSemaphorePermit,
}

/// What the thread is asked to do.
pub enum Command {
    /// Do this.
    Write(Box<Job>),
    /// Make a collection ready.
    Declare(Spec, oneshot::Sender<Result<(), StoreError>>),
    /// Settle that the events at these places were sent.
    Sent(Vec<i64>, Timestamp),
    /// Settle all that waits, so that a reader can see it.
    Settle(Box<Settling>),
    /// Finish and end.
    Close,
}

/// The transaction under way.
#[derive(Default)]
pub(super) struct Batch {
    answers: Vec<(Answer, Result<u64, StoreError>, OwnedSemaphorePermit)>,
    events: Vec<(i64, Event)>,
    pub(super) bytes: usize,
    pending: usize,
}

/// The thread's state.
pub struct Writer {
    pub(super) conn: Connection,
    pub(super) receiver: Receiver<Command>,
    pub(super) options: SqliteOptions,
    pub(super) ambient: Ambient,
    pub(super) outbox: Arc<Outbox>,
    pub(super) shelves: Arc<Shelves>,
    pub(super) collections: HashMap<&'static str, Kept>,
    pub(super) numbers: Numbers,
    pub(super) gate: Arc<Mutex<()>>,
    pub(super) unsettled: Unsettled,
    /// Those who wait for the next settling.
    pub(super) settling: Vec<Settling>,
    /// Whether a commit waits for the disk (`synchronous = FULL`).
    pub(super) syncs: bool,
    pub(super) checkpointer: Checkpointer,
    /// Place of the newest event.
    pub(super) seq: i64,
    /// Held until the end, so that no other process opens the file.
    pub(super) lock: File,
}

impl Writer {
    /// Works until it is told to close or nobody is left who could ask.
    pub fn run(mut self) {
        let mut next = None;
        loop {
            let command = match next.take() {
                Some(command) => Ok(command),
                None => self
                    .receiver
                    .recv_timeout(self.unsettled.due_in(SETTLE_AFTER).unwrap_or(REST)),
            };
            let idle = matches!(command, Err(RecvTimeoutError::Timeout));
            match command {
                Ok(Command::Write(job)) => next = self.batch(*job),
                Ok(Command::Declare(spec, answer)) => drop(answer.send(self.declare(spec))),
                Ok(Command::Sent(places, at)) => self.unsettled.sent(places, at),
                Ok(Command::Settle(asked)) => self.settling.push(*asked),
                Err(RecvTimeoutError::Timeout) => {}
                Ok(Command::Close) | Err(RecvTimeoutError::Disconnected) => break,
            }
            self.keep_house(idle);
        }
        self.end();
    }

    /// Does `first` and what waits behind it as one transaction. Returns the command that ended it, if one did.
    fn batch(&mut self, first: Job) -> Option<Command> {
        let mut batch = Batch {
            pending: self.outbox.depth(),
            ..Batch::default()
        };
        let mut fatal = self.begin(true).err();
        let (mut job, mut next) = (first, None);
        'writes: loop {
            let result = match &fatal {
                Some(e) => Err(e.clone()),
                None => match self.apply(&mut batch, job.write) {
                    Ok(version) => Ok(version),
                    Err(Failure::One(e)) => Err(e),
                    Err(Failure::All(e)) => Err(fatal.insert(e).clone()),
                },
            };
            batch.answers.push((job.answer, result, job.permit));
            if fatal.is_some() || batch.answers.len() >= BATCH_WRITES_MAX || batch.bytes >= BATCH_BYTES_MAX {
                break;
            }
            job = loop {
                match self.receiver.try_recv() {
                    Ok(Command::Write(more)) => break *more,
                    // These do not concern the transaction; they are served after it, together.
                    Ok(Command::Sent(places, at)) => self.unsettled.sent(places, at),
                    Ok(Command::Settle(asked)) => self.settling.push(*asked),
                    other => {
                        next = other.ok();
                        break 'writes;
                    }
                }
            };
        }
        self.finish(batch, fatal);
        next
    }

    /// Begins a transaction whose commit waits for the disk, or one that may be lost when power fails before the next
    /// such commit: the log is written in order, so a later sync covers it.
    fn begin(&mut self, syncs: bool) -> Result<(), StoreError> {
        let begun = || {
            if self.syncs != syncs {
                let level = if syncs { "FULL" } else { "NORMAL" };
                self.conn.execute_batch(&format!("PRAGMA synchronous = {level}"))?;
            }
            self.conn.prepare_cached("BEGIN IMMEDIATE")?.execute([])
        };
        begun().map_err(|e| failed(&e))?;
        self.syncs = syncs;
        Ok(())
    }

    /// Commits, or undoes everything when `fatal`; then answers everybody.
    fn finish(&mut self, mut batch: Batch, fatal: Option<StoreError>) {
        let gate = self.gate.clone();
        let shut = gate.lock();
        let begun = Instant::now();
        let fatal = fatal.or_else(|| {
            let committed = self.conn.prepare_cached("COMMIT").and_then(|mut s| s.execute([]));
            committed.err().map(|e| failed(&e))
        });
        if let Some(e) = &fatal {
            tracing::error!(error = %e, writes = batch.answers.len(), "a batch of writes was undone");
            self.undo();
            for (_, result, _) in &mut batch.answers {
                *result = Err(e.clone());
            }
        } else {
            self.publish();
            drop(shut);
            self.outbox.add(batch.events.drain(..));
        }
        metrics::histogram!("store_commit_seconds").record(begun.elapsed().as_secs_f64());
        metrics::histogram!("store_batch_writes").record(u32::try_from(batch.answers.len()).unwrap_or(u32::MAX));
        for (answer, result, permit) in batch.answers {
            drop(answer.send(result));
            drop(permit);
        }
    }

    /// Shows what was committed to readers, before anybody is answered.
    fn publish(&mut self) {
        let waiting = |kept: &Kept| usize::try_from(kept.last - kept.through).unwrap_or(0);
        self.unsettled.rows(self.collections.values().map(waiting).sum());
        self.collections.values_mut().for_each(Kept::publish);
    }

    fn undo(&mut self) {
        // SQLite undoes by itself after some failures; then there is nothing left to roll back.
        if !self.conn.is_autocommit()
            && let Err(e) = self.conn.execute_batch("ROLLBACK")
        {
            tracing::error!(error = %e, "a transaction could not be rolled back");
        }
        self.collections.values_mut().for_each(Kept::undo);
        self.numbers.forget();
    }

    fn apply(&mut self, batch: &mut Batch, write: Write) -> Result<u64, Failure> {
        let Write { op, mut events, mark } = write;
        if let Some(mark) = &mark
            && apply::is_marked(&self.conn, mark)?
        {
            return Err(Failure::One(StoreError::AlreadyProcessed));
        }
        self.check_room(batch, events.len())?;
        let version = match op {
            Op::Insert(document) => {
                batch.bytes += document.body.len();
                let kept = kept(&mut self.collections, document.collection)?;
                apply::insert(&self.conn, kept, (&document, 1), None)?;
                self.numbers.forget_of(document.collection);
                1
            }
            Op::InsertMany(documents) => self.insert_all(batch, documents.iter().map(|document| (document, 1)))?,
            Op::Restore(documents) => self.insert_all(batch, documents.iter().map(|(d, version)| (d, *version)))?,
            Op::Replace(document, version) => {
                batch.bytes += document.body.len();
                let kept = kept(&mut self.collections, document.collection)?;
                let (version, moved) = apply::replace(&self.conn, kept, &document, version)?;
                if moved {
                    self.numbers.forget_of(document.collection);
                }
                version
            }
            Op::Delete(collection, id, version) => {
                let kept = kept(&mut self.collections, collection)?;
                apply::delete(&self.conn, kept, &id, version)?;
                0
            }
            Op::DeleteMany(collection, ids) => self.delete_all(batch, collection, &ids)?,
            Op::Append(append) => {
                let (number, built) = self.append(batch, &append, events.len())?;
                events.extend(built);
                number
            }
        };
        if let Some(mark) = &mark {
            apply::add_mark(&self.conn, mark, self.ambient.now().millis())?;
        }
        for event in events {
            self.seq += 1;
            self.conn
                .prepare_cached("INSERT INTO outbox(seq, topic, body) VALUES (?1, ?2, ?3)")?
                .execute(params![self.seq, &*event.topic, event.bytes.as_ref()])?;
            batch.bytes += event.bytes.len();
            batch.events.push((self.seq, event));
        }
        Ok(version)
    }

    /// Adds documents at their versions, up to the first that fails.
    fn insert_all<'a>(
        &mut self,
        batch: &mut Batch,
        documents: impl Iterator<Item = (&'a RawDocument, u64)>,
    ) -> Result<u64, Failure> {
        for (document, version) in documents {
            batch.bytes += document.body.len();
            let kept = kept(&mut self.collections, document.collection)?;
            apply::insert(&self.conn, kept, (document, version), None)?;
            self.numbers.forget_of(document.collection);
        }
        Ok(0)
    }

    /// Removes documents, whether they are there or not.
    fn delete_all(&mut self, batch: &mut Batch, collection: &'static str, ids: &[String]) -> Result<u64, Failure> {
        check::deletes(ids.len()).map_err(Failure::One)?;
        let kept = kept(&mut self.collections, collection)?;
        for id in ids {
            batch.bytes += id.len();
            apply::delete(&self.conn, kept, id, None)?;
        }
        Ok(0)
    }

    pub(super) fn check_room(&self, batch: &Batch, events: usize) -> Result<(), Failure> {
        if events > 0 && batch.pending + batch.events.len() + events > self.options.outbox_max {
            return Err(Failure::One(StoreError::Busy));
        }
        Ok(())
    }

    fn declare(&mut self, spec: Spec) -> Result<(), StoreError> {
        if self
            .shelves
            .read()
            .get(spec.collection)
            .is_some_and(|shelf| shelf.plan.spec == spec)
        {
            return Ok(());
        }
        let mut plan = Plan::of(spec)?;
        // What waits belongs to the tables as they were declared.
        self.settle()?;
        self.begin(true)?;
        let declared = super::schema::declare(&self.conn, &mut plan).and_then(|last| {
            self.conn.execute_batch("COMMIT").map_err(|e| failed(&e))?;
            Ok(last)
        });
        let last = declared.inspect_err(|_| self.undo())?;
        let late = RwLock::new(Late::new(plan.ordered.len(), last));
        let shelf = Arc::new(Shelf {
            plan,
            late,
            gate: self.gate.clone(),
        });
        self.collections.insert(spec.collection, Kept::new(shelf.clone(), last));
        self.shelves.write().insert(spec.collection, shelf);
        Ok(())
    }

    /// Settles what waits, in a transaction of its own. That is not synced: what is lost with it is settled again.
    fn settle(&mut self) -> Result<(), StoreError> {
        if self.unsettled.is_empty() {
            return Ok(());
        }
        let begun = Instant::now();
        self.begin(false)?;
        let done = settle::settle(&self.conn, &self.unsettled, &self.collections, self.options.sent_kept);
        let gate = self.gate.clone();
        let shut = gate.lock();
        let done = done.and_then(|()| self.conn.execute_batch("COMMIT"));
        if let Err(e) = done {
            self.undo();
            self.unsettled.later();
            tracing::error!(error = %e, "marks and words could not be settled; it is tried again");
            return Err(failed(&e));
        }
        self.collections
            .values_mut()
            .filter(|kept| kept.through < kept.last)
            .for_each(Kept::settled);
        drop(shut);
        self.unsettled.clear();
        metrics::histogram!("store_settle_seconds").record(begun.elapsed().as_secs_f64());
        Ok(())
    }

    /// Does between batches what nobody waits for.
    fn keep_house(&mut self, idle: bool) {
        if !self.settling.is_empty() || self.unsettled.is_due(SETTLE_AFTER) {
            // A failure has been logged, and what waits is kept.
            let settled = self.settle();
            for Settling { answer, permit } in self.settling.drain(..) {
                drop(answer.send(settled.clone()));
                drop(permit);
            }
        }
        let now = self.ambient.now();
        if self.unsettled.sweep_is_due(now) {
            match settle::sweep(&self.conn, now, self.options.sent_kept) {
                Ok(more) => self.unsettled.swept(now, more),
                Err(e) => tracing::warn!(error = %e, "old marks could not be swept; it is tried again"),
            }
        }
        self.checkpointer.tick(&self.conn, idle);
    }

    fn end(mut self) {
        // It has been logged; events that stay unmarked are sent again, words are indexed at the next start.
        drop(self.settle());
        self.checkpointer.stop(&self.conn);
        drop(self.conn);
        drop(self.lock);
    }
}

/// Returns a declared collection.
pub(super) fn kept<'a>(collections: &'a mut HashMap<&'static str, Kept>, name: &str) -> Result<&'a mut Kept, Failure> {
    collections.get_mut(name).ok_or_else(|| Failure::One(undeclared(name)))
}
