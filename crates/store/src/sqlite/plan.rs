//! Owns the SQL of one collection, written once when it is declared. Refuses to run it.
//!
//! A collection `x` is a table `c_x(n, id, version, k_<index> .., m_<index> .., body)`: one key per plain or unique
//! index, null when the document does not stand in it, each with a native partial index; one packed list of keys per
//! multi index, whose entries are in `m_x__<index>(k, n)`. A text index is the FTS5 table `f_x__<index>`. A rowid table
//! with a unique index on `id` is used because bodies of up to a page stay in the leaf and appends go to its end; a
//! table without rowid would move bodies of over 1 kB to overflow pages and split its inner pages.

use crate::{Index, IndexKind, Query, Spec, StoreError};

/// The longest name of a collection or an index, in bytes.
const NAME_BYTES_MAX: usize = 48;

/// One ordered index (plain, unique or multi) with its questions.
pub struct Ordered {
    /// As declared.
    pub index: Index,
    /// Where the index's keys are: the column `k_..`, or `m_..` for the packed keys of a multi index.
    pub column: String,
    /// The side table of a multi index.
    pub table: String,
    find: [String; 2],
    find_beyond: [String; 2],
    /// Counts keys in a range, up to a cap.
    pub count: String,
    /// Adds, or removes, an entry of a multi index.
    pub add: String,
    /// See `add`.
    pub remove: String,
    /// Finds the greatest key in a range.
    pub last: String,
}

impl Ordered {
    /// Returns the SQL that answers a question: `?1` low, `?2` high, `?3` limit.
    pub fn find(&self, descending: bool) -> &str {
        let [ascending, down] = &self.find;
        if descending { down } else { ascending }
    }

    /// The same for a unique index from a place on: `?4` the place's key, `?5` its id.
    pub fn find_beyond(&self, descending: bool) -> &str {
        let [ascending, down] = &self.find_beyond;
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

/// A collection's statements.
pub struct Plan {
    /// As declared.
    pub spec: Spec,
    /// Its table.
    pub table: String,
    /// Plain and unique indexes, in column order.
    pub keyed: Vec<Ordered>,
    /// Multi indexes, in column order.
    pub multis: Vec<Ordered>,
    /// Text indexes.
    pub texts: Vec<Text>,
    /// `?1` n, `?2` id, then the keys, then the packed keys, then the body.
    pub insert: String,
    /// `?1` id, `?2` version, then as in `insert`.
    pub replace: String,
    /// `?1` id, `?2` version or null for any.
    pub delete: String,
    /// `?1` id; n, version and the packed keys.
    pub side: String,
    /// `?1` id.
    pub get: String,
    /// `?1` id after which to go on, `?2` limit.
    pub scan: String,
}

impl Plan {
    /// Writes the statements for `spec`. `Unindexed` when a name is not `[a-z0-9_]` or an index has no fields.
    pub fn of(spec: Spec) -> Result<Self, StoreError> {
        let names = spec.indexes.iter().map(|i| i.name).chain([spec.collection]);
        for name in names {
            check_name(name)?;
        }
        if let Some(index) = spec.indexes.iter().find(|i| i.fields.is_empty()) {
            return Err(StoreError::Unindexed(format!(
                "{}.{} has no fields",
                spec.collection, index.name
            )));
        }
        let table = format!("c_{}", spec.collection);
        let (mut keyed, mut multis, mut texts) = (Vec::new(), Vec::new(), Vec::new());
        for &index in spec.indexes {
            match index.kind {
                IndexKind::Plain | IndexKind::Unique => keyed.push(keyed_index(spec.collection, &table, index)),
                IndexKind::Multi => multis.push(multi_index(spec.collection, &table, index)),
                IndexKind::Text { scope } => texts.push(text_index(spec.collection, &table, index, scope)),
            }
        }
        let columns: Vec<&str> = keyed
            .iter()
            .chain(&multis)
            .map(|o: &Ordered| o.column.as_str())
            .chain(["body"])
            .collect();
        let marks = |from: usize| {
            (from..from + columns.len())
                .map(|i| format!("?{i}"))
                .collect::<Vec<_>>()
        };
        let sets: Vec<String> = columns
            .iter()
            .zip(marks(3))
            .map(|(c, m)| format!("{c} = {m}"))
            .collect();
        let packed: String = multis.iter().map(|m| format!(", {}", m.column)).collect();
        Ok(Self {
            insert: format!(
                "INSERT INTO {table}(n, id, version, {}) VALUES (?1, ?2, 1, {})",
                columns.join(", "),
                marks(3).join(", ")
            ),
            replace: format!(
                "UPDATE {table} SET version = version + 1, {} WHERE id = ?1 AND version = ?2",
                sets.join(", ")
            ),
            delete: format!("DELETE FROM {table} WHERE id = ?1 AND (?2 IS NULL OR version = ?2)"),
            side: format!("SELECT n, version{packed} FROM {table} WHERE id = ?1"),
            get: format!("SELECT id, version, body FROM {table} WHERE id = ?1"),
            scan: format!("SELECT id, version, body FROM {table} WHERE id > ?1 ORDER BY id LIMIT ?2"),
            spec,
            table,
            keyed,
            multis,
            texts,
        })
    }

    /// Returns the ordered index with this name.
    pub fn ordered(&self, name: &str) -> Option<&Ordered> {
        self.keyed.iter().chain(&self.multis).find(|o| o.index.name == name)
    }

    /// Returns the ordered index that serves `query`, or says why none does.
    pub fn serving(&self, query: &Query) -> Result<&Ordered, StoreError> {
        let refuse = |why: &str| {
            Err(StoreError::Unindexed(format!(
                "{}.{}: {why}",
                self.spec.collection, query.index
            )))
        };
        let Some(ordered) = self.ordered(query.index) else {
            return refuse("no such plain, unique or multi index");
        };
        let fields = ordered.index.fields.len();
        let ranged = usize::from(query.low.is_some() || query.high.is_some());
        if query.eq.len() + ranged > fields {
            return refuse("it has fewer fields");
        }
        if ordered.index.kind == IndexKind::Multi && query.eq.is_empty() {
            return refuse(
                "a multi index is asked for one element by equality, else a document would be answered twice",
            );
        }
        if query
            .after
            .as_ref()
            .is_some_and(|place| place.keys.len() + query.eq.len() != fields)
        {
            return refuse("the place does not name every field after the equalities");
        }
        Ok(ordered)
    }

    /// Returns whether a document leaves traces outside its own row.
    pub fn has_sides(&self) -> bool {
        !(self.multis.is_empty() && self.texts.is_empty())
    }
}

fn check_name(name: &str) -> Result<(), StoreError> {
    let letters = name
        .bytes()
        .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    // Two underscores part collection and index in the names of side tables.
    if !letters || name.is_empty() || name.len() > NAME_BYTES_MAX || name.contains("__") {
        return Err(StoreError::Unindexed(format!(
            "{name:?} is not a name of [a-z0-9_] without __, 1 to 48 bytes"
        )));
    }
    Ok(())
}

fn keyed_index(collection: &str, table: &str, index: Index) -> Ordered {
    let column = format!("k_{}", index.name);
    let from = format!(
        "FROM {table} INDEXED BY i_{collection}__{} WHERE {column} >= ?1 AND {column} < ?2",
        index.name
    );
    let find = |beyond: &str, direction: &str| {
        format!("SELECT id, version, body {from}{beyond} ORDER BY {column} {direction} LIMIT ?3")
    };
    let (up, down) = (
        format!(" AND NOT ({column} = ?4 AND id <= ?5)"),
        format!(" AND NOT ({column} = ?4 AND id >= ?5)"),
    );
    Ordered {
        find: [find("", "ASC"), find("", "DESC")],
        find_beyond: [find(&up, "ASC"), find(&down, "DESC")],
        count: format!("SELECT count(*) FROM (SELECT 1 {from} LIMIT ?3)"),
        last: format!("SELECT {column} {from} ORDER BY {column} DESC LIMIT 1"),
        add: String::new(),
        remove: String::new(),
        table: String::new(),
        column,
        index,
    }
}

fn multi_index(collection: &str, documents: &str, index: Index) -> Ordered {
    let table = format!("m_{collection}__{}", index.name);
    let find = |direction: &str| {
        // CROSS JOIN fixes the order of the loops: the side table first.
        format!(
            "SELECT d.id, d.version, d.body FROM {table} AS m CROSS JOIN {documents} AS d ON d.n = m.n \
             WHERE m.k >= ?1 AND m.k < ?2 ORDER BY m.k {direction} LIMIT ?3"
        )
    };
    Ordered {
        column: format!("m_{}", index.name),
        find: [find("ASC"), find("DESC")],
        find_beyond: [String::new(), String::new()],
        count: format!("SELECT count(*) FROM (SELECT 1 FROM {table} WHERE k >= ?1 AND k < ?2 LIMIT ?3)"),
        add: format!("INSERT INTO {table}(k, n) VALUES (?1, ?2)"),
        remove: format!("DELETE FROM {table} WHERE k = ?1"),
        last: String::new(),
        table,
        index,
    }
}

fn text_index(collection: &str, documents: &str, index: Index, scope: Option<&'static str>) -> Text {
    let table = format!("f_{collection}__{}", index.name);
    // The inner question sorts ids only; the bodies of those that are wanted are read after it.
    let search = format!(
        "SELECT d.id, d.version, d.body FROM \
         (SELECT e.n AS n, e.id AS id FROM {table} AS f CROSS JOIN {documents} AS e ON e.n = f.rowid \
          WHERE {table} MATCH ?1 AND (?2 IS NULL OR e.id < ?2) ORDER BY e.id DESC LIMIT ?3) AS s \
         CROSS JOIN {documents} AS d ON d.n = s.n ORDER BY s.id DESC"
    );
    Text {
        add: format!("INSERT INTO {table}(rowid, scope, words) VALUES (?1, ?2, ?3)"),
        remove: format!("DELETE FROM {table} WHERE rowid = ?1"),
        search,
        table,
        scope,
        index,
    }
}
