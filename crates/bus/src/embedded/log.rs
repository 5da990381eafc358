//! Owns the statements on events and cursors. Refuses to know threads and to open transactions.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use contracts::Event;
use kernel::{EventId, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use uuid::Uuid;

use crate::Start;
use crate::hands::Placed;

/// Events that one read returns at most.
pub(super) const READ_EVENTS_MAX: usize = 256;
/// Bytes after which a read stops.
const READ_BYTES_MAX: usize = 1024 * 1024;

/// Appends an event; `false` when its id is known.
pub(super) fn append(to: &Connection, offset: i64, slot: u32, event: &Event, at: i64) -> rusqlite::Result<bool> {
    let sql = "INSERT OR IGNORE INTO log(offset, slot, id, key, kind, time, at, bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
    let id = event.id.uuid();
    let values = params![
        offset,
        slot,
        id.as_bytes(),
        &*event.key,
        &*event.kind,
        event.time.millis(),
        at,
        &*event.bytes
    ];
    Ok(to.prepare_cached(sql)?.execute(values)? == 1)
}

/// Reads the events of a partition after an offset, oldest first, up to the limits of one read.
pub(super) fn read_after(from: &Connection, slot: u32, topic: &Arc<str>, after: i64) -> rusqlite::Result<Vec<Placed>> {
    let sql =
        "SELECT offset, id, key, kind, time, bytes FROM log WHERE slot = ? AND offset > ? ORDER BY offset LIMIT ?";
    let mut statement = from.prepare_cached(sql)?;
    let mut rows = statement.query(params![slot, after, READ_EVENTS_MAX as i64])?;
    let (mut events, mut bytes) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        let event = event_of(row, topic, 1)?;
        bytes += event.bytes.len();
        events.push((row.get(0)?, event));
        if bytes > READ_BYTES_MAX {
            break;
        }
    }
    Ok(events)
}

/// Reads an event from the columns id, key, kind, time, bytes, the first of which is `first`.
pub(super) fn event_of(row: &Row<'_>, topic: &Arc<str>, first: usize) -> rusqlite::Result<Event> {
    let id: [u8; 16] = row.get(first)?;
    let text = |at: usize| -> rusqlite::Result<Arc<str>> { Ok(row.get_ref(at)?.as_str()?.into()) };
    Ok(Event {
        id: EventId::from(Uuid::from_bytes(id)),
        topic: topic.clone(),
        key: text(first + 1)?,
        kind: text(first + 2)?,
        time: Timestamp::from_millis(row.get(first + 3)?),
        bytes: Bytes::copy_from_slice(row.get_ref(first + 4)?.as_blob()?),
    })
}

/// Counts the events of a partition after an offset.
pub(super) fn count_after(from: &Connection, slot: u32, after: i64) -> rusqlite::Result<u64> {
    let sql = "SELECT count(*) FROM log WHERE slot = ? AND offset > ?";
    let count: i64 = from
        .prepare_cached(sql)?
        .query_row(params![slot, after], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

/// Returns the offset after which a new group begins; `end` is the last offset of all.
pub(super) fn offset_of(from: &Connection, start: Start, end: i64) -> rusqlite::Result<i64> {
    match start {
        Start::Earliest => Ok(0),
        Start::Latest => Ok(end),
        Start::At(instant) => before(from, instant.millis(), end),
    }
}

/// Returns the last offset whose event was published before `instant`. Publishing times grow with offsets, so halving finds it.
fn before(from: &Connection, instant: i64, end: i64) -> rusqlite::Result<i64> {
    let mut at = from.prepare_cached("SELECT offset, at FROM log WHERE offset >= ? ORDER BY offset LIMIT 1")?;
    // Everything up to `low` is before the instant, everything after `high` is not.
    let (mut low, mut high) = (0, end);
    while low < high {
        let middle = low + (high - low + 1) / 2;
        let found = at
            .query_row([middle], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?)))
            .optional()?;
        match found {
            Some((offset, published)) if published < instant => low = offset,
            _ => high = middle - 1,
        }
    }
    Ok(low)
}

/// Returns a group's cursor in each of `slots` where it has one.
pub(super) fn cursors(from: &Connection, group: &str, slots: &[u32]) -> rusqlite::Result<HashMap<u32, i64>> {
    let mut statement = from.prepare_cached("SELECT slot, offset FROM cursors WHERE consumer = ?")?;
    let all: HashMap<u32, i64> = statement
        .query_map([group], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    Ok(all.into_iter().filter(|(slot, _)| slots.contains(slot)).collect())
}

/// Sets a group's cursor in one partition.
pub(super) fn save_cursor(to: &Connection, group: &str, slot: u32, offset: i64) -> rusqlite::Result<()> {
    let sql = "INSERT INTO cursors(consumer, slot, offset) VALUES (?, ?, ?)
               ON CONFLICT(consumer, slot) DO UPDATE SET offset = excluded.offset";
    to.prepare_cached(sql)?.execute(params![group, slot, offset]).map(drop)
}

/// Removes at most `limit` of the oldest events that were published before `before`, never the very last: its offset
/// tells the next one. Returns how many went.
pub(super) fn sweep(on: &Connection, before: i64, limit: usize) -> rusqlite::Result<usize> {
    let sql = "DELETE FROM log WHERE offset IN (SELECT offset FROM log ORDER BY offset LIMIT ?)
               AND at < ? AND offset < (SELECT max(offset) FROM log)";
    on.prepare_cached(sql)?.execute(params![limit as i64, before])
}

/// Returns the first offset that is kept.
pub(super) fn first_offset(from: &Connection) -> rusqlite::Result<i64> {
    from.query_row("SELECT coalesce(min(offset), 0) FROM log", [], |row| row.get(0))
}

/// Returns the bytes in use.
pub(super) fn bytes_used(from: &Connection) -> rusqlite::Result<u64> {
    let sql = "SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size";
    let bytes: i64 = from.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
    Ok(bytes.unsigned_abs())
}
