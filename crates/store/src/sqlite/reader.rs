//! Owns reading: a few read-only connections and the questions put to them. Refuses to write.
//!
//! Each question is its own read transaction on the newest commit, and a write is answered after its commit; so a read
//! sees every write that was acknowledged before it began.

use std::path::PathBuf;
use std::sync::Arc;

use parking_lot::Mutex;
use rusqlite::{Connection, Statement, ToSql, params};

use crate::sqlite::plan::{Ordered, Plan, Text};
use crate::sqlite::{SqliteOptions, failed, keys, schema};
use crate::{IndexKind, Query, StoreError, Stored};

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

/// A question to an ordered index, made ready: which statement, and what is bound to it.
pub struct Ready {
    plan: Arc<Plan>,
    index: &'static str,
    range: keys::Range,
    /// The place's own key and id, when the index is unique and the question goes on from a place.
    place: Option<(Vec<u8>, String)>,
    descending: bool,
    limit: i64,
}

impl Ready {
    /// Checks that an index serves `query` and computes its range of keys.
    pub fn of(plan: Arc<Plan>, query: &Query) -> Result<Self, StoreError> {
        let ordered = plan.serving(query)?;
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
        let limit = i64::try_from(query.limit).unwrap_or(i64::MAX);
        Ok(Self {
            index: query.index,
            range,
            place: beyond,
            descending: query.descending,
            limit,
            plan,
        })
    }

    fn ordered(&self) -> rusqlite::Result<&Ordered> {
        self.plan.ordered(self.index).ok_or(rusqlite::Error::InvalidQuery)
    }

    /// Reads the answer.
    pub fn find(&self, conn: &Connection) -> rusqlite::Result<Vec<Stored>> {
        let (ordered, mut found) = (self.ordered()?, Vec::new());
        let (low, high) = (&self.range.low, &self.range.high);
        match &self.place {
            None => {
                let mut statement = conn.prepare_cached(ordered.find(self.descending))?;
                collect(&mut statement, params![low, high, self.limit], &mut found)?;
            }
            Some((key, id)) => {
                let mut statement = conn.prepare_cached(ordered.find_beyond(self.descending))?;
                collect(&mut statement, params![low, high, self.limit, key, id], &mut found)?;
            }
        }
        Ok(found)
    }

    /// Counts the answer, up to `cap`.
    pub fn count(&self, conn: &Connection, cap: u64) -> rusqlite::Result<u64> {
        let cap = i64::try_from(cap).unwrap_or(i64::MAX);
        let mut statement = conn.prepare_cached(&self.ordered()?.count)?;
        statement
            .query_row(params![self.range.low, self.range.high, cap], |row| {
                row.get::<_, i64>(0)
            })
            .map(i64::cast_unsigned)
    }
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
        let body: Vec<u8> = row.get(2)?;
        found.push(Stored {
            id: row.get(0)?,
            version: row.get::<_, i64>(1)?.cast_unsigned(),
            body: body.into(),
        });
    }
    Ok(())
}
