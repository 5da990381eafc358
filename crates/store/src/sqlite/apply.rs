//! Owns what one write does to the tables, inside the transaction of its batch. Refuses to begin, commit or answer.
//!
//! No savepoint is needed: what can fail by the caller's doing (a mark that is there, a unique index, a version) is
//! checked or done first and by one statement, which SQLite undoes alone; what comes after it can only fail as the
//! whole file does.

use std::collections::BTreeMap;
use std::sync::Arc;

use rusqlite::types::ToSql;
use rusqlite::{Connection, ErrorCode as Code, OptionalExtension, ffi, params};

use crate::sqlite::failed;
use crate::sqlite::late::Staged;
use crate::sqlite::plan::{Plan, Shelf};
use crate::sqlite::text::{self, Words};
use crate::{Fields, Index, IndexKind, Mark, RawDocument, StoreError, keys};

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

/// Words of one row, one entry per text index.
type RowWords = Vec<Option<Words>>;

/// A collection as the writer keeps it.
pub struct Kept {
    /// What readers share.
    pub shelf: Arc<Shelf>,
    /// The number of the last row.
    pub last: i64,
    /// Rows up to this are in the index tables, ordered and text.
    pub through: i64,
    /// What the running batch changes in the entries of later rows.
    staged: Staged,
    staged_words: Vec<(i64, Option<RowWords>)>,
    /// The words of later rows.
    pub words: BTreeMap<i64, RowWords>,
    packed: Vec<u8>,
}

impl Kept {
    /// Starts with everything up to `last` in the tables.
    pub fn new(shelf: Arc<Shelf>, last: i64) -> Self {
        let staged = vec![BTreeMap::new(); shelf.plan.ordered.len()];
        Self {
            shelf,
            last,
            through: last,
            staged,
            staged_words: Vec::new(),
            words: BTreeMap::new(),
            packed: Vec::new(),
        }
    }

    /// Makes the changes of a committed batch visible.
    pub fn publish(&mut self) {
        if self.staged.iter().any(|changes| !changes.is_empty()) {
            self.shelf.late.write().publish(&mut self.staged);
        }
        for (n, words) in self.staged_words.drain(..) {
            match words {
                Some(words) => drop(self.words.insert(n, words)),
                None => drop(self.words.remove(&n)),
            }
        }
    }

    /// Forgets the changes of a batch that was undone.
    pub fn undo(&mut self) {
        self.staged.iter_mut().for_each(BTreeMap::clear);
        self.staged_words.clear();
    }

    /// Notes that all rows are in the tables.
    pub fn settled(&mut self) {
        self.through = self.last;
        self.shelf.late.write().settled(self.last);
        self.words.clear();
    }
}

/// Entries of a document: places of indexes in the plan, and keys.
type Entries = Vec<(usize, Vec<u8>)>;

fn entries_of(plan: &Plan, fields: &Fields, id: &str) -> Entries {
    let mut all = Vec::with_capacity(plan.ordered.len());
    for (at, ordered) in plan.ordered.iter().enumerate() {
        keys::entries(&ordered.index, fields, id, |key| all.push((at, key)));
    }
    all
}

fn pack(plan: &Plan, entries: &Entries, out: &mut Vec<u8>) {
    out.clear();
    for (at, key) in entries {
        if let Some(ordered) = plan.ordered.get(*at) {
            keys::pack(ordered.slot, key, out);
        }
    }
}

fn unpack(plan: &Plan, packed: &[u8]) -> Entries {
    // Slots of indexes that are declared no more are passed over.
    let place = |slot| plan.ordered.iter().position(|o| o.slot == slot);
    keys::unpack(packed)
        .filter_map(|(slot, key)| Some((place(slot)?, key.to_vec())))
        .collect()
}

/// Fails with `Unique` when another document has one of these entries of unique indexes, except that of index `free`,
/// which is known to be free.
fn check_free(
    conn: &Connection,
    kept: &Kept,
    entries: &[(usize, Vec<u8>)],
    free: Option<usize>,
) -> Result<(), Failure> {
    for (at, key) in entries.iter().filter(|(at, _)| Some(*at) != free) {
        let Some(ordered) = kept
            .shelf
            .plan
            .ordered
            .get(*at)
            .filter(|o| o.index.kind == IndexKind::Unique)
        else {
            continue;
        };
        let taken = match kept.staged.get(*at).and_then(|changes| changes.get(key)) {
            Some(row) => row.is_some(),
            None => {
                kept.shelf.late.read().get(*at, key).is_some() || conn.prepare_cached(&ordered.taken)?.exists([key])?
            }
        };
        if taken {
            return Err(Failure::One(StoreError::Unique {
                index: ordered.index.name.to_owned(),
            }));
        }
    }
    Ok(())
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

/// Adds a document at a version. Its entry in index `free` is known to be free.
pub fn insert(
    conn: &Connection,
    kept: &mut Kept,
    (document, version): (&RawDocument, u64),
    free: Option<usize>,
) -> Result<(), Failure> {
    check_document(document)?;
    let shelf = kept.shelf.clone();
    let entries = entries_of(&shelf.plan, &document.fields, &document.id);
    check_free(conn, kept, &entries, free)?;
    pack(&shelf.plan, &entries, &mut kept.packed);
    let n = kept.last + 1;
    let inserted = conn.prepare_cached(&shelf.plan.insert)?.execute(params![
        n,
        document.id,
        kept.packed,
        document.body.as_ref(),
        version.cast_signed()
    ]);
    match inserted {
        Err(rusqlite::Error::SqliteFailure(
            ffi::Error {
                code: Code::ConstraintViolation,
                ..
            },
            _,
        )) => {
            return Err(Failure::One(StoreError::Unique { index: "id".into() }));
        }
        done => done?,
    };
    kept.last = n;
    for (at, key) in entries {
        if let Some(changes) = kept.staged.get_mut(at) {
            changes.insert(key, Some(n));
        }
    }
    if !shelf.plan.texts.is_empty() {
        kept.staged_words.push((n, Some(words_of(&shelf.plan, document))));
    }
    Ok(())
}

fn words_of(plan: &Plan, document: &RawDocument) -> RowWords {
    plan.texts
        .iter()
        .map(|text| Words::of(text, &document.fields))
        .collect()
}

/// Reads the words that a row has given to the text indexes, from its document.
fn read_words(conn: &Connection, plan: &Plan, n: i64) -> Result<RowWords, Failure> {
    if plan.texts.is_empty() {
        return Ok(RowWords::new());
    }
    let read = |row: &rusqlite::Row<'_>| Ok(serde_json::from_slice(row.get_ref(0)?.as_blob()?));
    let json = conn.prepare_cached(&plan.body)?.query_row([n], read)?;
    let json = json.map_err(|e| Failure::One(StoreError::Backend(format!("a document is no JSON: {e}"))))?;
    let indexes: Vec<Index> = plan.texts.iter().map(|text| text.index).collect();
    let fields = Fields::from_json(&indexes, json);
    Ok(plan.texts.iter().map(|text| Words::of(text, &fields)).collect())
}

/// A row as a change finds it.
struct Row {
    n: i64,
    version: u64,
    entries: Entries,
}

fn read_row(conn: &Connection, plan: &Plan, id: &str) -> rusqlite::Result<Option<Row>> {
    let read = |row: &rusqlite::Row<'_>| {
        let entries = unpack(plan, row.get_ref(2)?.as_blob()?);
        Ok(Row {
            n: row.get(0)?,
            version: row.get::<_, i64>(1)?.cast_unsigned(),
            entries,
        })
    };
    conn.prepare_cached(&plan.row)?.query_row([id], read).optional()
}

/// Replaces a document at exactly `version`; returns the new version, and whether its place in a unique index changed.
pub fn replace(
    conn: &Connection,
    kept: &mut Kept,
    document: &RawDocument,
    version: u64,
) -> Result<(u64, bool), Failure> {
    check_document(document)?;
    let shelf = kept.shelf.clone();
    let plan = &shelf.plan;
    let row = read_row(conn, plan, &document.id)?.filter(|row| row.version == version);
    let row = row.ok_or(Failure::One(StoreError::Conflict))?;
    let entries = entries_of(plan, &document.fields, &document.id);
    pack(plan, &entries, &mut kept.packed);
    let added: Entries = entries.iter().filter(|e| !row.entries.contains(e)).cloned().collect();
    check_free(conn, kept, &added, None)?;
    let (words, had) = (words_of(plan, document), read_words(conn, plan, row.n)?);
    conn.prepare_cached(&plan.replace)?
        .execute(params![row.n, kept.packed, document.body.as_ref()])?;
    let removed = row.entries.into_iter().filter(|e| !entries.contains(e)).collect();
    let is_unique = |at: usize| plan.ordered.get(at).is_some_and(|o| o.index.kind == IndexKind::Unique);
    let moved = added.iter().any(|(at, _)| is_unique(*at));
    move_entries(conn, kept, row.n, removed, added)?;
    // Most changes are of something else, and words are dear: they are cut and looked up one by one.
    if words != had {
        reword(conn, kept, row.n, Some(words))?;
    }
    Ok((version + 1, moved))
}

/// Removes a document, at `version` when given.
pub fn delete(conn: &Connection, kept: &mut Kept, id: &str, version: Option<u64>) -> Result<(), Failure> {
    let shelf = kept.shelf.clone();
    let row = match read_row(conn, &shelf.plan, id)? {
        Some(row) if version.is_none_or(|wanted| wanted == row.version) => row,
        None if version.is_none() => return Ok(()),
        _ => return Err(Failure::One(StoreError::Conflict)),
    };
    conn.prepare_cached(&shelf.plan.delete)?.execute([row.n])?;
    move_entries(conn, kept, row.n, row.entries, Vec::new())?;
    Ok(reword(conn, kept, row.n, None)?)
}

/// Changes the entries of a row: at once when they are in the tables, else among those that wait.
fn move_entries(conn: &Connection, kept: &mut Kept, n: i64, removed: Entries, added: Entries) -> rusqlite::Result<()> {
    if n > kept.through {
        let changes = removed
            .into_iter()
            .map(|e| (e, None))
            .chain(added.into_iter().map(|e| (e, Some(n))));
        for ((at, key), row) in changes {
            if let Some(changes) = kept.staged.get_mut(at) {
                changes.insert(key, row);
            }
        }
        return Ok(());
    }
    let ordered = &kept.shelf.plan.ordered;
    for (at, key) in &removed {
        if let Some(ordered) = ordered.get(*at) {
            conn.prepare_cached(&ordered.remove)?.execute([key])?;
        }
    }
    for (at, key) in &added {
        if let Some(ordered) = ordered.get(*at) {
            conn.prepare_cached(&ordered.add)?.execute(params![key, n])?;
        }
    }
    Ok(())
}

/// Changes the words of a row in the same way.
fn reword(conn: &Connection, kept: &mut Kept, n: i64, words: Option<RowWords>) -> rusqlite::Result<()> {
    let texts = &kept.shelf.plan.texts;
    if n > kept.through && !texts.is_empty() {
        kept.staged_words.push((n, words));
        return Ok(());
    }
    for (at, text) in texts.iter().enumerate() {
        text::remove(conn, text, n)?;
        if let Some(words) = words.as_ref().and_then(|all| all.get(at)).and_then(Option::as_ref) {
            text::add(conn, text, n, words)?;
        }
    }
    Ok(())
}

/// Returns the greatest number that a unique index of two fields holds for one scope.
pub fn last_number(conn: &Connection, kept: &Kept, at: usize, range: &keys::Range) -> rusqlite::Result<u64> {
    let Some(ordered) = kept.shelf.plan.ordered.get(at) else {
        return Ok(0);
    };
    let staged = kept.staged.get(at);
    let in_table: Option<Vec<u8>> = conn
        .prepare_cached(&ordered.last)?
        .query_row(params![range.low, range.high], |row| row.get(0))
        .optional()?;
    let taken_back = |key: &[u8]| staged.is_some_and(|changes| matches!(changes.get(key), Some(None)));
    let late = kept
        .shelf
        .late
        .read()
        .range(at, range)
        .rev()
        .find(|(key, _)| !taken_back(key))
        .map(|(key, _)| key.clone());
    let bounds = range.low.clone()..range.high.clone();
    let now = staged.and_then(|changes| {
        changes
            .range(bounds)
            .rev()
            .find(|(_, row)| row.is_some())
            .map(|(key, _)| key.clone())
    });
    let greatest = [in_table, late, now].into_iter().flatten().max();
    Ok(greatest.and_then(|key| keys::trailing_number(&key)).unwrap_or(0))
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
