//! Owns the file: how it is opened, which layout it has, how a collection's tables come to be and follow its
//! declaration. Refuses to know what is written into them afterwards.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension, params};

use crate::sqlite::plan::{Ordered, Plan};
use crate::sqlite::{SqliteOptions, failed, text};
use crate::{Fields, Index, IndexKind, StoreError, keys, words};

/// The layout that this program writes; a file with a greater one was written by a later program.
pub const SCHEMA_VERSION: i64 = 1;
/// Marks the file as ours, `aich` in ASCII.
const APPLICATION_ID: i64 = 0x6169_6368;
/// How long a statement waits for a lock that another connection holds.
const LOCK_WAIT: Duration = Duration::from_secs(5);
/// How many documents are read at a time when an index is filled.
const FILL_CHUNK: i64 = 500;
/// Statements that a connection keeps prepared.
const STATEMENTS_KEPT: usize = 256;
/// The log is cut back to this many bytes when it begins anew.
const LOG_BYTES_KEPT: i64 = 64 << 20;

const TABLES: &str = "
CREATE TABLE store_collection(name TEXT PRIMARY KEY, through INTEGER NOT NULL, slot INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE store_index(collection TEXT, name TEXT, signature TEXT NOT NULL, slot INTEGER NOT NULL,
                         PRIMARY KEY(collection, name)) WITHOUT ROWID;
CREATE TABLE outbox(seq INTEGER PRIMARY KEY, topic TEXT NOT NULL, body BLOB NOT NULL);
CREATE TABLE sent(seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, topic TEXT NOT NULL, body BLOB NOT NULL);
CREATE INDEX sent_at ON sent(at);
CREATE TABLE inbox(n INTEGER PRIMARY KEY, at INTEGER NOT NULL, consumer TEXT NOT NULL, event BLOB NOT NULL);
CREATE UNIQUE INDEX inbox_mark ON inbox(event, consumer);
";

/// Opens the file for the one writer, makes it ours when it is empty. `Backend` when it is another program's, a later
/// version's, or damaged.
pub fn open_writer(path: &Path, options: &SqliteOptions) -> Result<Connection, StoreError> {
    let name = path.display();
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let opened = Connection::open_with_flags(path, flags).and_then(|conn| {
        conn.busy_timeout(LOCK_WAIT)?;
        compile_once(&conn)?;
        conn.execute_batch(&format!(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = OFF;
             PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = {LOG_BYTES_KEPT};
             PRAGMA cache_size = -{}; PRAGMA mmap_size = 0;",
            options.writer_cache_kib
        ))?;
        let number = |pragma: &str| conn.query_row(pragma, [], |row| row.get::<_, i64>(0));
        let found = (
            number("PRAGMA application_id")?,
            number("PRAGMA user_version")?,
            number("SELECT count(*) FROM sqlite_master")?,
        );
        Ok((conn, found))
    });
    let (conn, (application, version, tables)) =
        opened.map_err(|e| StoreError::Backend(format!("{name} cannot be opened as a store: {e}")))?;
    match (application, version, tables) {
        (0, 0, 0) if !options.existing_only => create(&conn).map_err(|e| failed(&e))?,
        (APPLICATION_ID, SCHEMA_VERSION, _) => {}
        (APPLICATION_ID, later, _) => {
            return Err(StoreError::Backend(format!(
                "{name} has layout {later}; this program knows {SCHEMA_VERSION}: a later version wrote it"
            )));
        }
        _ => return Err(StoreError::Backend(format!("{name} is a database of another program"))),
    }
    if let Some(bytes) = options.bytes_max {
        let pages = conn
            .query_row("PRAGMA page_size", [], |row| row.get::<_, i64>(0))
            .map_err(|e| failed(&e))?;
        conn.execute_batch(&format!(
            "PRAGMA max_page_count = {}",
            bytes / pages.cast_unsigned().max(1)
        ))
        .map_err(|e| failed(&e))?;
    }
    conn.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    Ok(conn)
}

/// Has a statement compiled once. SQLite compiles one with a range or a limit anew each time that they are told, to choose by them among
/// plans; with ours, and without statistics of tables (`ANALYZE`), there is next to nothing to choose.
fn compile_once(conn: &Connection) -> rusqlite::Result<()> {
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .map(drop)
}

/// Opens the file for reading. The writer must have opened it before.
pub fn open_reader(path: &Path, options: &SqliteOptions) -> rusqlite::Result<Connection> {
    let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    conn.busy_timeout(LOCK_WAIT)?;
    compile_once(&conn)?;
    conn.execute_batch(&format!(
        "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -{}; PRAGMA mmap_size = {};",
        options.reader_cache_kib, options.mmap_bytes
    ))?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    Ok(conn)
}

/// Opens the file for moving the log into it.
pub fn open_checkpointer(path: &Path) -> rusqlite::Result<Connection> {
    let conn = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    conn.execute_batch("PRAGMA synchronous = FULL; PRAGMA cache_size = -256; PRAGMA wal_autocheckpoint = 0;")?;
    Ok(conn)
}

fn create(conn: &Connection) -> rusqlite::Result<()> {
    conn.execute_batch(&format!(
        "BEGIN IMMEDIATE; {TABLES} PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {SCHEMA_VERSION}; COMMIT;"
    ))
}

/// Makes the tables of a collection follow its declaration, within the caller's transaction: drops indexes that are
/// gone, adds those that are new and fills them from the documents' JSON, and puts into the others what a crash left
/// out. Sets the plan's slots. Returns the number of the last row ever given.
pub fn declare(conn: &Connection, plan: &mut Plan) -> Result<i64, StoreError> {
    let catalog = open_catalog(conn, plan).map_err(|e| failed(&e))?;
    let same = |index: &Index| {
        catalog
            .indexes
            .get(index.name)
            .is_some_and(|known| known.signature == signature_of(index))
    };
    for (name, known) in &catalog.indexes {
        if !plan.spec.indexes.iter().any(|i| i.name == name && same(i)) {
            drop_index(conn, plan.spec.collection, name, &known.signature).map_err(|e| failed(&e))?;
        }
    }
    let known = catalog
        .indexes
        .values()
        .map(|known| known.slot)
        .max()
        .unwrap_or(0)
        .max(catalog.slot);
    for (ordered, fresh) in plan.ordered.iter_mut().zip(known + 1..) {
        ordered.slot = catalog
            .indexes
            .get(ordered.index.name)
            .filter(|_| same(&ordered.index))
            .map_or(fresh, |k| k.slot);
    }
    let highest = plan.ordered.iter().map(|o| o.slot).max().unwrap_or(0).max(known);
    catch_up(conn, plan, &same, catalog.through).map_err(|e| failed(&e))?;
    for index in plan.spec.indexes.iter().filter(|i| !same(i)) {
        add_index(conn, plan, index)?;
    }
    let finish = || -> rusqlite::Result<i64> {
        let greatest: i64 = conn.query_row(&format!("SELECT coalesce(max(n), 0) FROM {}", plan.table), [], |row| {
            row.get(0)
        })?;
        // A number that the index tables have seen is never given again, even when its document is gone.
        let last = greatest.max(catalog.through);
        set_through(conn, plan.spec.collection, last)?;
        conn.execute(
            "UPDATE store_collection SET slot = ?2 WHERE name = ?1",
            params![plan.spec.collection, highest],
        )?;
        Ok(last)
    };
    finish().map_err(|e| failed(&e))
}

/// Notes that the rows up to `n` are in all index tables of a collection.
pub fn set_through(conn: &Connection, collection: &str, n: i64) -> rusqlite::Result<()> {
    conn.prepare_cached("UPDATE store_collection SET through = ?2 WHERE name = ?1")?
        .execute(params![collection, n])?;
    Ok(())
}

struct Known {
    signature: String,
    slot: u16,
}

struct Catalog {
    through: i64,
    slot: u16,
    indexes: HashMap<String, Known>,
}

/// Reads what is known of a collection; makes it when nothing is.
fn open_catalog(conn: &Connection, plan: &Plan) -> rusqlite::Result<Catalog> {
    let collection = plan.spec.collection;
    let found = conn
        .query_row(
            "SELECT through, slot FROM store_collection WHERE name = ?1",
            [collection],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let Some((through, slot)) = found else {
        conn.execute_batch(&format!(
            "CREATE TABLE {}(n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, version INTEGER NOT NULL, \
             keys BLOB NOT NULL, body BLOB NOT NULL)",
            plan.table
        ))?;
        conn.execute(
            "INSERT INTO store_collection(name, through, slot) VALUES (?1, 0, 0)",
            [collection],
        )?;
        return Ok(Catalog {
            through: 0,
            slot: 0,
            indexes: HashMap::new(),
        });
    };
    let indexes = conn
        .prepare("SELECT name, signature, slot FROM store_index WHERE collection = ?1")?
        .query_map([collection], |row| {
            Ok((
                row.get(0)?,
                Known {
                    signature: row.get(1)?,
                    slot: row.get(2)?,
                },
            ))
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Catalog { through, slot, indexes })
}

fn signature_of(index: &Index) -> String {
    let kind = match index.kind {
        IndexKind::Plain => "plain",
        IndexKind::Unique => "unique",
        IndexKind::Multi => "multi",
        IndexKind::Text { .. } => words::CUT,
    };
    let scope = if let IndexKind::Text { scope: Some(scope) } = index.kind {
        scope
    } else {
        ""
    };
    format!("{kind} {} {scope}", index.fields.join(","))
}

fn drop_index(conn: &Connection, collection: &str, name: &str, signature: &str) -> rusqlite::Result<()> {
    let kind = if signature.starts_with("text ") { "f" } else { "i" };
    conn.execute_batch(&format!("DROP TABLE {kind}_{collection}__{name}"))?;
    conn.execute(
        "DELETE FROM store_index WHERE collection = ?1 AND name = ?2",
        [collection, name],
    )?;
    Ok(())
}

/// Makes the table of a new index and fills it from the documents that are there.
fn add_index(conn: &Connection, plan: &Plan, index: &Index) -> Result<(), StoreError> {
    let found = plan.ordered(index.name).map(|(_, ordered)| ordered);
    let note = "INSERT INTO store_index(collection, name, signature, slot) VALUES (?1, ?2, ?3, ?4)";
    let slot = found.map_or(0, |ordered| ordered.slot);
    conn.execute(
        note,
        params![plan.spec.collection, index.name, signature_of(index), slot],
    )
    .map_err(|e| failed(&e))?;
    if let Some(ordered) = found {
        let sql = format!(
            "CREATE TABLE {}(k BLOB PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID",
            ordered.table
        );
        conn.execute_batch(&sql).map_err(|e| failed(&e))?;
        return fill_ordered(conn, plan, ordered).map_err(|e| match e.sqlite_error_code() {
            Some(rusqlite::ErrorCode::ConstraintViolation) => StoreError::Unique {
                index: index.name.to_owned(),
            },
            _ => failed(&e),
        });
    }
    let Some(text) = plan.texts.iter().find(|t| t.index == *index) else {
        return Ok(());
    };
    conn.execute_batch(&text::create_table(text)).map_err(|e| failed(&e))?;
    let add = |n, _: &str, fields: &Fields| match text::Words::of(text, fields) {
        Some(words) => text::add(conn, text, n, &words),
        None => Ok(()),
    };
    each_document(conn, plan, &[text.index], 0, add).map_err(|e| failed(&e))
}

fn fill_ordered(conn: &Connection, plan: &Plan, ordered: &Ordered) -> rusqlite::Result<()> {
    let mut remembered = conn.prepare(&format!("SELECT keys FROM {} WHERE n = ?1", plan.table))?;
    let mut remember = conn.prepare(&format!("UPDATE {} SET keys = ?2 WHERE n = ?1", plan.table))?;
    each_document(conn, plan, &[ordered.index], 0, |n, id, fields| {
        let mut entries = Vec::new();
        keys::entries(&ordered.index, fields, id, |key| entries.push(key));
        if entries.is_empty() {
            return Ok(());
        }
        let mut packed: Vec<u8> = remembered.query_row([n], |row| row.get(0))?;
        for key in &entries {
            conn.prepare_cached(&ordered.add)?.execute(params![key, n])?;
            keys::pack(ordered.slot, key, &mut packed);
        }
        remember.execute(params![n, packed])?;
        Ok(())
    })
}

/// Puts the entries and words of rows after `through` into the tables of indexes that were there before.
fn catch_up(conn: &Connection, plan: &Plan, same: &dyn Fn(&Index) -> bool, through: i64) -> rusqlite::Result<()> {
    let mut read = conn.prepare(&format!("SELECT n, keys FROM {} WHERE n > ?1 ORDER BY n", plan.table))?;
    let mut rows = read.query([through])?;
    while let Some(row) = rows.next()? {
        let n: i64 = row.get(0)?;
        for (slot, key) in keys::unpack(row.get_ref(1)?.as_blob()?) {
            if let Some(ordered) = plan.ordered.iter().find(|o| o.slot == slot && same(&o.index)) {
                conn.prepare_cached(&ordered.add)?.execute(params![key, n])?;
            }
        }
    }
    drop(rows);
    for text in plan.texts.iter().filter(|t| same(&t.index)) {
        each_document(
            conn,
            plan,
            &[text.index],
            through,
            |n, _, fields| match text::Words::of(text, fields) {
                Some(words) => text::add(conn, text, n, &words),
                None => Ok(()),
            },
        )?;
    }
    Ok(())
}

/// Calls `each` with the number, id and fields of every document after row `from`, a chunk at a time, so that `each` may write.
fn each_document(
    conn: &Connection,
    plan: &Plan,
    indexes: &[Index],
    mut from: i64,
    mut each: impl FnMut(i64, &str, &Fields) -> rusqlite::Result<()>,
) -> rusqlite::Result<()> {
    let mut read = conn.prepare(&format!(
        "SELECT n, id, body FROM {} WHERE n > ?1 ORDER BY n LIMIT {FILL_CHUNK}",
        plan.table
    ))?;
    loop {
        let chunk: Vec<(i64, String, Vec<u8>)> = read
            .query_map([from], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<Result<_, _>>()?;
        let Some((last, ..)) = chunk.last() else { return Ok(()) };
        from = *last;
        for (n, id, body) in &chunk {
            let json = serde_json::from_slice(body)
                .map_err(|e| rusqlite::Error::FromSqlConversionFailure(2, rusqlite::types::Type::Blob, Box::new(e)))?;
            each(*n, id, &Fields::from_json(indexes, json))?;
        }
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;

    #[test]
    fn a_statement_with_a_range_and_a_limit_is_compiled_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("store.db");
        let options = SqliteOptions::default();
        let sql = "SELECT topic FROM sent WHERE at >= ?1 AND at < ?2 ORDER BY at LIMIT ?3";
        let writer = open_writer(&file, &options).unwrap();
        let reader = open_reader(&file, &options).unwrap();
        for conn in [writer, reader] {
            for at in 0..5 {
                // Handed back, it forgets what it was told.
                let mut range = conn.prepare_cached(sql).unwrap();
                assert!(range.query([at, at + 1, 1]).unwrap().next().unwrap().is_none());
                assert_eq!(range.get_status(StatementStatus::RePrepare), 0);
            }
        }
    }
}
