//! Owns the entries of ordered indexes that are committed but not yet in the index tables. Refuses to be the only copy
//! of anything: each row holds its own keys, so that the next start finds what a crash left out.
//!
//! A new row would touch a different page in every index; written at each commit, those pages are most of the work.
//! So a commit writes the row alone, and its entries wait here, sorted, until many are put into the tables at once. A
//! row with a number up to `through` has its entries in the tables, one beyond it has them here: readers take their part
//! of these first, then ask the tables for rows up to the same `through`, and so see every row exactly once.

use std::collections::BTreeMap;
use std::ops::Bound;

use crate::keys::Range;

/// The waiting entries of one collection.
pub struct Late {
    /// Entries of rows up to this are in the tables.
    pub through: i64,
    /// By index: key to row.
    entries: Vec<BTreeMap<Vec<u8>, i64>>,
}

/// What a batch changes in them: key to row, or to nothing when the entry is taken back.
pub type Staged = Vec<BTreeMap<Vec<u8>, Option<i64>>>;

impl Late {
    /// Starts with nothing waiting for `indexes` indexes.
    pub fn new(indexes: usize, through: i64) -> Self {
        Self {
            through,
            entries: vec![BTreeMap::new(); indexes],
        }
    }

    /// Takes over what a committed batch changed.
    pub fn publish(&mut self, staged: &mut Staged) {
        for (entries, changes) in self.entries.iter_mut().zip(staged) {
            for (key, row) in std::mem::take(changes) {
                match row {
                    Some(row) => drop(entries.insert(key, row)),
                    None => drop(entries.remove(&key)),
                }
            }
        }
    }

    /// Forgets all, which stand in the tables now.
    pub fn settled(&mut self, through: i64) {
        self.through = through;
        self.entries.iter_mut().for_each(BTreeMap::clear);
    }

    /// Returns the row under a key.
    pub fn get(&self, index: usize, key: &[u8]) -> Option<i64> {
        self.entries.get(index)?.get(key).copied()
    }

    /// Walks the entries of an index within a range, ascending.
    pub fn range(&self, index: usize, range: &Range) -> impl DoubleEndedIterator<Item = (&Vec<u8>, i64)> {
        let bounds = (
            Bound::Included(range.low.as_slice()),
            Bound::Excluded(range.high.as_slice()),
        );
        let entries = self.entries.get(index).filter(|_| range.low < range.high);
        entries
            .into_iter()
            .flat_map(move |e| e.range::<[u8], _>(bounds))
            .map(|(key, row)| (key, *row))
    }

    /// Walks all entries of an index in order.
    pub fn all(&self, index: usize) -> impl Iterator<Item = (&Vec<u8>, i64)> {
        self.entries
            .get(index)
            .into_iter()
            .flatten()
            .map(|(key, row)| (key, *row))
    }
}
