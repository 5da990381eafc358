//! Owns the events that are committed and not yet sent: their order, and the newest of them in memory so that the
//! relay need not read and parse again what was just written. Refuses to write: that is the writer's.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use contracts::Event;
use kernel::EventId;
use parking_lot::Mutex;
use rusqlite::{Connection, params};
use tokio::sync::Notify;

use crate::StoreError;
use crate::sqlite::failed;

/// The bytes of events that are kept in memory for the relay; older or later ones are read from the file.
pub const HELD_BYTES_MAX: usize = 4 << 20;

/// Events in the order of their commits.
pub struct Outbox {
    pending: Mutex<Pending>,
    signal: Arc<Notify>,
}

#[derive(Default)]
struct Pending {
    /// By place in the order of commits; the event too when it is held in memory.
    order: BTreeMap<i64, (EventId, Option<Event>)>,
    places: HashMap<EventId, i64>,
    held_bytes: usize,
}

impl Pending {
    fn add(&mut self, seq: i64, event: Event) {
        let bytes = event.bytes.len();
        let held = self.held_bytes + bytes <= HELD_BYTES_MAX;
        self.held_bytes += if held { bytes } else { 0 };
        self.places.insert(event.id, seq);
        self.order.insert(seq, (event.id, held.then_some(event)));
    }
}

/// The oldest pending events: all of them, or the places to read them at.
pub enum Head {
    /// Held in memory.
    Held(Vec<Event>),
    /// To be read from the file.
    At(Vec<i64>),
}

impl Outbox {
    /// Reads what the file holds. Returns also the greatest place ever used.
    pub fn load(conn: &Connection) -> Result<(Self, i64), StoreError> {
        let mut pending = Pending::default();
        let rows = |each: &mut dyn FnMut(i64, Event)| -> rusqlite::Result<i64> {
            let mut statement = conn.prepare("SELECT seq, topic, body FROM outbox ORDER BY seq")?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                each(row.get(0)?, read_event(row)?);
            }
            conn.query_row(
                "SELECT max(coalesce((SELECT max(seq) FROM outbox), 0), coalesce((SELECT max(seq) FROM sent), 0))",
                [],
                |r| r.get(0),
            )
        };
        let last = rows(&mut |seq, event| pending.add(seq, event)).map_err(|e| failed(&e))?;
        Ok((
            Self {
                pending: Mutex::new(pending),
                signal: Arc::new(Notify::new()),
            },
            last,
        ))
    }

    /// Adds events that were just committed and wakes the relay.
    pub fn add(&self, events: impl Iterator<Item = (i64, Event)>) {
        let mut pending = self.pending.lock();
        let before = pending.order.len();
        events.for_each(|(seq, event)| pending.add(seq, event));
        let grew = pending.order.len() > before;
        drop(pending);
        if grew {
            // A permit is kept when the relay is not waiting just now, so no wake-up is lost.
            self.signal.notify_one();
        }
    }

    /// Takes events out; returns their places, sorted. Unknown ones are passed over.
    pub fn remove(&self, ids: &[EventId]) -> Vec<i64> {
        let mut pending = self.pending.lock();
        let mut places = Vec::with_capacity(ids.len());
        for id in ids {
            let Some(seq) = pending.places.remove(id) else { continue };
            if let Some((_, Some(event))) = pending.order.remove(&seq) {
                pending.held_bytes -= event.bytes.len();
            }
            places.push(seq);
        }
        places.sort_unstable();
        places
    }

    /// Returns the oldest events, at most `limit`.
    pub fn head(&self, limit: usize) -> Head {
        let pending = self.pending.lock();
        let mut held = Vec::with_capacity(limit.min(pending.order.len()));
        for (_, event) in pending.order.values().take(limit) {
            match event {
                Some(event) => held.push(event.clone()),
                None => return Head::At(pending.order.keys().take(limit).copied().collect()),
            }
        }
        Head::Held(held)
    }

    /// Returns the number of pending events.
    pub fn depth(&self) -> usize {
        self.pending.lock().order.len()
    }

    /// Returns the relay's signal.
    pub fn signal(&self) -> Arc<Notify> {
        self.signal.clone()
    }
}

/// Reads the events at `places` (sorted).
pub fn read_at(conn: &Connection, places: &[i64]) -> rusqlite::Result<Vec<Event>> {
    let mut statement = conn.prepare_cached("SELECT seq, topic, body FROM outbox WHERE seq = ?1")?;
    let mut events = Vec::with_capacity(places.len());
    for place in places {
        let mut rows = statement.query([place])?;
        // One that was sent meanwhile is gone.
        if let Some(row) = rows.next()? {
            events.push(read_event(row)?);
        }
    }
    Ok(events)
}

/// Reads events that were sent at `since_ms` or later, oldest first.
pub fn read_sent(conn: &Connection, since_ms: i64, limit: usize) -> rusqlite::Result<Vec<Event>> {
    let mut statement =
        conn.prepare_cached("SELECT seq, topic, body FROM sent WHERE at >= ?1 ORDER BY seq LIMIT ?2")?;
    let mut rows = statement.query(params![since_ms, i64::try_from(limit).unwrap_or(i64::MAX)])?;
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        events.push(read_event(row)?);
    }
    Ok(events)
}

fn read_event(row: &rusqlite::Row<'_>) -> rusqlite::Result<Event> {
    let (topic, body): (String, Vec<u8>) = (row.get(1)?, row.get(2)?);
    Event::parse(&topic, body.into())
        .map_err(|e| rusqlite::Error::FromSqlConversionFailure(2, rusqlite::types::Type::Blob, Box::new(e)))
}
