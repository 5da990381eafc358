//! Owns how much room a person's files take, so that many uploads at once cannot take more than there is: room is held
//! before a byte is kept, and given back when nothing came of it. Refuses to know what the files are.
//!
//! Each step may be done again after a crash and counts once: what is held and what is leaving stands here by its id.

use kernel::{AssetId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use store::{Document, Index};

/// Uploads that one person may have under way.
pub(crate) const HELD_MAX: usize = 100;

/// Room that is held, or a file that is leaving.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Entry {
    pub(crate) id: AssetId,
    pub(crate) bytes: u64,
    pub(crate) at: Timestamp,
}

/// One person's room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Shelf {
    pub(crate) user_id: UserId,
    /// Bytes of the files that are there.
    pub(crate) bytes: u64,
    /// How many those are.
    pub(crate) count: u64,
    /// Room for what is on its way.
    pub(crate) held: Vec<Entry>,
    /// What has been subtracted and may be asked to be once more.
    pub(crate) leaving: Vec<Entry>,
    /// Set when the account is gone: nothing may come any more.
    pub(crate) erased_at: Option<Timestamp>,
    /// When the oldest entry began to stand here, for the sweep.
    pub(crate) oldest_at: Option<Timestamp>,
}

impl Document for Shelf {
    const COLLECTION: &'static str = "shelves";
    const INDEXES: &'static [Index] = &[Index::plain("oldest", &["oldestAt"])];
    fn id(&self) -> String {
        self.user_id.to_string()
    }
}

/// What a person may have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Room {
    pub(crate) bytes_max: u64,
    pub(crate) count_max: u64,
}

/// Why room is not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoRoom {
    /// The quota would be passed.
    Bytes,
    /// There are too many files.
    Count,
    /// Too many uploads are under way.
    Held,
    /// The account is gone.
    Erased,
}

impl Shelf {
    pub(crate) fn new(user_id: UserId) -> Self {
        Self {
            user_id,
            bytes: 0,
            count: 0,
            held: Vec::new(),
            leaving: Vec::new(),
            erased_at: None,
            oldest_at: None,
        }
    }

    /// Holds `bytes` for `id`; what is held for it already is replaced.
    pub(crate) fn hold(&mut self, id: AssetId, bytes: u64, now: Timestamp, room: Room) -> Result<(), NoRoom> {
        if self.erased_at.is_some() {
            return Err(NoRoom::Erased);
        }
        let others = self.held.iter().filter(|e| e.id != id);
        let (number, sum) = others.fold((0usize, 0u64), |(n, sum), e| (n + 1, sum.saturating_add(e.bytes)));
        if self.bytes.saturating_add(sum).saturating_add(bytes) > room.bytes_max {
            return Err(NoRoom::Bytes);
        }
        if self.count + number as u64 >= room.count_max {
            return Err(NoRoom::Count);
        }
        if number >= HELD_MAX {
            return Err(NoRoom::Held);
        }
        self.held.retain(|e| e.id != id);
        self.held.push(Entry { id, bytes, at: now });
        self.note_oldest();
        Ok(())
    }

    /// Turns what is held for `id` into a file of `bytes`. Does nothing when nothing is held, as after it was done before.
    pub(crate) fn settle(&mut self, id: AssetId, bytes: u64) -> Result<(), NoRoom> {
        if self.erased_at.is_some() {
            return Err(NoRoom::Erased);
        }
        if take(&mut self.held, id) {
            self.bytes = self.bytes.saturating_add(bytes);
            self.count += 1;
            self.note_oldest();
        }
        Ok(())
    }

    /// Gives back what is held for `id`.
    pub(crate) fn drop_hold(&mut self, id: AssetId) {
        take(&mut self.held, id);
        self.note_oldest();
    }

    /// Subtracts a file, once.
    pub(crate) fn leave(&mut self, id: AssetId, bytes: u64, now: Timestamp) {
        if self.leaving.iter().any(|e| e.id == id) {
            return;
        }
        if !take(&mut self.held, id) {
            self.bytes = self.bytes.saturating_sub(bytes);
            self.count = self.count.saturating_sub(1);
        }
        self.leaving.push(Entry { id, bytes, at: now });
        self.note_oldest();
    }

    /// Forgets that a file has left, once nobody can say so again.
    pub(crate) fn has_left(&mut self, id: AssetId) {
        take(&mut self.leaving, id);
        self.note_oldest();
    }

    /// Empties it for good.
    pub(crate) fn erase(&mut self, now: Timestamp) {
        *self = Self {
            erased_at: Some(now),
            oldest_at: Some(now),
            ..Self::new(self.user_id)
        };
    }

    fn note_oldest(&mut self) {
        let entries = self.held.iter().chain(&self.leaving).map(|e| e.at);
        self.oldest_at = entries.chain(self.erased_at).min();
    }
}

fn take(entries: &mut Vec<Entry>, id: AssetId) -> bool {
    let before = entries.len();
    entries.retain(|e| e.id != id);
    entries.len() < before
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use kernel::Ambient;
    use proptest::prelude::*;

    use super::*;

    const ROOM: Room = Room {
        bytes_max: 100,
        count_max: 5,
    };

    fn shelf() -> (Shelf, Ambient) {
        let ambient = Ambient::system();
        (Shelf::new(ambient.id()), ambient)
    }

    #[test]
    fn what_is_held_counts_and_can_be_held_anew() {
        let (mut shelf, ambient) = shelf();
        let (a, b, now) = (ambient.id(), ambient.id(), ambient.now());
        shelf.hold(a, 60, now, ROOM).unwrap();
        assert_eq!(shelf.hold(b, 50, now, ROOM), Err(NoRoom::Bytes));
        shelf.hold(a, 40, now, ROOM).unwrap();
        shelf.hold(b, 50, now, ROOM).unwrap();
        shelf.erase(now);
        assert_eq!(shelf.hold(b, 1, now, ROOM), Err(NoRoom::Erased));
        assert_eq!(shelf.settle(b, 1), Err(NoRoom::Erased));
    }

    proptest! {
        /// Whatever is done, and done again, the sums are those of the files that are there.
        #[test]
        fn every_step_counts_once(steps in prop::collection::vec((0usize..5, 0usize..6, 1u64..60), 0..60)) {
            let (mut shelf, ambient) = shelf();
            let ids: Vec<AssetId> = (0..6).map(|_| ambient.id()).collect();
            let now = ambient.now();
            let mut there: BTreeMap<AssetId, u64> = BTreeMap::new();
            let mut gone: Vec<AssetId> = Vec::new();
            for (what, which, bytes) in steps {
                let id = ids[which];
                match what {
                    0 if !there.contains_key(&id) && !gone.contains(&id) => { let _ = shelf.hold(id, bytes, now, ROOM); }
                    1 => {
                        let held = shelf.held.iter().find(|e| e.id == id).map(|e| e.bytes);
                        shelf.settle(id, held.unwrap_or(7)).unwrap();
                        if let Some(bytes) = held { there.insert(id, bytes); }
                    }
                    2 => shelf.drop_hold(id),
                    3 if there.contains_key(&id) || gone.contains(&id) => {
                        shelf.leave(id, there.remove(&id).unwrap_or(bytes), now);
                        gone.push(id);
                    }
                    _ => {}
                }
                prop_assert_eq!(shelf.bytes, there.values().sum::<u64>());
                prop_assert_eq!(shelf.count, there.len() as u64);
                let held: u64 = shelf.held.iter().map(|e| e.bytes).sum();
                prop_assert!(shelf.bytes + held <= ROOM.bytes_max);
                prop_assert_eq!(shelf.oldest_at.is_some(), !shelf.held.is_empty() || !shelf.leaving.is_empty());
            }
        }
    }
}
