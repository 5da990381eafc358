//! Owns the statements on dead letters and parked keys. Refuses to know threads and to open transactions.
//!
//! A letter is dead (`released = 0`) until somebody releases its key; then it waits to be handed to its group again, and
//! is removed when that is acked. While a key is parked, its later events become letters behind the first; while it is being
//! released they do too, already released, so that the key's order is that of the letters' numbers.

use std::sync::Arc;

use contracts::Event;
use kernel::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::log::event_of;
use crate::DeadLetter;

/// One group in one partition.
#[derive(Clone, Debug)]
pub(super) struct Seat {
    pub group: Arc<str>,
    pub slot: u32,
    pub topic: Arc<str>,
}

/// A key that is held back.
pub(super) struct ParkedKey {
    pub key: Arc<str>,
    /// Id of the event that it was parked for.
    pub head: String,
    /// Offset of that event. Every event of the key before it has been dealt with, whatever the cursor says.
    pub since: i64,
    pub releasing: bool,
}

/// Writes a dead letter; the same offset again changes nothing. With `park`, its key is held back as well, unless it is already;
/// a letter of a key that is being released is released from the start.
pub(super) fn write(
    to: &Connection,
    seat: &Seat,
    (offset, event): (i64, &Event),
    reason: &str,
    now: Timestamp,
    park: Option<ParkedKey>,
) -> rusqlite::Result<()> {
    let group = &*seat.group;
    if let Some(key) = park {
        let sql = "INSERT OR IGNORE INTO parked(consumer, slot, key, head, since, releasing) VALUES (?, ?, ?, ?, ?, ?)";
        to.prepare_cached(sql)?
            .execute(params![group, seat.slot, &*key.key, key.head, key.since, key.releasing])?;
    }
    let sql = "INSERT OR IGNORE INTO letters(consumer, slot, offset, id, key, kind, time, bytes, reason, at, released)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10,
                 coalesce((SELECT releasing FROM parked WHERE consumer = ?1 AND slot = ?2 AND key = ?5), 0))";
    let (id, time) = (event.id.uuid(), event.time.millis());
    to.prepare_cached(sql)?
        .execute(params![
            group,
            seat.slot,
            offset,
            id.as_bytes(),
            &*event.key,
            &*event.kind,
            time,
            &*event.bytes,
            reason,
            now.millis()
        ])
        .map(drop)
}

/// Returns a group's dead letters in `slots`, oldest first.
pub(super) fn dead(from: &Connection, seats: &[Seat], limit: usize) -> rusqlite::Result<Vec<DeadLetter>> {
    let sql = "SELECT number, reason, at, id, key, kind, time, bytes FROM letters
               WHERE consumer = ? AND slot = ? AND released = 0 ORDER BY number LIMIT ?";
    let mut statement = from.prepare_cached(sql)?;
    let mut all = Vec::new();
    for seat in seats {
        let mut rows = statement.query(params![
            &*seat.group,
            seat.slot,
            i64::try_from(limit).unwrap_or(i64::MAX)
        ])?;
        while let Some(row) = rows.next()? {
            all.push(DeadLetter {
                number: row.get::<_, i64>(0)?.unsigned_abs(),
                reason: row.get(1)?,
                at: Timestamp::from_millis(row.get(2)?),
                event: event_of(row, &seat.topic, 3)?,
            });
        }
    }
    all.sort_unstable_by_key(|letter| letter.number);
    all.truncate(limit);
    Ok(all)
}

/// Returns the keys of a group that are held back in one partition.
pub(super) fn parked(from: &Connection, seat: &Seat) -> rusqlite::Result<Vec<ParkedKey>> {
    let sql = "SELECT key, head, since, releasing FROM parked WHERE consumer = ? AND slot = ?";
    let mut statement = from.prepare_cached(sql)?;
    let read = statement.query_map(params![&*seat.group, seat.slot], |row| {
        Ok(ParkedKey {
            key: row.get_ref(0)?.as_str()?.into(),
            head: row.get(1)?,
            since: row.get(2)?,
            releasing: row.get(3)?,
        })
    })?;
    read.collect()
}

/// Returns keys of all groups that are held back and not being released, the longest parked first.
pub(super) fn parked_keys(from: &Connection, limit: usize) -> rusqlite::Result<Vec<crate::ParkedKey>> {
    let sql = "SELECT topic, consumer, key,
                 (SELECT at FROM letters AS l WHERE l.consumer = p.consumer AND l.slot = p.slot AND l.key = p.key
                  ORDER BY l.number LIMIT 1) AS at
               FROM parked AS p JOIN partitions USING (slot) WHERE releasing = 0 ORDER BY at, topic, consumer, key LIMIT ?";
    let mut statement = from.prepare_cached(sql)?;
    let read = statement.query_map([i64::try_from(limit).unwrap_or(i64::MAX)], |row| {
        Ok(crate::ParkedKey {
            topic: row.get(0)?,
            group: row.get(1)?,
            key: row.get(2)?,
            since: row.get::<_, Option<i64>>(3)?.map(Timestamp::from_millis),
        })
    })?;
    read.collect()
}

/// Begins to release a key: its dead letters are to be handed over again, and until then it stays held back. Returns how
/// many, and whether the key is held back at all.
pub(super) fn release(on: &Connection, seat: &Seat, key: &str) -> rusqlite::Result<(u64, bool)> {
    let group = &*seat.group;
    let sql = "UPDATE letters SET released = 1 WHERE consumer = ? AND slot = ? AND key = ? AND released = 0";
    let letters = on.prepare_cached(sql)?.execute(params![group, seat.slot, key])? as u64;
    let sql = "UPDATE parked SET releasing = 1 WHERE consumer = ? AND slot = ? AND key = ?";
    let parked = on.prepare_cached(sql)?.execute(params![group, seat.slot, key])?;
    if parked == 0 && letters > 0 {
        let sql = "INSERT INTO parked(consumer, slot, key, head, since, releasing) VALUES (?, ?, ?, 'released', 0, 1)";
        on.prepare_cached(sql)?.execute(params![group, seat.slot, key])?;
    }
    Ok((letters, parked > 0 || letters > 0))
}

/// Returns the first released letter of a key.
pub(super) fn next_released(from: &Connection, seat: &Seat, key: &str) -> rusqlite::Result<Option<(i64, Event)>> {
    let sql = "SELECT number, id, key, kind, time, bytes FROM letters
               WHERE consumer = ? AND slot = ? AND key = ? AND released = 1 ORDER BY number LIMIT 1";
    from.prepare_cached(sql)?
        .query_row(params![&*seat.group, seat.slot, key], |row| {
            Ok((row.get(0)?, event_of(row, &seat.topic, 1)?))
        })
        .optional()
}

/// Removes a letter that was acked.
pub(super) fn remove(on: &Connection, number: i64) -> rusqlite::Result<()> {
    on.prepare_cached("DELETE FROM letters WHERE number = ?")?
        .execute([number])
        .map(drop)
}

/// Makes a released letter dead again, in its place.
pub(super) fn bury(on: &Connection, number: i64, reason: &str, now: Timestamp) -> rusqlite::Result<()> {
    let sql = "UPDATE letters SET released = 0, reason = ?, at = ? WHERE number = ?";
    on.prepare_cached(sql)?
        .execute(params![reason, now.millis(), number])
        .map(drop)
}

/// Holds a key back again because of the event `head`, with every letter that it still has.
pub(super) fn park_again(on: &Connection, seat: &Seat, key: &str, head: &str) -> rusqlite::Result<()> {
    let sql = "UPDATE letters SET released = 0 WHERE consumer = ? AND slot = ? AND key = ?";
    on.prepare_cached(sql)?.execute(params![&*seat.group, seat.slot, key])?;
    let sql = "UPDATE parked SET releasing = 0, head = ? WHERE consumer = ? AND slot = ? AND key = ?";
    on.prepare_cached(sql)?
        .execute(params![head, &*seat.group, seat.slot, key])
        .map(drop)
}

/// Frees a key.
pub(super) fn free(on: &Connection, seat: &Seat, key: &str) -> rusqlite::Result<()> {
    let sql = "DELETE FROM parked WHERE consumer = ? AND slot = ? AND key = ?";
    on.prepare_cached(sql)?
        .execute(params![&*seat.group, seat.slot, key])
        .map(drop)
}

/// Removes at most `limit` of the oldest letters that were written before `before`. Those of a key that is held back stay:
/// what is released later must have no gap.
pub(super) fn sweep(on: &Connection, before: Timestamp, limit: usize) -> rusqlite::Result<usize> {
    let sql = "DELETE FROM letters WHERE number IN (
                 SELECT number FROM letters AS l WHERE at < ? AND NOT EXISTS (
                   SELECT 1 FROM parked AS p WHERE p.consumer = l.consumer AND p.slot = l.slot AND p.key = l.key)
                 ORDER BY at LIMIT ?)";
    on.prepare_cached(sql)?.execute(params![before.millis(), limit as i64])
}
