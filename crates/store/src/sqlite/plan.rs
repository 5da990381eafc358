//! Owns the SQL of one collection, written once when it is declared. Refuses to run it.
//!
//! A collection `x` is a table `c_x(n, id, version, keys, body)`; each plain, unique or multi index is a table
//! `i_x__<index>(k, n)`, each text index the FTS5 table `f_x__<index>`. A row's `keys` are the entries it has in the
//! index tables, so that they are known when it changes. The collection has row numbers and a unique index on `id`
//! rather than being sorted by id, because bodies of up to a page then stay in the leaf and appends go to the end; a
//! table without rowid would move bodies of over 1 kB to overflow pages and split its inner pages.

use std::sync::Arc;

use parking_lot::{Mutex, RwLock};

use crate::sqlite::late::Late;
use crate::{Index, IndexKind, Query, Spec, StoreError, check};

/// A declared collection as readers and the writer share it.
pub struct Shelf {
    /// Its statements.
    pub plan: Plan,
    /// What its index tables do not hold yet.
    pub late: RwLock<Late>,
    /// Held by the writer from before a commit until `late` shows it. A reader that cannot do without both being of one
    /// moment holds it too; that is rare, and then it waits for at most one sync.
    pub gate: Arc<Mutex<()>>,
}

/// One ordered index (plain, unique or multi) with its questions.
pub struct Ordered {
    /// As declared.
    pub index: Index,
    /// Its number in the rows' `keys`, never given to another index of the collection.
    pub slot: u16,
    /// Its table.
    pub table: String,
    /// `?1` key; whether it is taken.
    pub taken: String,
    /// `?1` key, `?2` n.
    pub add: String,
    /// `?1` key.
    pub remove: String,
    /// `?1` low, `?2` high; the greatest key.
    pub last: String,
    /// `?1` low, `?2` high, `?3` cap, `?4` the last row whose entries are in the table.
    pub count: String,
    find: [String; 2],
}

impl Ordered {
    fn new(collection: &str, documents: &str, index: Index) -> Self {
        let table = format!("i_{collection}__{}", index.name);
        let find = |direction: &str| {
            // CROSS JOIN fixes the order of the loops: the index first.
            format!(
                "SELECT d.id, d.version, d.body, i.k FROM {table} AS i CROSS JOIN {documents} AS d ON d.n = i.n \
                 WHERE i.k >= ?1 AND i.k < ?2 AND i.n <= ?4 ORDER BY i.k {direction} LIMIT ?3"
            )
        };
        Self {
            find: [find("ASC"), find("DESC")],
            taken: format!("SELECT 1 FROM {table} WHERE k = ?1"),
            add: format!("INSERT INTO {table}(k, n) VALUES (?1, ?2)"),
            remove: format!("DELETE FROM {table} WHERE k = ?1"),
            last: format!("SELECT k FROM {table} WHERE k >= ?1 AND k < ?2 ORDER BY k DESC LIMIT 1"),
            count: format!(
                "SELECT count(*) FROM (SELECT 1 FROM {table} WHERE k >= ?1 AND k < ?2 AND n <= ?4 LIMIT ?3)"
            ),
            slot: 0,
            table,
            index,
        }
    }

    /// Returns the SQL that answers a question: id, version, body, key; `?1` low, `?2` high, `?3` limit, `?4` as in `count`.
    pub fn find(&self, descending: bool) -> &str {
        let [ascending, down] = &self.find;
        if descending { down } else { ascending }
    }
}

/// One text index.
pub struct Text {
    /// As declared.
    pub index: Index,
    /// The field that limits a search.
    pub scope: Option<&'static str>,
    /// The FTS5 table.
    pub table: String,
    /// `?1` n, `?2` scope, `?3` words.
    pub add: String,
    /// `?1` n.
    pub remove: String,
    /// `?1` question, `?2` id before or null, `?3` limit.
    pub search: String,
}

impl Text {
    fn new(collection: &str, documents: &str, index: Index, scope: Option<&'static str>) -> Self {
        let table = format!("f_{collection}__{}", index.name);
        // The inner question sorts ids only; the bodies of those that are wanted are read after it.
        let search = format!(
            "SELECT d.id, d.version, d.body FROM \
             (SELECT e.n AS n, e.id AS id FROM {table} AS f CROSS JOIN {documents} AS e ON e.n = f.rowid \
              WHERE {table} MATCH ?1 AND (?2 IS NULL OR e.id < ?2) ORDER BY e.id DESC LIMIT ?3) AS s \
             CROSS JOIN {documents} AS d ON d.n = s.n ORDER BY s.id DESC"
        );
        Self {
            add: format!("INSERT INTO {table}(rowid, scope, words) VALUES (?1, ?2, ?3)"),
            remove: format!("DELETE FROM {table} WHERE rowid = ?1"),
            search,
            table,
            scope,
            index,
        }
    }
}

/// A collection's statements.
pub struct Plan {
    /// As declared.
    pub spec: Spec,
    /// Its table.
    pub table: String,
    /// Plain, unique and multi indexes.
    pub ordered: Vec<Ordered>,
    /// Text indexes.
    pub texts: Vec<Text>,
    /// `?1` n, `?2` id, `?3` keys, `?4` body, `?5` version.
    pub insert: String,
    /// `?1` n, `?2` keys, `?3` body.
    pub replace: String,
    /// `?1` n.
    pub delete: String,
    /// `?1` id; n, version and keys.
    pub row: String,
    /// `?1` id; id, version and body.
    pub get: String,
    /// `?1` n; body.
    pub body: String,
    /// `?1` n; id, version, body and keys.
    pub get_row: String,
    /// `?1` id after which to go on, `?2` limit; id, version and body.
    pub scan: String,
}

impl Plan {
    /// Writes the statements for `spec`. `Unindexed` when a name is not `[a-z0-9_]` or an index has no fields.
    pub fn of(spec: Spec) -> Result<Self, StoreError> {
        check::declaration(&spec)?;
        let table = format!("c_{}", spec.collection);
        let (mut ordered, mut texts) = (Vec::new(), Vec::new());
        for &index in spec.indexes {
            match index.kind {
                IndexKind::Text { scope } => texts.push(Text::new(spec.collection, &table, index, scope)),
                _ => ordered.push(Ordered::new(spec.collection, &table, index)),
            }
        }
        Ok(Self {
            insert: format!("INSERT INTO {table}(n, id, version, keys, body) VALUES (?1, ?2, ?5, ?3, ?4)"),
            replace: format!("UPDATE {table} SET version = version + 1, keys = ?2, body = ?3 WHERE n = ?1"),
            delete: format!("DELETE FROM {table} WHERE n = ?1"),
            row: format!("SELECT n, version, keys FROM {table} WHERE id = ?1"),
            get: format!("SELECT id, version, body FROM {table} WHERE id = ?1"),
            body: format!("SELECT body FROM {table} WHERE n = ?1"),
            get_row: format!("SELECT id, version, body, keys FROM {table} WHERE n = ?1"),
            scan: format!("SELECT id, version, body FROM {table} WHERE id > ?1 ORDER BY id LIMIT ?2"),
            spec,
            table,
            ordered,
            texts,
        })
    }

    /// Returns the ordered index with this name and its place in `ordered`.
    pub fn ordered(&self, name: &str) -> Option<(usize, &Ordered)> {
        self.ordered.iter().enumerate().find(|(_, o)| o.index.name == name)
    }

    /// Returns the ordered index that serves `query`, or says why none does.
    pub fn serving(&self, query: &Query) -> Result<(usize, &Ordered), StoreError> {
        let found = self.ordered(query.index);
        check::serves(self.spec.collection, found.map(|(_, o)| &o.index), query)?;
        found.ok_or_else(|| check::undeclared(self.spec.collection))
    }
}
