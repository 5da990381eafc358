//! Owns the question which events somebody still waits for, asked when an instance moves elsewhere. Refuses to change
//! anything.

use std::sync::Arc;

use rusqlite::{Connection, params};

use super::log::{cursors, event_of};
use crate::hands::Placed;
use crate::{UNDELIVERED_BYTES_MAX, UNDELIVERED_EVENTS_MAX};

/// Reads events of a partition after an offset, oldest first: those beyond the cursor of the slowest of `groups`, and those of keys
/// that one of them holds back.
pub(super) fn read(
    from: &Connection,
    groups: &[String],
    (slot, topic): (u32, &Arc<str>),
    after: i64,
) -> rusqlite::Result<Vec<Placed>> {
    let mut slowest = i64::MAX;
    for group in groups {
        // Who has never begun has everything before it.
        slowest = slowest.min(cursors(from, group, &[slot])?.get(&slot).copied().unwrap_or(0));
    }
    let sql = "SELECT offset, id, key, kind, time, bytes FROM log WHERE slot = ?1 AND offset > max(?2, ?4)
               UNION ALL
               SELECT offset, id, key, kind, time, bytes FROM letters JOIN parked USING (consumer, slot, key)
                 WHERE slot = ?1 AND offset > ?2 AND consumer IN (SELECT value FROM json_each(?5))
               ORDER BY offset LIMIT ?3";
    let named = serde_json::to_string(groups).map_err(|e| rusqlite::Error::ToSqlConversionFailure(e.into()))?;
    let mut statement = from.prepare_cached(sql)?;
    let mut rows = statement.query(params![slot, after, UNDELIVERED_EVENTS_MAX as i64, slowest, named])?;
    let (mut events, mut bytes): (Vec<Placed>, usize) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        let offset = row.get(0)?;
        // Held back by one group and not yet reached by another: it is one event all the same.
        if events.last().is_some_and(|(last, _)| *last == offset) {
            continue;
        }
        let event = event_of(row, topic, 1)?;
        bytes += event.bytes.len();
        events.push((offset, event));
        if bytes >= UNDELIVERED_BYTES_MAX {
            break;
        }
    }
    Ok(events)
}
