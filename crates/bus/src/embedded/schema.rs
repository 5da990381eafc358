//! Owns the file: its tables, how a connection to it is set up, and the fixed numbering of partitions.
//! Refuses to know consumers.

use std::path::Path;
use std::time::Duration;

use contracts::Topic;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, params};

use crate::BusError;

/// Pages of the write-ahead log after which they are moved into the main file (16 MiB).
const CHECKPOINT_PAGES: u32 = 4_096;
/// The write-ahead log is cut back to this after a checkpoint.
const WAL_BYTES_KEPT: u32 = 64 * 1024 * 1024;
/// How long a statement waits for a lock; only a checkpoint ever holds one.
const LOCK_WAIT: Duration = Duration::from_secs(5);

// `offset` numbers all events of the file together: appending touches one end of one tree. Within a partition offsets
// grow with gaps. `slot` is a partition of a topic.
const TABLES: &str = "
CREATE TABLE IF NOT EXISTS partitions(
  slot INTEGER PRIMARY KEY, topic TEXT NOT NULL, number INTEGER NOT NULL, UNIQUE(topic, number)) STRICT;
CREATE TABLE IF NOT EXISTS log(
  offset INTEGER PRIMARY KEY, slot INTEGER NOT NULL, id BLOB NOT NULL, key TEXT NOT NULL, kind TEXT NOT NULL,
  time INTEGER NOT NULL, at INTEGER NOT NULL, bytes BLOB NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS log_by_slot ON log(slot, offset);
CREATE UNIQUE INDEX IF NOT EXISTS log_by_id ON log(id);
CREATE TABLE IF NOT EXISTS cursors(
  consumer TEXT NOT NULL, slot INTEGER NOT NULL, offset INTEGER NOT NULL,
  PRIMARY KEY(consumer, slot)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS letters(
  number INTEGER PRIMARY KEY AUTOINCREMENT, consumer TEXT NOT NULL, slot INTEGER NOT NULL, offset INTEGER NOT NULL,
  id BLOB NOT NULL, key TEXT NOT NULL, kind TEXT NOT NULL, time INTEGER NOT NULL, bytes BLOB NOT NULL,
  reason TEXT NOT NULL, at INTEGER NOT NULL, released INTEGER NOT NULL,
  UNIQUE(consumer, slot, offset)) STRICT;
CREATE INDEX IF NOT EXISTS letters_by_key ON letters(consumer, slot, key, number);
CREATE INDEX IF NOT EXISTS letters_by_time ON letters(at, consumer, slot, key);
CREATE TABLE IF NOT EXISTS parked(
  consumer TEXT NOT NULL, slot INTEGER NOT NULL, key TEXT NOT NULL, head TEXT NOT NULL, since INTEGER NOT NULL,
  releasing INTEGER NOT NULL,
  PRIMARY KEY(consumer, slot, key)) STRICT, WITHOUT ROWID;
";

/// Turns a driver's error into the port's.
pub(super) fn unavailable(e: rusqlite::Error) -> BusError {
    BusError::Unavailable(e.to_string())
}

/// Opens the file to write, creating what is missing. An accepted event survives power loss: every commit is synced.
pub(super) fn open_writer(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(LOCK_WAIT)?;
    compile_once(&connection)?;
    connection.set_prepared_statement_cache_capacity(64);
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    connection.pragma_update(None, "journal_size_limit", WAL_BYTES_KEPT)?;
    connection.pragma_update(None, "cache_size", -8 * 1024)?;
    connection.execute_batch(TABLES)?;
    Ok(connection)
}

/// Has a statement compiled once. SQLite compiles one with a range or a limit anew each time that they are told, to choose by them among
/// plans; with ours, and without statistics of tables (`ANALYZE`), there is next to nothing to choose.
fn compile_once(connection: &Connection) -> rusqlite::Result<()> {
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .map(drop)
}

/// Opens the file to read.
pub(super) fn open_reader(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(LOCK_WAIT)?;
    compile_once(&connection)?;
    connection.pragma_update(None, "cache_size", -2 * 1024)?;
    Ok(connection)
}

/// Returns the slots of a topic's partitions, in order, numbering them when the topic is new.
pub(super) fn slots_of(connection: &Connection, topic: Topic) -> Result<Vec<u32>, BusError> {
    let read = || -> rusqlite::Result<Vec<u32>> {
        let mut statement = connection.prepare_cached("SELECT slot FROM partitions WHERE topic = ? ORDER BY number")?;
        statement.query_map([topic.name], |row| row.get(0))?.collect()
    };
    let known = read().map_err(unavailable)?;
    if known.len() == usize::from(topic.partitions) && topic.partitions > 0 {
        return Ok(known);
    }
    if !known.is_empty() || topic.partitions == 0 {
        let (name, now, then) = (topic.name, topic.partitions, known.len());
        return Err(BusError::Refused(format!(
            "{name} has {then} partitions for life and cannot have {now}"
        )));
    }
    let add = || -> rusqlite::Result<()> {
        let all = connection.unchecked_transaction()?;
        for number in 0..topic.partitions {
            all.execute(
                "INSERT INTO partitions(topic, number) VALUES (?, ?)",
                params![topic.name, number],
            )?;
        }
        all.commit()
    };
    add().map_err(unavailable)?;
    read().map_err(unavailable)
}

/// Returns the last offset of all and the publishing time of that event, in milliseconds.
pub(super) fn end_of_log(connection: &Connection) -> rusqlite::Result<(i64, i64)> {
    let mut statement = connection.prepare("SELECT offset, at FROM log ORDER BY offset DESC LIMIT 1")?;
    let last = statement
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(last.unwrap_or((0, 0)))
}

/// Returns the last offset of one partition.
pub(super) fn end_of_slot(connection: &Connection, slot: u32) -> rusqlite::Result<i64> {
    let sql = "SELECT offset FROM log WHERE slot = ? ORDER BY offset DESC LIMIT 1";
    Ok(connection
        .prepare_cached(sql)?
        .query_row([slot], |row| row.get(0))
        .optional()?
        .unwrap_or(0))
}
