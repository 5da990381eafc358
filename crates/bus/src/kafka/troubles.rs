//! Owns what is known of the dead letters and parked keys of one group in one partition, as records that are applied one after
//! another. Refuses to know where they are written.
//!
//! A topic of dead letters keeps the last record of each record key. `l<offset>` is the letter of the event at that offset
//! of the topic proper, `k<key>` a key that is held back; a record without a value removes what stood there. A letter is dead
//! unless its key is being released and it has not failed again since (`kept`). To write that a key is released or parked
//! again judges all letters before it anew.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use kernel::Timestamp;
use serde::{Deserialize, Serialize};

use crate::hands::Parking;

/// One record, without the event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// A letter for the event at this offset.
    Letter {
        offset: i64,
        key: Arc<str>,
        at: Timestamp,
        kept: bool,
    },
    /// The letter was dealt with.
    Gone(i64),
    /// A key is held back.
    Key(Arc<str>, Mark),
    /// A key is free.
    Free(Arc<str>),
}

/// Why a key is held back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    /// Id of the event that it was parked for.
    pub head: String,
    /// Offset of that event. Every event of the key before it has been dealt with, whatever was committed.
    pub since: i64,
    /// Whether its letters are to be handed out.
    pub releasing: bool,
}

impl Mark {
    /// Tells a member.
    pub fn parking(&self, key: &Arc<str>) -> Parking {
        Parking {
            key: key.clone(),
            head: self.head.clone(),
            since: self.since,
            releasing: self.releasing,
        }
    }
}

impl From<Parking> for Mark {
    fn from(parking: Parking) -> Self {
        Self {
            head: parking.head,
            since: parking.since,
            releasing: parking.releasing,
        }
    }
}

/// A letter without its event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Letter {
    pub key: Arc<str>,
    pub at: Timestamp,
    /// Failed again while its key was being released, and is not held back for that.
    pub kept: bool,
    /// Where it stands in the topic of letters.
    pub place: i64,
}

/// A key that is held back.
#[derive(Clone, Debug)]
pub(super) struct Parked {
    pub mark: Mark,
    /// Where that stands in the topic of letters.
    place: i64,
}

/// The letters and held keys of one group in one partition.
#[derive(Clone, Debug, Default)]
pub(super) struct Troubles {
    pub keys: HashMap<Arc<str>, Parked>,
    /// By the offset of their events, which is their order.
    pub letters: BTreeMap<i64, Letter>,
    /// Where to read on in the topic of letters.
    pub next: i64,
}

impl Troubles {
    /// Tells whether there is anything at all.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty() && self.letters.is_empty()
    }

    /// Takes over one record that stands at `place`. About a key the later record holds, in whichever order they are heard of.
    pub fn apply(&mut self, place: i64, entry: Entry) {
        match entry {
            Entry::Letter { offset, key, at, kept } => {
                self.letters.insert(offset, Letter { key, at, kept, place });
            }
            Entry::Gone(offset) => {
                self.letters.remove(&offset);
            }
            Entry::Key(key, mark) => {
                let before = |l: &&mut Letter| l.key == key && l.place < place;
                for letter in self.letters.values_mut().filter(before) {
                    letter.kept = false;
                }
                if self.keys.get(&key).is_none_or(|parked| parked.place < place) {
                    self.keys.insert(key, Parked { mark, place });
                }
            }
            Entry::Free(key) => {
                if self.keys.get(&key).is_some_and(|parked| parked.place < place) {
                    self.keys.remove(&key);
                }
            }
        }
    }

    /// Tells whether a letter waits for a release.
    pub fn is_dead(&self, letter: &Letter) -> bool {
        letter.kept || !self.keys.get(&letter.key).is_some_and(|parked| parked.mark.releasing)
    }

    /// Returns a key's letters that are to be handed out, in order, as (offset, place).
    pub fn released(&self, key: &str) -> Vec<(i64, i64)> {
        let all = self.letters.iter().filter(|(_, l)| *l.key == *key && !self.is_dead(l));
        all.map(|(offset, letter)| (*offset, letter.place)).collect()
    }

    /// Counts a key's dead letters.
    pub fn dead_of(&self, key: &str) -> u64 {
        self.letters
            .values()
            .filter(|l| *l.key == *key && self.is_dead(l))
            .count() as u64
    }

    /// Tells since when a key has letters.
    pub fn since(&self, key: &str) -> Option<Timestamp> {
        self.letters.values().filter(|l| *l.key == *key).map(|l| l.at).min()
    }

    /// Returns the letters that nobody holds back and that were written before `before`.
    pub fn outdated(&self, before: Timestamp) -> Vec<i64> {
        let old = self
            .letters
            .iter()
            .filter(|(_, l)| l.at < before && !self.keys.contains_key(&l.key));
        old.map(|(offset, _)| *offset).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(offset: i64, key: &str, kept: bool) -> Entry {
        Entry::Letter {
            offset,
            key: key.into(),
            at: Timestamp::from_millis(offset),
            kept,
        }
    }

    fn mark(releasing: bool) -> Mark {
        Mark {
            head: "h".into(),
            since: 3,
            releasing,
        }
    }

    fn replay(entries: impl IntoIterator<Item = Entry>) -> Troubles {
        let mut troubles = Troubles::default();
        (0..)
            .zip(entries)
            .for_each(|(place, entry)| troubles.apply(place, entry));
        troubles
    }

    #[test]
    fn letters_of_a_released_key_are_handed_out_in_the_order_of_their_events() {
        let key = || Entry::Key("a".into(), mark(false));
        let mut troubles = replay([
            key(),
            letter(3, "a", false),
            letter(9, "a", false),
            letter(4, "b", false),
        ]);
        assert_eq!((troubles.dead_of("a"), troubles.dead_of("b")), (2, 1));
        assert!(troubles.released("a").is_empty());
        troubles.apply(4, Entry::Key("a".into(), mark(true)));
        // A letter whose writer did not know of the release.
        troubles.apply(5, letter(5, "a", false));
        assert_eq!(troubles.released("a"), [(3, 1), (5, 5), (9, 2)]);
        assert_eq!(troubles.dead_of("a"), 0);
        assert_eq!(troubles.since("a"), Some(Timestamp::from_millis(3)));
    }

    #[test]
    fn what_failed_again_is_dead_until_the_next_release() {
        let mut troubles = replay([
            letter(1, "a", false),
            Entry::Key("a".into(), mark(true)),
            letter(1, "a", true),
        ]);
        assert_eq!(troubles.dead_of("a"), 1);
        assert!(troubles.released("a").is_empty());
        troubles.apply(3, Entry::Key("a".into(), mark(true)));
        assert_eq!(troubles.released("a").len(), 1);
    }

    #[test]
    fn the_later_record_of_a_key_holds_also_when_it_is_heard_of_first() {
        let mut troubles = replay([Entry::Key("a".into(), mark(true)), letter(3, "a", false)]);
        // It failed again (2), was released by somebody (4), and failed and was kept (5).
        troubles.apply(5, letter(3, "a", true));
        troubles.apply(4, Entry::Key("a".into(), mark(true)));
        troubles.apply(2, Entry::Key("a".into(), mark(false)));
        troubles.apply(3, Entry::Free("a".into()));
        assert!(troubles.keys.get("a").is_some_and(|parked| parked.mark.releasing));
        assert!(troubles.released("a").is_empty());
        troubles.apply(6, Entry::Free("a".into()));
        assert!(troubles.keys.is_empty());
    }

    #[test]
    fn parked_again_holds_back_all_that_is_left() {
        let troubles = replay([
            Entry::Key("a".into(), mark(true)),
            letter(3, "a", false),
            letter(4, "a", false),
            Entry::Gone(3),
            Entry::Key("a".into(), mark(false)),
        ]);
        assert_eq!(troubles.dead_of("a"), 1);
        assert!(troubles.outdated(Timestamp::from_millis(100)).is_empty(), "held back");
        let freed = replay([letter(3, "a", false), Entry::Free("a".into())]);
        assert_eq!(freed.outdated(Timestamp::from_millis(100)), [3]);
    }
}
