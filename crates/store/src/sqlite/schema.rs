//! Owns the file: how it is opened, which layout it has, how a collection's tables come to be and follow its
//! declaration. Refuses to know what is written into them afterwards.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension, params};

use crate::sqlite::plan::{Ordered, Plan, Text};
use crate::sqlite::{SqliteOptions, apply, failed, keys, text};
use crate::{Fields, Index, IndexKind, StoreError};

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
CREATE TABLE store_index(collection TEXT, name TEXT, signature TEXT NOT NULL, through INTEGER NOT NULL,
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
        (0, 0, 0) => create(&conn).map_err(|e| failed(&e))?,
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

/// Opens the file for reading. The writer must have opened it before.
pub fn open_reader(path: &Path, options: &SqliteOptions) -> rusqlite::Result<Connection> {
    let conn = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    conn.busy_timeout(LOCK_WAIT)?;
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
/// gone, adds those that are new and fills them from the documents' JSON. Returns the number of the last row ever given.
pub fn declare(conn: &Connection, plan: &Plan) -> Result<i64, StoreError> {
    let declared = read_catalog(conn, plan.spec.collection).map_err(|e| failed(&e))?;
    let fresh = make_table(conn, plan).map_err(|e| failed(&e))?;
    let same = |index: &Index| {
        declared
            .get(index.name)
            .is_some_and(|(signature, _)| *signature == signature_of(index))
    };
    let kept: Vec<&Index> = plan.spec.indexes.iter().filter(|i| same(i)).collect();
    for (name, (signature, _)) in &declared {
        if !kept.iter().any(|i| i.name == name) {
            drop_index(conn, plan, name, signature).map_err(|e| failed(&e))?;
        }
    }
    let added: Vec<Index> = plan.spec.indexes.iter().filter(|i| !same(i)).copied().collect();
    add_indexes(conn, plan, &added, fresh)?;
    let last = conn
        .query_row(&format!("SELECT coalesce(max(n), 0) FROM {}", plan.table), [], |row| {
            row.get::<_, i64>(0)
        })
        .map_err(|e| failed(&e))?;
    // A number that a text index has seen is never given again, even when its document is gone.
    let seen = declared.values().map(|(_, through)| *through).max().unwrap_or(0);
    let last = last.max(seen);
    for text in &plan.texts {
        let through = if same(&text.index) {
            declared.get(text.index.name).map_or(0, |(_, t)| *t)
        } else {
            0
        };
        fill_text(conn, plan, text, through).map_err(|e| failed(&e))?;
    }
    text::set_through(conn, plan, last).map_err(|e| failed(&e))?;
    Ok(last)
}

type Catalog = HashMap<String, (String, i64)>;

fn read_catalog(conn: &Connection, collection: &str) -> rusqlite::Result<Catalog> {
    conn.prepare("SELECT name, signature, through FROM store_index WHERE collection = ?1")?
        .query_map([collection], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))?
        .collect()
}

fn signature_of(index: &Index) -> String {
    let kind = match index.kind {
        IndexKind::Plain => "plain",
        IndexKind::Unique => "unique",
        IndexKind::Multi => "multi",
        IndexKind::Text { .. } => "text",
    };
    let scope = if let IndexKind::Text { scope: Some(scope) } = index.kind {
        scope
    } else {
        ""
    };
    format!("{kind} {} {scope}", index.fields.join(","))
}

/// Makes the collection's table with all its columns; false when it was there.
fn make_table(conn: &Connection, plan: &Plan) -> rusqlite::Result<bool> {
    let there = conn
        .query_row(
            "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?1",
            [&plan.table],
            |_| Ok(()),
        )
        .optional()?;
    if there.is_some() {
        return Ok(false);
    }
    let columns: String = plan
        .keyed
        .iter()
        .chain(&plan.multis)
        .map(|o| format!("{} BLOB, ", o.column))
        .collect();
    conn.execute_batch(&format!(
        "CREATE TABLE {}(n INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, version INTEGER NOT NULL, {columns}body BLOB NOT NULL)",
        plan.table
    ))?;
    Ok(true)
}

fn drop_index(conn: &Connection, plan: &Plan, name: &str, signature: &str) -> rusqlite::Result<()> {
    let (collection, table) = (plan.spec.collection, &plan.table);
    conn.execute_batch(&match signature.split(' ').next() {
        Some("text") => format!("DROP TABLE f_{collection}__{name}"),
        Some("multi") => format!("DROP TABLE m_{collection}__{name}; ALTER TABLE {table} DROP COLUMN m_{name}"),
        _ => format!("DROP INDEX i_{collection}__{name}; ALTER TABLE {table} DROP COLUMN k_{name}"),
    })?;
    conn.execute(
        "DELETE FROM store_index WHERE collection = ?1 AND name = ?2",
        [collection, name],
    )?;
    Ok(())
}

fn add_indexes(conn: &Connection, plan: &Plan, added: &[Index], fresh: bool) -> Result<(), StoreError> {
    let is_added = |o: &&Ordered| added.contains(&o.index);
    let keyed: Vec<&Ordered> = plan.keyed.iter().filter(is_added).collect();
    let multis: Vec<&Ordered> = plan.multis.iter().filter(is_added).collect();
    let steps = || -> rusqlite::Result<()> {
        for multi in &multis {
            conn.execute_batch(&format!(
                "CREATE TABLE {}(k BLOB PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID",
                multi.table
            ))?;
        }
        for text in plan.texts.iter().filter(|t| added.contains(&t.index)) {
            conn.execute_batch(&text::create_table(text))?;
        }
        if !fresh {
            for ordered in keyed.iter().chain(&multis) {
                conn.execute_batch(&format!(
                    "ALTER TABLE {} ADD COLUMN {} BLOB",
                    plan.table, ordered.column
                ))?;
            }
            if !(keyed.is_empty() && multis.is_empty()) {
                fill_ordered(conn, plan, added, &keyed, &multis)?;
            }
        }
        for index in added {
            conn.execute(
                "INSERT INTO store_index(collection, name, signature, through) VALUES (?1, ?2, ?3, 0)",
                params![plan.spec.collection, index.name, signature_of(index)],
            )?;
        }
        Ok(())
    };
    steps().map_err(|e| failed(&e))?;
    for ordered in &keyed {
        let (collection, name, column) = (plan.spec.collection, ordered.index.name, &ordered.column);
        let unique = if ordered.index.kind == IndexKind::Unique {
            "UNIQUE "
        } else {
            ""
        };
        let sql = format!(
            "CREATE {unique}INDEX i_{collection}__{name} ON {}({column}) WHERE {column} IS NOT NULL",
            plan.table
        );
        conn.execute_batch(&sql)
            .map_err(|e| apply::unique_violation(&e).unwrap_or_else(|| failed(&e)))?;
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

fn fill_ordered(
    conn: &Connection,
    plan: &Plan,
    added: &[Index],
    keyed: &[&Ordered],
    multis: &[&Ordered],
) -> rusqlite::Result<()> {
    let mut key = Vec::new();
    each_document(conn, plan, added, 0, |n, id, fields| {
        for ordered in keyed {
            let tie = (ordered.index.kind == IndexKind::Plain).then_some(id);
            if keys::composite(&ordered.index, fields, tie, &mut key) {
                let sql = format!("UPDATE {} SET {} = ?2 WHERE n = ?1", plan.table, ordered.column);
                conn.prepare_cached(&sql)?.execute(params![n, key])?;
            }
        }
        for multi in multis {
            let entries = keys::elements(&multi.index, fields, id);
            for entry in &entries {
                conn.prepare_cached(&multi.add)?.execute(params![entry, n])?;
            }
            let sql = format!("UPDATE {} SET {} = ?2 WHERE n = ?1", plan.table, multi.column);
            conn.prepare_cached(&sql)?.execute(params![n, keys::pack(&entries)])?;
        }
        Ok(())
    })
}

/// Indexes the words of documents after row `through`: those of a new index, or those that a crash left out.
fn fill_text(conn: &Connection, plan: &Plan, text: &Text, through: i64) -> rusqlite::Result<()> {
    each_document(conn, plan, &[text.index], through, |n, _, fields| {
        if let Some(words) = text::Words::of(text, fields) {
            text::add(conn, text, n, &words)?;
        }
        Ok(())
    })
}
