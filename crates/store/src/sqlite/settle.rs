//! Owns what the writer does late and in bulk, since nobody waits for it: that events were sent, the index entries and
//! words of new documents, and what has grown too old. Refuses to lose any of it: what a crash interrupts is found
//! again at the next start (unmarked events are sent once more, unindexed documents are known by their row number).

use std::collections::HashMap;
use std::time::{Duration, Instant};

use kernel::Timestamp;
use rusqlite::{Connection, params};

use crate::sqlite::apply::Kept;
use crate::sqlite::{schema, text};

/// Things that wait, at most; more are settled at once.
pub const WAITING_MAX: usize = 2048;
/// How long an inbox mark is kept: longer than any bus keeps an event.
pub const MARK_KEPT: Duration = Duration::from_secs(8 * 24 * 3600);
/// How often old rows are looked for.
const SWEEP_EVERY: Duration = Duration::from_secs(60);
/// How long writers go first when a sweep left some.
const SWEEP_AGAIN: Duration = Duration::from_millis(10);
/// How long it waits after it could not settle.
const RETRY_AFTER: Duration = Duration::from_secs(1);
/// Rows that one sweep removes from a table, so that it never holds up writers for long.
const SWEEP_ROWS: usize = 1000;

/// What waits.
#[derive(Default)]
pub struct Unsettled {
    sent: Vec<(i64, Timestamp)>,
    /// Rows whose entries and words wait.
    rows: usize,
    since: Option<Instant>,
    /// After a failure, not before this.
    not_before: Option<Instant>,
    swept: Option<Timestamp>,
    /// The last sweep left some.
    more: bool,
}

impl Unsettled {
    /// Notes that the events at `places` were sent.
    pub fn sent(&mut self, places: Vec<i64>, at: Timestamp) {
        self.sent.extend(places.into_iter().map(|seq| (seq, at)));
        self.begin();
    }

    /// Notes how many rows wait for their entries and words to be put into the index tables.
    pub fn rows(&mut self, rows: usize) {
        self.rows = rows;
        self.begin();
    }

    fn waiting(&self) -> usize {
        self.rows + self.sent.len()
    }

    fn begin(&mut self) {
        if !self.is_empty() && self.since.is_none() {
            self.since = Some(Instant::now());
        }
    }

    /// Returns whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.waiting() == 0
    }

    /// Returns how long the writer may sleep before something is due.
    pub fn due_in(&self, after: Duration) -> Option<Duration> {
        if self.more {
            return Some(SWEEP_AGAIN);
        }
        let due = self.since.map(|since| after.saturating_sub(since.elapsed()))?;
        let pause = self
            .not_before
            .map_or(Duration::ZERO, |at| at.saturating_duration_since(Instant::now()));
        Some(due.max(pause))
    }

    /// Returns whether it is time to settle.
    pub fn is_due(&self, after: Duration) -> bool {
        let old = self.since.is_some_and(|since| since.elapsed() >= after);
        (old || self.waiting() >= WAITING_MAX) && self.not_before.is_none_or(|at| at <= Instant::now())
    }

    /// Puts off what failed to be settled.
    pub fn later(&mut self) {
        self.not_before = Some(Instant::now() + RETRY_AFTER);
    }

    /// Forgets what was settled.
    pub fn clear(&mut self) {
        self.sent.clear();
        self.rows = 0;
        self.since = None;
        self.not_before = None;
    }

    /// Returns whether old rows should be looked for.
    pub fn sweep_is_due(&self, now: Timestamp) -> bool {
        self.more || self.swept.is_none_or(|swept| now.since(swept) >= SWEEP_EVERY)
    }

    /// Notes that old rows were removed, and whether some may be left.
    pub fn swept(&mut self, now: Timestamp, more: bool) {
        self.swept = Some(now);
        self.more = more;
    }
}

/// Writes what waits, within the caller's transaction.
pub fn settle(
    conn: &Connection,
    unsettled: &Unsettled,
    collections: &HashMap<&'static str, Kept>,
    sent_kept: Duration,
) -> rusqlite::Result<()> {
    let mut sent = unsettled.sent.clone();
    sent.sort_unstable();
    if !sent_kept.is_zero() {
        let sql =
            "INSERT OR IGNORE INTO sent(seq, at, topic, body) SELECT seq, ?2, topic, body FROM outbox WHERE seq = ?1";
        for (seq, at) in &sent {
            conn.prepare_cached(sql)?.execute(params![seq, at.millis()])?;
        }
    }
    for run in sent.chunk_by(|(a, _), (b, _)| a + 1 == *b) {
        if let (Some((first, _)), Some((last, _))) = (run.first(), run.last()) {
            conn.prepare_cached("DELETE FROM outbox WHERE seq BETWEEN ?1 AND ?2")?
                .execute([first, last])?;
        }
    }
    for kept in collections.values().filter(|kept| kept.through < kept.last) {
        let (plan, late) = (&kept.shelf.plan, kept.shelf.late.read());
        for (at, ordered) in plan.ordered.iter().enumerate() {
            let mut add = conn.prepare_cached(&ordered.add)?;
            for (key, n) in late.all(at) {
                add.execute(params![key, n])?;
            }
        }
        for (n, all) in &kept.words {
            for (text, words) in plan.texts.iter().zip(all) {
                if let Some(words) = words {
                    text::add(conn, text, *n, words)?;
                }
            }
        }
        schema::set_through(conn, plan.spec.collection, kept.last)?;
    }
    Ok(())
}

/// Removes rows that are too old, some at a time, oldest first. Returns whether some may be left.
pub fn sweep(conn: &Connection, now: Timestamp, sent_kept: Duration) -> rusqlite::Result<bool> {
    let rows = i64::try_from(SWEEP_ROWS).unwrap_or(i64::MAX);
    // Rows are numbered as they came, so the old ones are the first ones.
    let marks = conn
        .prepare_cached("DELETE FROM inbox WHERE n IN (SELECT n FROM inbox ORDER BY n LIMIT ?2) AND at < ?1")?
        .execute(params![(now - MARK_KEPT).millis(), rows])?;
    let sent = conn
        .prepare_cached("DELETE FROM sent WHERE seq IN (SELECT seq FROM sent ORDER BY seq LIMIT ?2) AND at < ?1")?
        .execute(params![(now - sent_kept).millis(), rows])?;
    Ok(marks.max(sent) >= SWEEP_ROWS)
}
