//! Owns reading: a few read-only connections and the questions put to them. Refuses to write.
//!
//! Each question is its own read transaction on the newest commit, and a write is answered after its commit; so a read
//! sees every write that was acknowledged before it began.

use std::path::PathBuf;
use std::sync::Arc;

use parking_lot::Mutex;
use rusqlite::{Connection, Statement, ToSql, params};

use crate::sqlite::plan::{Ordered, Plan, Shelf, Text};
use crate::sqlite::{SqliteOptions, failed, schema};
use crate::{IndexKind, Query, StoreError, Stored, keys};

/// Connections for questions that take microseconds. Opened when the one before is in use.
const QUICK_CONNECTIONS: usize = 4;
/// Connections for questions that may take long, so that these never hold up the others.
const LONG_CONNECTIONS: usize = 2;

/// Which connections a question may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lane {
    /// Point reads and small pages, on the calling thread.
    Quick,
    /// The rest, on a thread for blocking work.
    Long,
}

/// The read-only connections.
pub struct Readers {
    path: PathBuf,
    options: SqliteOptions,
    quick: Vec<Mutex<Option<Connection>>>,
    long: Vec<Mutex<Option<Connection>>>,
}

impl Readers {
    /// Opens none yet.
    pub fn new(path: PathBuf, options: SqliteOptions) -> Self {
        let slots = |n| (0..n).map(|_| Mutex::new(None)).collect();
        Self {
            path,
            options,
            quick: slots(QUICK_CONNECTIONS),
            long: slots(LONG_CONNECTIONS),
        }
    }

    /// Asks on a free connection of the lane, or waits for one.
    pub fn ask<R>(&self, lane: Lane, ask: impl FnOnce(&Connection) -> rusqlite::Result<R>) -> Result<R, StoreError> {
        let slots = if lane == Lane::Quick { &self.quick } else { &self.long };
        let free = slots.iter().find_map(|slot| slot.try_lock());
        let Some(mut slot) = free.or_else(|| slots.first().map(|slot| slot.lock())) else {
            return Err(StoreError::Backend("no reader".into()));
        };
        let conn = match slot.take() {
            Some(conn) => conn,
            None => schema::open_reader(&self.path, &self.options).map_err(|e| failed(&e))?,
        };
        ask(slot.insert(conn)).map_err(|e| failed(&e))
    }

    /// Closes all connections; those in use when their question ends.
    pub fn close(&self) {
        for slot in self.quick.iter().chain(&self.long) {
            drop(slot.lock().take());
        }
    }
}

/// Reads those of `ids` that exist.
pub fn get(conn: &Connection, plan: &Plan, ids: &[String]) -> rusqlite::Result<Vec<Stored>> {
    let mut statement = conn.prepare_cached(&plan.get)?;
    let mut found = Vec::with_capacity(ids.len());
    for id in ids {
        collect(&mut statement, &[id], &mut found)?;
    }
    Ok(found)
}

/// Through which row the tables are complete, and entries of later ones.
type Waiting = (i64, Vec<(Vec<u8>, i64)>);

/// A question to an ordered index, made ready.
pub struct Ready {
    shelf: Arc<Shelf>,
    /// The index's place in the plan.
    at: usize,
    range: keys::Range,
    /// The place's own key and id, when the index is unique and the question goes on from a place.
    place: Option<(Vec<u8>, String)>,
    descending: bool,
    limit: usize,
}

impl Ready {
    /// Checks that an index serves `query` and computes its range of keys.
    pub fn of(shelf: Arc<Shelf>, query: &Query) -> Result<Self, StoreError> {
        let (at, ordered) = shelf.plan.serving(query)?;
        let mut range = keys::Range::of(&query.eq, query.low.as_ref(), query.high.as_ref());
        let mut beyond = None;
        if let Some(place) = &query.after {
            if ordered.index.kind == IndexKind::Unique {
                beyond = Some((
                    range.narrow_unique(&query.eq, place, query.descending),
                    place.id.clone(),
                ));
            } else {
                range.narrow(&query.eq, place, query.descending);
            }
        }
        Ok(Self {
            at,
            range,
            place: beyond,
            descending: query.descending,
            limit: query.limit,
            shelf,
        })
    }

    fn ordered(&self) -> rusqlite::Result<&Ordered> {
        self.shelf
            .plan
            .ordered
            .get(self.at)
            .ok_or(rusqlite::Error::InvalidQuery)
    }

    /// Reads the answer; nothing when rows were changed between the look into memory and that into the file. Then
    /// `find_still` is to be asked, on a thread that may wait.
    pub fn find(&self, conn: &Connection) -> rusqlite::Result<Option<Vec<Stored>>> {
        let (found, sound) = self.merge(conn, self.late())?;
        Ok(sound.then_some(found))
    }

    /// Reads the answer with the gate shut, so that no row can be changed meanwhile. Waits for at most one sync.
    pub fn find_still(&self, conn: &Connection) -> rusqlite::Result<Vec<Stored>> {
        let _shut = self.shelf.gate.lock();
        Ok(self.merge(conn, self.late())?.0)
    }

    /// Takes the waiting entries, at most as many as could be answered, and through which row the tables are complete.
    fn late(&self) -> Waiting {
        let late = self.shelf.late.read();
        let entries = late.range(self.at, &self.range).map(|(key, row)| (key.clone(), row));
        // One more, because the one at the place may not count.
        let wanted = self.limit + 1;
        let entries = if self.descending {
            entries.rev().take(wanted).collect()
        } else {
            entries.take(wanted).collect()
        };
        (late.through, entries)
    }

    /// Merges what waits with what the table holds. Also tells whether no row changed meanwhile: entries were taken only
    /// as far as needed, so when one no longer counts the next may be missing.
    fn merge(&self, conn: &Connection, (through, late): Waiting) -> rusqlite::Result<(Vec<Stored>, bool)> {
        let ordered = self.ordered()?;
        let (mut found, mut sound) = (Vec::new(), true);
        let mut late = late.into_iter().peekable();
        let mut statement = conn.prepare_cached(ordered.find(self.descending))?;
        let limit = i64::try_from(self.limit + 1).unwrap_or(i64::MAX);
        let mut rows = statement.query(params![self.range.low, self.range.high, limit, through])?;
        let mut row = rows.next()?;
        while found.len() < self.limit {
            let key = row
                .map(|row| row.get_ref(3)?.as_blob().map_err(rusqlite::Error::from))
                .transpose()?;
            let late_is_next = match (late.peek(), key) {
                (Some((late, _)), Some(key)) => (late.as_slice() < key) != self.descending,
                (late, _) => late.is_some(),
            };
            if late_is_next {
                let Some((key, n)) = late.next() else { break };
                match read_late(conn, &self.shelf.plan, ordered, n, &key)? {
                    Some(stored) => self.keep(&key, stored, &mut found),
                    None => sound = false,
                }
            } else {
                let (Some(current), Some(key)) = (row, key) else { break };
                self.keep(key, stored(current)?, &mut found);
                row = rows.next()?;
            }
        }
        Ok((found, sound))
    }

    /// Keeps a document unless it is the one at the place, or was before it.
    fn keep(&self, key: &[u8], stored: Stored, found: &mut Vec<Stored>) {
        let beyond = self.place.as_ref().is_none_or(|(place, id)| {
            place.as_slice() != key
                || if self.descending {
                    stored.id < *id
                } else {
                    stored.id > *id
                }
        });
        if beyond {
            found.push(stored);
        }
    }

    /// Counts the answer, up to `cap`.
    pub fn count(&self, conn: &Connection, cap: u64) -> rusqlite::Result<u64> {
        let (through, waiting) = {
            let late = self.shelf.late.read();
            (late.through, late.range(self.at, &self.range).count() as u64)
        };
        let limit = i64::try_from(cap).unwrap_or(i64::MAX);
        let mut statement = conn.prepare_cached(&self.ordered()?.count)?;
        let settled: i64 = statement.query_row(params![self.range.low, self.range.high, limit, through], |row| {
            row.get(0)
        })?;
        Ok((settled.cast_unsigned() + waiting).min(cap))
    }
}

/// Reads the row of a waiting entry; nothing when it was deleted or lost the entry since that was seen.
fn read_late(
    conn: &Connection,
    plan: &Plan,
    ordered: &Ordered,
    n: i64,
    key: &[u8],
) -> rusqlite::Result<Option<Stored>> {
    let mut statement = conn.prepare_cached(&plan.get_row)?;
    let mut rows = statement.query([n])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let has_it = keys::unpack(row.get_ref(3)?.as_blob()?).any(|entry| entry == (ordered.slot, key));
    has_it.then(|| stored(row)).transpose()
}

/// Reads the documents that a text question finds, newest id first.
pub fn search(
    conn: &Connection,
    text: &Text,
    question: &str,
    before: Option<&str>,
    limit: usize,
) -> rusqlite::Result<Vec<Stored>> {
    let mut found = Vec::new();
    let mut statement = conn.prepare_cached(&text.search)?;
    collect(
        &mut statement,
        params![question, before, i64::try_from(limit).unwrap_or(i64::MAX)],
        &mut found,
    )?;
    Ok(found)
}

/// Reads the collection by id, from strictly after `after`.
pub fn scan(conn: &Connection, plan: &Plan, after: &str, limit: usize) -> rusqlite::Result<Vec<Stored>> {
    let mut found = Vec::new();
    let mut statement = conn.prepare_cached(&plan.scan)?;
    collect(
        &mut statement,
        params![after, i64::try_from(limit).unwrap_or(i64::MAX)],
        &mut found,
    )?;
    Ok(found)
}

fn collect(statement: &mut Statement<'_>, bound: &[&dyn ToSql], found: &mut Vec<Stored>) -> rusqlite::Result<()> {
    let mut rows = statement.query(bound)?;
    while let Some(row) = rows.next()? {
        found.push(stored(row)?);
    }
    Ok(())
}

fn stored(row: &rusqlite::Row<'_>) -> rusqlite::Result<Stored> {
    let body: Vec<u8> = row.get(2)?;
    Ok(Stored {
        id: row.get(0)?,
        version: row.get::<_, i64>(1)?.cast_unsigned(),
        body: body.into(),
    })
}

#[cfg(test)]
mod tests;
