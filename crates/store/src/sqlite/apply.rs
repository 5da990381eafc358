//! Owns what one write does to the tables, inside the transaction of its batch. Refuses to begin, commit or answer.
//!
//! No savepoint is needed: what can fail by the caller's doing (a mark that is there, a unique index, a version) is
//! checked or done first and by one statement, which SQLite undoes alone; what comes after it can only fail as the
//! whole file does.

use rusqlite::types::ToSql;
use rusqlite::{Connection, ErrorCode as Code, OptionalExtension, Statement, ffi, params};

use crate::sqlite::plan::Plan;
use crate::sqlite::text::{self, Words};
use crate::sqlite::{failed, keys};
use crate::{IndexKind, Mark, RawDocument, StoreError};

/// Why a write did not happen.
#[derive(Debug)]
pub enum Failure {
    /// It alone failed and left nothing behind.
    One(StoreError),
    /// The transaction can no longer be trusted: everything in it must be undone.
    All(StoreError),
}

impl From<rusqlite::Error> for Failure {
    fn from(e: rusqlite::Error) -> Self {
        Self::All(failed(&e))
    }
}

/// The largest id, in bytes.
pub const ID_BYTES_MAX: usize = 128;
/// The largest document, in bytes of JSON; MongoDB has the same limit.
pub const DOCUMENT_BYTES_MAX: usize = 16 << 20;

/// A collection as the writer keeps it.
pub struct Kept {
    /// Its statements.
    pub plan: std::sync::Arc<Plan>,
    /// The number of the last row.
    pub last: i64,
    /// Documents up to this row are in the text indexes; the words of later ones wait in the writer's tail.
    pub through: i64,
}

/// Words that wait to be indexed, one entry per text index; `None` takes back what waited for this row.
pub type Waiting = (i64, Option<Vec<Option<Words>>>);

/// Buffers that are used again for each document.
#[derive(Default)]
pub struct Scratch {
    key: Vec<u8>,
    /// Words that the statements of the running batch leave to be indexed later.
    pub waiting: Vec<(&'static str, Waiting)>,
}

/// Returns the `Unique` error that a failed statement means, if it does.
pub fn unique_violation(error: &rusqlite::Error) -> Option<StoreError> {
    let rusqlite::Error::SqliteFailure(
        ffi::Error {
            code: Code::ConstraintViolation,
            ..
        },
        Some(message),
    ) = error
    else {
        return None;
    };
    // "UNIQUE constraint failed: c_messages.k_by_seq"
    let column = message.strip_prefix("UNIQUE constraint failed: ")?.rsplit('.').next()?;
    Some(StoreError::Unique {
        index: column.strip_prefix("k_").unwrap_or(column).to_owned(),
    })
}

fn one_or_all(e: &rusqlite::Error) -> Failure {
    unique_violation(e).map_or_else(|| Failure::All(failed(e)), Failure::One)
}

fn check_document(document: &RawDocument) -> Result<(), Failure> {
    if document.id.is_empty() || document.id.len() > ID_BYTES_MAX {
        return Err(Failure::One(StoreError::Backend(format!(
            "an id has 1 to {ID_BYTES_MAX} bytes"
        ))));
    }
    if document.body.len() > DOCUMENT_BYTES_MAX {
        return Err(Failure::One(StoreError::Backend(format!(
            "a document has at most {DOCUMENT_BYTES_MAX} bytes"
        ))));
    }
    Ok(())
}

/// Binds keys, packed keys and body from the third parameter on; returns the keys of the multi indexes.
fn bind_document(
    statement: &mut Statement<'_>,
    plan: &Plan,
    document: &RawDocument,
    key: &mut Vec<u8>,
) -> rusqlite::Result<Vec<Vec<Vec<u8>>>> {
    let mut at = 3;
    for ordered in &plan.keyed {
        let tie = (ordered.index.kind == IndexKind::Plain).then_some(document.id.as_str());
        if keys::composite(&ordered.index, &document.fields, tie, key) {
            statement.raw_bind_parameter(at, key.as_slice())?;
        } else {
            statement.raw_bind_parameter(at, None::<i64>)?;
        }
        at += 1;
    }
    let mut entries = Vec::with_capacity(plan.multis.len());
    for multi in &plan.multis {
        let elements = keys::elements(&multi.index, &document.fields, &document.id);
        statement.raw_bind_parameter(at, keys::pack(&elements))?;
        entries.push(elements);
        at += 1;
    }
    statement.raw_bind_parameter(at, document.body.as_ref())?;
    Ok(entries)
}

/// Adds a document.
pub fn insert(
    conn: &Connection,
    kept: &mut Kept,
    scratch: &mut Scratch,
    document: &RawDocument,
) -> Result<(), Failure> {
    check_document(document)?;
    let plan = kept.plan.clone();
    let n = kept.last + 1;
    let entries = {
        let mut statement = conn.prepare_cached(&plan.insert)?;
        statement.raw_bind_parameter(1, n)?;
        statement.raw_bind_parameter(2, document.id.as_str())?;
        let entries = bind_document(&mut statement, &plan, document, &mut scratch.key)?;
        statement.raw_execute().map_err(|e| one_or_all(&e))?;
        entries
    };
    kept.last = n;
    for (multi, elements) in plan.multis.iter().zip(&entries) {
        for element in elements {
            conn.prepare_cached(&multi.add)?.execute(params![element, n])?;
        }
    }
    if !plan.texts.is_empty() {
        let words = plan
            .texts
            .iter()
            .map(|text| Words::of(text, &document.fields))
            .collect();
        scratch.waiting.push((plan.spec.collection, (n, Some(words))));
    }
    Ok(())
}

/// What a document has outside its own row.
struct Sides {
    n: i64,
    version: u64,
    entries: Vec<Vec<Vec<u8>>>,
}

fn read_sides(conn: &Connection, plan: &Plan, id: &str) -> rusqlite::Result<Option<Sides>> {
    conn.prepare_cached(&plan.side)?
        .query_row([id], |row| {
            let mut entries = Vec::with_capacity(plan.multis.len());
            for at in 0..plan.multis.len() {
                entries.push(keys::unpack(
                    row.get_ref(at + 2)?.as_blob_or_null()?.unwrap_or_default(),
                ));
            }
            Ok(Sides {
                n: row.get(0)?,
                version: row.get::<_, i64>(1)?.cast_unsigned(),
                entries,
            })
        })
        .optional()
}

/// Replaces a document at exactly `version`; returns the new version.
pub fn replace(
    conn: &Connection,
    kept: &mut Kept,
    scratch: &mut Scratch,
    document: &RawDocument,
    version: u64,
) -> Result<u64, Failure> {
    check_document(document)?;
    let plan = kept.plan.clone();
    let sides = if plan.has_sides() {
        let sides = read_sides(conn, &plan, &document.id)?.filter(|s| s.version == version);
        Some(sides.ok_or(Failure::One(StoreError::Conflict))?)
    } else {
        None
    };
    let entries = {
        let mut statement = conn.prepare_cached(&plan.replace)?;
        statement.raw_bind_parameter(1, document.id.as_str())?;
        statement.raw_bind_parameter(2, version.cast_signed())?;
        let entries = bind_document(&mut statement, &plan, document, &mut scratch.key)?;
        if statement.raw_execute().map_err(|e| one_or_all(&e))? == 0 {
            return Err(Failure::One(StoreError::Conflict));
        }
        entries
    };
    if let Some(sides) = sides {
        for ((multi, old), new) in plan.multis.iter().zip(&sides.entries).zip(&entries) {
            for gone in old.iter().filter(|key| !new.contains(key)) {
                conn.prepare_cached(&multi.remove)?.execute([gone])?;
            }
            for added in new.iter().filter(|key| !old.contains(key)) {
                conn.prepare_cached(&multi.add)?.execute(params![added, sides.n])?;
            }
        }
        let words = plan
            .texts
            .iter()
            .map(|text| Words::of(text, &document.fields))
            .collect();
        reword(conn, kept, scratch, sides.n, Some(words))?;
    }
    Ok(version + 1)
}

/// Removes a document, at `version` when given.
pub fn delete(
    conn: &Connection,
    kept: &mut Kept,
    scratch: &mut Scratch,
    id: &str,
    version: Option<u64>,
) -> Result<(), Failure> {
    let plan = kept.plan.clone();
    let sides = if plan.has_sides() {
        read_sides(conn, &plan, id)?
    } else {
        None
    };
    let removed = conn
        .prepare_cached(&plan.delete)?
        .execute(params![id, version.map(u64::cast_signed)])?;
    if removed == 0 {
        return if version.is_some() {
            Err(Failure::One(StoreError::Conflict))
        } else {
            Ok(())
        };
    }
    if let Some(sides) = sides {
        for (multi, old) in plan.multis.iter().zip(&sides.entries) {
            for gone in old {
                conn.prepare_cached(&multi.remove)?.execute([gone])?;
            }
        }
        reword(conn, kept, scratch, sides.n, None)?;
    }
    Ok(())
}

/// Changes the words of a row: at once when they are in the index, else in what waits to be put there.
fn reword(
    conn: &Connection,
    kept: &Kept,
    scratch: &mut Scratch,
    n: i64,
    words: Option<Vec<Option<Words>>>,
) -> rusqlite::Result<()> {
    let plan = &kept.plan;
    if plan.texts.is_empty() {
        return Ok(());
    }
    if n > kept.through {
        scratch.waiting.push((plan.spec.collection, (n, words)));
        return Ok(());
    }
    for (at, text) in plan.texts.iter().enumerate() {
        text::remove(conn, text, n)?;
        if let Some(words) = words.as_ref().and_then(|all| all.get(at)).and_then(Option::as_ref) {
            text::add(conn, text, n, words)?;
        }
    }
    Ok(())
}

/// Returns the greatest number that the unique index `index` holds for the scope whose range is given.
pub fn last_number(conn: &Connection, sql: &str, range: &keys::Range) -> rusqlite::Result<u64> {
    let key: Option<Vec<u8>> = conn
        .prepare_cached(sql)?
        .query_row(params![range.low, range.high], |row| row.get(0))
        .optional()?;
    Ok(key.and_then(|k| keys::trailing_number(&k)).unwrap_or(0))
}

/// Returns whether the inbox has this mark.
pub fn is_marked(conn: &Connection, mark: &Mark) -> rusqlite::Result<bool> {
    conn.prepare_cached("SELECT 1 FROM inbox WHERE event = ?1 AND consumer = ?2")?
        .exists(params![event_blob(mark), mark.consumer])
}

/// Adds a mark to the inbox.
pub fn add_mark(conn: &Connection, mark: &Mark, at_ms: i64) -> rusqlite::Result<()> {
    conn.prepare_cached("INSERT INTO inbox(at, consumer, event) VALUES (?1, ?2, ?3)")?
        .execute(params![at_ms, mark.consumer, event_blob(mark)])?;
    Ok(())
}

fn event_blob(mark: &Mark) -> impl ToSql + use<> {
    mark.event.uuid().into_bytes()
}
