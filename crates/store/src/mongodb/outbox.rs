//! Owns the events that lie in documents until they are sent: how they are written, in which order they are read, how
//! they leave. Refuses to send: that is the relay's.
//!
//! **Order.** Events of one document leave in the order of its writes: they stand in one array, which each write
//! appends to under its compare-and-set. Across documents the stamps order them (`stamps.rs` says what they promise):
//! messages of a room are many documents with one key, and each was numbered after its predecessor was read. The look at a
//! collection is one snapshot of the server; in a plain read a later message could show that came in while the read went by
//! the place of an earlier one.
//!
//! **Several processes** of one service each have a relay, and both see the same pending events, so an event may be
//! published as often as there are processes, and again when a mark is lost. The bus drops what it has had (by event id)
//! and the consumers' inboxes drop the rest. A lease that lets one relay work at a time saves the effort; nothing
//! depends on it.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use ::mongodb::bson::spec::BinarySubtype;
use ::mongodb::bson::{Binary, Bson, Document as Object, RawDocument, RawDocumentBuf as Row, Uuid, doc};
use ::mongodb::options::ReadConcern;
use contracts::Event;
use futures::TryStreamExt as _;
use futures::future::try_join_all;
use kernel::{EventId, Timestamp};
use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::mongodb::Core;
use crate::mongodb::failure::Failure;
use crate::mongodb::shelf::Shelf;
use crate::mongodb::stamps::Stamps;
use crate::{StoreError, check};

/// Events that wait in one document, at most; with more its writes with events are `Busy`.
pub const DOCUMENT_EVENTS_MAX: usize = 256;
/// Name of the index over `due`, which only documents with pending events have. No question names it (`read.rs` says why).
pub const DUE: &str = "due";
/// Name of the index over the ids of pending events.
pub const PENDING: &str = "pending_id";
/// How long an inbox mark is kept: longer than any bus keeps an event.
pub const MARK_KEPT: Duration = Duration::from_secs(8 * 24 * 3600);
/// How often old marks and sent events are looked for.
const SWEEP_EVERY: Duration = Duration::from_secs(60);
/// Ids in one question.
const IDS_MAX: usize = 1000;

/// What is known here of the outbox: how full it is, and who waits for it.
pub struct Outbox {
    signal: Arc<Notify>,
    /// Events that were pending when last counted, and those written here since.
    stored: AtomicU64,
    /// Events of writes under way.
    under_way: AtomicU64,
    max: u64,
    swept: Mutex<Option<Timestamp>>,
}

/// Room for the events of a write under way; given back when dropped.
pub struct Room<'a> {
    outbox: &'a Outbox,
    events: u64,
}

impl Outbox {
    /// Starts with nothing known.
    pub fn new(max: usize) -> Self {
        Self {
            signal: Arc::default(),
            stored: AtomicU64::new(0),
            under_way: AtomicU64::new(0),
            max: max as u64,
            swept: Mutex::new(None),
        }
    }

    /// Returns the relay's signal.
    pub fn signal(&self) -> Arc<Notify> {
        self.signal.clone()
    }

    /// Takes room for `events` events, or says that the outbox is full. What other processes wrote counts from
    /// the next look at the depth on, which the relay takes every few seconds.
    pub fn room(&self, events: usize) -> Result<Room<'_>, StoreError> {
        let events = events as u64;
        let under_way = self.under_way.fetch_add(events, Ordering::AcqRel) + events;
        let room = Room { outbox: self, events };
        if events > 0 && self.stored.load(Ordering::Acquire) + under_way > self.max {
            return Err(StoreError::Busy);
        }
        Ok(room)
    }

    /// Adds to what is known to be pending.
    pub fn add(&self, events: u64) {
        self.stored.fetch_add(events, Ordering::AcqRel);
    }

    fn remove(&self, events: u64) {
        let less = |stored: u64| Some(stored.saturating_sub(events));
        let _ = self.stored.fetch_update(Ordering::AcqRel, Ordering::Acquire, less);
    }
}

impl Room<'_> {
    /// Notes that the events were committed, and wakes the relay.
    pub fn committed(self) {
        if self.events > 0 {
            self.outbox.add(self.events);
            // A permit is kept when the relay is not waiting just now, so no wake-up is lost.
            self.outbox.signal.notify_one();
        }
    }
}

impl Drop for Room<'_> {
    fn drop(&mut self) {
        self.outbox.under_way.fetch_sub(self.events, Ordering::AcqRel);
    }
}

/// Events as a document holds them.
pub struct Packed {
    /// The elements of `pending`, in order.
    pub pending: Vec<Object>,
    /// The stamp of the first.
    pub first: i64,
    /// The stamp of the last.
    pub last: i64,
}

impl Packed {
    /// Stamps and packs events; nothing when there are none.
    pub fn of(events: &[Event], stamps: &Stamps) -> Option<Self> {
        if events.is_empty() {
            return None;
        }
        let first = stamps.take(events.len());
        let mut last = first;
        let pending = events
            .iter()
            .zip(first..)
            .map(|(event, at)| {
                last = at;
                doc! { "id": uuid(event.id), "at": at, "topic": &*event.topic, "bytes": binary(event) }
            })
            .collect();
        Some(Self { pending, first, last })
    }
}

fn uuid(id: EventId) -> Bson {
    Uuid::from_bytes(id.uuid().into_bytes()).into()
}

fn binary(event: &Event) -> Binary {
    Binary {
        subtype: BinarySubtype::Generic,
        bytes: event.bytes.to_vec(),
    }
}

/// Reads one event with its stamp.
fn unpack(raw: &RawDocument) -> Result<(i64, Event), StoreError> {
    let odd = |e: &dyn std::fmt::Display| StoreError::Backend(format!("a pending event is not ours: {e}"));
    let at = raw.get_i64("at").map_err(|e| odd(&e))?;
    let topic = raw.get_str("topic").map_err(|e| odd(&e))?;
    let bytes = raw.get_binary("bytes").map_err(|e| odd(&e))?.bytes;
    let event = Event::parse(topic, bytes.to_vec().into()).map_err(|e| odd(&e))?;
    Ok((at, event))
}

/// Reads the events of one document: in the order of its array, so their stamps never fall.
fn unpack_all(row: &Row) -> Result<Vec<(i64, Event)>, StoreError> {
    let Ok(pending) = row.get_array("pending") else {
        return Ok(Vec::new());
    };
    let (mut all, mut least) = (Vec::new(), i64::MIN);
    for element in pending {
        let Some(raw) = element.ok().and_then(|e| e.as_document()) else {
            return Err(StoreError::Backend("a pending event is not ours".into()));
        };
        let (at, event) = unpack(raw)?;
        least = least.max(at);
        all.push((least, event));
    }
    Ok(all)
}

impl Core {
    /// Reads the oldest pending events, over all collections.
    pub async fn pending(&self, limit: usize) -> Result<Vec<Event>, StoreError> {
        let shelves = self.shelves();
        let each = try_join_all(shelves.iter().map(|shelf| self.pending_of(shelf, limit))).await?;
        let mut all: Vec<(i64, Event)> = each.into_iter().flatten().collect();
        // Stable: what has the same stamp stays in the order in which it was read.
        all.sort_by_key(|(at, _)| *at);
        all.truncate(limit);
        Ok(all.into_iter().map(|(_, event)| event).collect())
    }

    /// Reads the documents whose first event is oldest. Each has at least one of them, so `limit` documents are enough.
    async fn pending_of(&self, shelf: &Shelf, limit: usize) -> Result<Vec<(i64, Event)>, StoreError> {
        let rows = match self.pending_rows(shelf, limit, ReadConcern::snapshot()).await {
            // It has no snapshots outside of transactions, or none at this moment.
            Err(e) if e.is_refusal() => self.pending_rows(shelf, limit, ReadConcern::majority()).await,
            rows => rows,
        };
        let mut all = Vec::new();
        for row in &rows? {
            all.extend(unpack_all(row)?);
        }
        Ok(all)
    }

    async fn pending_rows(&self, shelf: &Shelf, limit: usize, concern: ReadConcern) -> Result<Vec<Row>, Failure> {
        let on = self.documents(shelf);
        let asked = on
            .find(doc! { "due": { "$gt": 0_i64 } })
            .sort(doc! { "due": 1 })
            .limit(i64::try_from(limit).unwrap_or(i64::MAX))
            .projection(doc! { "pending": 1 })
            .read_concern(concern)
            .max_time(self.options.deadline);
        self.ask(async { asked.await?.try_collect().await }).await
    }

    /// Takes sent events out of their documents, and keeps them when the retention says so.
    pub async fn sent(&self, ids: &[EventId]) -> Result<(), StoreError> {
        let shelves = self.shelves();
        for ids in ids.chunks(IDS_MAX) {
            let ids: HashSet<[u8; 16]> = ids.iter().map(|id| id.uuid().into_bytes()).collect();
            let removed = try_join_all(shelves.iter().map(|shelf| self.sent_of(shelf, &ids))).await?;
            self.outbox.remove(removed.into_iter().sum());
        }
        self.sweep().await;
        Ok(())
    }

    async fn sent_of(&self, shelf: &Shelf, ids: &HashSet<[u8; 16]>) -> Result<u64, StoreError> {
        let on = self.documents(shelf);
        let asked: Vec<Bson> = ids.iter().map(|id| Uuid::from_bytes(*id).into()).collect();
        let keeps = !self.options.sent_kept.is_zero();
        let seen = if keeps { "pending" } else { "pending.id" };
        let find = on
            .find(doc! { "pending.id": { "$in": asked } })
            .projection(doc! { "version": 1, seen: 1 })
            .max_time(self.options.deadline);
        let rows: Vec<Row> = self.ask(async { find.await?.try_collect().await }).await?;
        let (mut gone, mut kept, mut tombstones) = (Vec::new(), Vec::new(), Vec::new());
        for row in &rows {
            if row.get_i64("version").is_err() {
                tombstones.extend(row.get_str("_id"));
            }
            for element in row.get_array("pending").into_iter().flatten() {
                let raw = element.ok().and_then(|e| e.as_document());
                let id = raw.and_then(|raw| <[u8; 16]>::try_from(raw.get_binary("id").ok()?.bytes).ok());
                gone.extend(
                    id.filter(|id| ids.contains(id))
                        .map(|id| Bson::from(Uuid::from_bytes(id))),
                );
            }
            if keeps {
                let all = unpack_all(row)?.into_iter();
                kept.extend(all.filter(|(_, event)| ids.contains(event.id.uuid().as_bytes())));
            }
        }
        if gone.is_empty() {
            return Ok(0);
        }
        if keeps {
            // Before they leave, so that none is lost in between.
            self.keep_sent(kept).await?;
        }
        let left = doc! { "$filter": { "input": "$pending", "cond": { "$not": [{ "$in": ["$$this.id", &gone] }] } } };
        let none = doc! { "$eq": ["$pending", []] };
        let least = doc! { "$min": { "$map": { "input": "$pending", "in": "$$this.at" } } };
        let pull = vec![
            doc! { "$set": { "pending": left } },
            doc! { "$set": { "due": { "$cond": [&none, "$$REMOVE", least] },
            "pending": { "$cond": [&none, "$$REMOVE", "$pending"] } } },
        ];
        let count = gone.len() as u64;
        self.ask(on.update_many(doc! { "pending.id": { "$in": gone } }, pull))
            .await?;
        if !tombstones.is_empty() {
            let empty =
                doc! { "_id": { "$in": tombstones }, "version": { "$exists": false }, "due": { "$exists": false } };
            self.ask(on.delete_many(empty)).await?;
        }
        Ok(count)
    }

    async fn keep_sent(&self, events: Vec<(i64, Event)>) -> Result<(), StoreError> {
        let now = self.ambient.now().millis();
        let objects = events.iter().map(|(at, event)| {
            doc! { "_id": uuid(event.id), "sent": now, "at": *at, "topic": &*event.topic, "bytes": binary(event) }
        });
        let on = self.sent_events();
        let done = self.ask(on.insert_many(objects).ordered(false)).await;
        match done {
            Ok(_) => Ok(()),
            // Another relay was faster with some; the others are in.
            Err(e) if e.violated().is_some() => Ok(()),
            Err(e) => Err(e.into()),
        }
    }

    /// Reads events that were sent at `since` or later, in the order of their commits.
    pub async fn sent_since(&self, since: Timestamp, limit: usize) -> Result<Vec<Event>, StoreError> {
        if self.options.sent_kept.is_zero() {
            return Ok(Vec::new());
        }
        let on = self.sent_events().clone_with_type::<Row>();
        let asked = on
            .find(doc! { "sent": { "$gte": since.millis() } })
            .sort(doc! { "at": 1 })
            .limit(i64::try_from(limit).unwrap_or(i64::MAX))
            .max_time(self.options.deadline);
        let rows: Vec<Row> = self.ask(async { asked.await?.try_collect().await }).await?;
        rows.iter().map(|row| Ok(unpack(row)?.1)).collect()
    }

    /// Counts the pending events of all collections.
    pub async fn depth(&self) -> Result<u64, StoreError> {
        let shelves = self.shelves();
        let each = try_join_all(shelves.iter().map(|shelf| self.depth_of(shelf))).await?;
        let depth = each.into_iter().sum();
        self.outbox.stored.store(depth, Ordering::Release);
        Ok(depth)
    }

    /// Counts the pending events of one collection, and takes note of their greatest stamp.
    pub async fn depth_of(&self, shelf: &Shelf) -> Result<u64, StoreError> {
        let on = self.documents(shelf);
        let all = doc! { "_id": null, "events": { "$sum": { "$size": "$pending" } }, "stamp": { "$max": "$stamp" } };
        let pipeline = [doc! { "$match": { "due": { "$gt": 0_i64 } } }, doc! { "$group": all }];
        let asked = on.aggregate(pipeline).max_time(self.options.deadline);
        let rows: Vec<Object> = self.ask(async { asked.await?.try_collect().await }).await?;
        let Some(found) = rows.first() else { return Ok(0) };
        if let Ok(stamp) = found.get_i64("stamp") {
            self.stamps.see(stamp);
        }
        let events = match found.get("events") {
            Some(Bson::Int32(n)) => i64::from(*n),
            Some(Bson::Int64(n)) => *n,
            _ => 0,
        };
        Ok(events.unsigned_abs())
    }

    /// Removes marks and sent events that are too old, once a minute. A failure is logged, and it is tried again.
    pub async fn sweep(&self) {
        let now = self.ambient.now();
        {
            let mut swept = self.outbox.swept.lock();
            if swept.is_some_and(|swept| now.since(swept) < SWEEP_EVERY) {
                return;
            }
            *swept = Some(now);
        }
        let old = |field: &str, kept: Duration| doc! { field: { "$lt": (now - kept).millis() } };
        let (marks, sent) = (self.marks(), self.sent_events());
        let swept = tokio::join!(
            self.ask(marks.delete_many(old("at", MARK_KEPT))),
            self.ask(sent.delete_many(old("sent", self.options.sent_kept))),
        );
        if let Some(e) = swept.0.err().or(swept.1.err()) {
            let e = StoreError::from(e);
            tracing::warn!(error = %e, "old marks and sent events could not be swept; it is tried again");
        }
    }

    /// Refuses what is asked of a closed store.
    pub fn check_open(&self) -> Result<(), StoreError> {
        if self.closing.load(Ordering::Acquire) {
            return Err(check::closed());
        }
        Ok(())
    }
}
