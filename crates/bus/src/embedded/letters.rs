//! Owns the statements on dead letters and parked keys. Refuses to know threads and to open transactions.
//!
//! A letter is dead (`released = 0`) until somebody releases its key; then it waits to be handed to its group again, and
//! is removed when that is acked. While a key is parked, its later events become letters behind the first; while it is being
//! released they do too, already released, so that the key's order is that of the letters' numbers.

use kernel::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::log::event_of;
use crate::DeadLetter;
use crate::hands::{Letter, Parking, Placed, Seat, Standing};

/// Letters that one look at a released key brings.
const RELEASED_MAX: i64 = 16;

/// Writes dead letters of one key; the same offset again changes nothing. With `park`, the key is held back as well, unless it is already;
/// a letter of a key that is being released is released from the start.
pub(super) fn write(
    to: &Connection,
    seat: &Seat,
    letters: &[Letter],
    park: Option<&Parking>,
    now: Timestamp,
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
    let mut statement = to.prepare_cached(sql)?;
    for letter in letters {
        let (event, id) = (&letter.event, letter.event.id.uuid());
        statement.execute(params![
            group,
            seat.slot,
            letter.offset,
            id.as_bytes(),
            &*event.key,
            &*event.kind,
            event.time.millis(),
            &*event.bytes,
            letter.reason,
            now.millis()
        ])?;
    }
    Ok(())
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
pub(super) fn parked(from: &Connection, seat: &Seat) -> rusqlite::Result<Vec<Parking>> {
    let sql = "SELECT key, head, since, releasing FROM parked WHERE consumer = ? AND slot = ?";
    let mut statement = from.prepare_cached(sql)?;
    let read = statement.query_map(params![&*seat.group, seat.slot], |row| {
        Ok(Parking {
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

/// Returns the offsets of a group's letters in one partition from an offset on.
pub(super) fn lettered(from: &Connection, seat: &Seat, first: i64) -> rusqlite::Result<Vec<i64>> {
    let sql = "SELECT offset FROM letters WHERE consumer = ? AND slot = ? AND offset >= ?";
    let mut statement = from.prepare_cached(sql)?;
    let read = statement.query_map(params![&*seat.group, seat.slot, first], |row| row.get(0))?;
    read.collect()
}

/// Returns the first released letters of a key.
pub(super) fn released(from: &Connection, seat: &Seat, key: &str) -> rusqlite::Result<Vec<Placed>> {
    let sql = "SELECT offset, id, key, kind, time, bytes FROM letters
               WHERE consumer = ? AND slot = ? AND key = ? AND released = 1 ORDER BY number LIMIT ?";
    let mut statement = from.prepare_cached(sql)?;
    let of = params![&*seat.group, seat.slot, key, RELEASED_MAX];
    let read = statement.query_map(of, |row| Ok((row.get(0)?, event_of(row, &seat.topic, 1)?)))?;
    read.collect()
}

/// Removes a letter that was acked.
pub(super) fn remove(on: &Connection, seat: &Seat, offset: i64) -> rusqlite::Result<()> {
    let sql = "DELETE FROM letters WHERE consumer = ? AND slot = ? AND offset = ?";
    on.prepare_cached(sql)?
        .execute(params![&*seat.group, seat.slot, offset])
        .map(drop)
}

/// Makes a released letter dead again, in its place.
pub(super) fn bury(on: &Connection, seat: &Seat, letter: &Letter, now: Timestamp) -> rusqlite::Result<()> {
    let sql = "UPDATE letters SET released = 0, reason = ?, at = ? WHERE consumer = ? AND slot = ? AND offset = ?";
    let of = params![letter.reason, now.millis(), &*seat.group, seat.slot, letter.offset];
    on.prepare_cached(sql)?.execute(of).map(drop)
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

/// Frees a key that is being released and has no released letters any more; tells how it stands then.
pub(super) fn free(on: &Connection, seat: &Seat, key: &str) -> rusqlite::Result<Standing> {
    let of = params![&*seat.group, seat.slot, key];
    let sql = "DELETE FROM parked WHERE consumer = ?1 AND slot = ?2 AND key = ?3 AND releasing = 1 AND NOT EXISTS (
                 SELECT 1 FROM letters WHERE consumer = ?1 AND slot = ?2 AND key = ?3 AND released = 1)";
    on.prepare_cached(sql)?.execute(of)?;
    let sql = "SELECT releasing FROM parked WHERE consumer = ? AND slot = ? AND key = ?";
    let left = on.prepare_cached(sql)?.query_row(of, |row| row.get(0)).optional()?;
    Ok(match left {
        None => Standing::Free,
        Some(true) => Standing::Releasing,
        Some(false) => Standing::HeldBack,
    })
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
