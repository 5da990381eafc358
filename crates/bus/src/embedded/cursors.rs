//! Owns how far each group is in each partition: in memory at once, in the file a little later.
//! Refuses to know what was handled.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use parking_lot::Mutex;
use rusqlite::Connection;

use super::log;

/// The cursors of all groups that have been here since the start.
#[derive(Default)]
pub(super) struct Cursors {
    groups: Mutex<BTreeMap<Arc<str>, HashMap<u32, Cursor>>>,
}

struct Cursor {
    at: Arc<AtomicI64>,
    saved: i64,
}

impl Cursors {
    /// Adds a cursor as it stands in the file; what is known already stays.
    pub fn add(&self, group: &Arc<str>, slot: u32, saved: i64) {
        let mut groups = self.groups.lock();
        let slots = groups.entry(group.clone()).or_default();
        slots.entry(slot).or_insert_with(|| Cursor {
            at: Arc::new(AtomicI64::new(saved)),
            saved,
        });
    }

    /// Returns the cell of a cursor, for its holder to move.
    pub fn cell(&self, group: &str, slot: u32) -> Option<Arc<AtomicI64>> {
        Some(self.groups.lock().get(group)?.get(&slot)?.at.clone())
    }

    /// Saves every cursor that has moved, inside the caller's transaction. Returns what was saved, for `saved` after its commit.
    pub fn save(&self, to: &Connection) -> rusqlite::Result<Vec<(Arc<str>, u32, i64)>> {
        let groups = self.groups.lock();
        let mut moved = Vec::new();
        for (group, slots) in groups.iter() {
            for (slot, cursor) in slots {
                let at = cursor.at.load(Ordering::Acquire);
                if at > cursor.saved {
                    log::save_cursor(to, group, *slot, at)?;
                    moved.push((group.clone(), *slot, at));
                }
            }
        }
        Ok(moved)
    }

    /// Notes that these are in the file.
    pub fn saved(&self, moved: &[(Arc<str>, u32, i64)]) {
        let mut groups = self.groups.lock();
        for (group, slot, at) in moved {
            if let Some(cursor) = groups.get_mut(group).and_then(|slots| slots.get_mut(slot)) {
                cursor.saved = *at;
            }
        }
    }
}
