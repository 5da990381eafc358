//! Owns maps whose entries end by themselves, in one lock (`Rack`) or in many (`Shelf`).
//! Refuses to know what the entries mean and what time it is.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use parking_lot::{Mutex, MutexGuard};

/// Locks of one shelf. A power of two.
const RACKS: usize = 64;
/// Ended entries that a write removes from its own rack: more than one, so that a rack in use shrinks.
const SWEEP_OWN_MAX: usize = 4;
/// Every so many writes another rack is swept too, so that a rack out of use shrinks.
const SWEEP_OTHER_EVERY: usize = 16;
/// Ended entries that such a visit removes.
const SWEEP_OTHER_MAX: usize = 64;

struct Entry<V> {
    value: V,
    end: i64,
}

/// Entries by key, each with an end in milliseconds; at its end an entry is as good as gone.
pub(super) struct Rack<V> {
    entries: HashMap<Arc<str>, Entry<V>>,
    /// Exactly one place for each entry.
    ends: BTreeSet<(i64, Arc<str>)>,
}

impl<V> Default for Rack<V> {
    fn default() -> Self {
        Self {
            entries: HashMap::new(),
            ends: BTreeSet::new(),
        }
    }
}

impl<V> Rack<V> {
    /// Returns a live entry.
    pub fn get(&self, key: &str, now: i64) -> Option<&V> {
        self.entries.get(key).filter(|e| e.end > now).map(|e| &e.value)
    }

    /// Returns a live entry to change.
    pub fn get_mut(&mut self, key: &str, now: i64) -> Option<&mut V> {
        self.entries.get_mut(key).filter(|e| e.end > now).map(|e| &mut e.value)
    }

    /// Tells when the entry ends or ended, without asking for the time.
    pub fn end_of(&self, key: &str) -> Option<i64> {
        self.entries.get(key).map(|e| e.end)
    }

    /// Sets an entry and its end.
    pub fn put(&mut self, key: &str, value: V, end: i64) {
        if let Some(entry) = self.entries.get_mut(key) {
            entry.value = value;
            self.move_end(key, end);
            return;
        }
        let key: Arc<str> = key.into();
        self.ends.insert((end, key.clone()));
        self.entries.insert(key, Entry { value, end });
    }

    /// Moves the end of an entry, if it is there.
    pub fn move_end(&mut self, key: &str, end: i64) {
        let Some((name, _)) = self.entries.get_key_value(key) else {
            return;
        };
        let name = name.clone();
        if let Some(entry) = self.entries.get_mut(key).filter(|e| e.end != end) {
            let place = (entry.end, name.clone());
            entry.end = end;
            self.ends.remove(&place);
            self.ends.insert((end, name));
        }
    }

    /// Removes an entry; returns it when it was live.
    pub fn take(&mut self, key: &str, now: i64) -> Option<V> {
        let (name, entry) = self.entries.remove_entry(key)?;
        self.ends.remove(&(entry.end, name));
        (entry.end > now).then_some(entry.value)
    }

    /// Returns the keys whose end has come, the oldest first.
    pub fn ended(&self, now: i64, limit: usize) -> Vec<Arc<str>> {
        self.ends
            .iter()
            .take_while(|(end, _)| *end <= now)
            .take(limit)
            .map(|(_, key)| key.clone())
            .collect()
    }

    /// Returns the keys of live entries.
    pub fn live(&self, now: i64, limit: usize) -> Vec<String> {
        self.ends
            .range((now + 1, Arc::from(""))..)
            .take(limit)
            .map(|(_, key)| key.to_string())
            .collect()
    }

    /// Returns the last end of all.
    pub fn last_end(&self) -> Option<i64> {
        self.ends.last().map(|(end, _)| *end)
    }

    /// Removes at most `limit` ended entries.
    pub fn sweep(&mut self, now: i64, limit: usize) {
        for _ in 0..limit {
            match self.ends.first() {
                Some((end, _)) if *end <= now => {}
                _ => break,
            }
            if let Some((_, key)) = self.ends.pop_first() {
                self.entries.remove(&key);
            }
        }
        // Give back memory after a flood has passed.
        if self.entries.capacity() > 1024 && self.entries.len() < self.entries.capacity() / 8 {
            self.entries.shrink_to(self.entries.len() * 2);
        }
    }

    /// Returns how many entries are held, ended ones included.
    pub fn len(&self) -> usize {
        self.entries.len()
    }
}

/// A rack in many locks.
pub(super) struct Shelf<V> {
    racks: [Mutex<Rack<V>>; RACKS],
    writes: AtomicUsize,
}

impl<V> Default for Shelf<V> {
    fn default() -> Self {
        Self {
            racks: std::array::from_fn(|_| Mutex::default()),
            writes: AtomicUsize::new(0),
        }
    }
}

impl<V> Shelf<V> {
    /// Locks the rack of `key` to read.
    pub fn read(&self, key: &str) -> MutexGuard<'_, Rack<V>> {
        self.rack(rack_of(key)).lock()
    }

    /// Locks the rack of `key` to write, and sweeps a little.
    pub fn write(&self, key: &str, now: i64) -> MutexGuard<'_, Rack<V>> {
        let writes = self.writes.fetch_add(1, Ordering::Relaxed);
        if writes.is_multiple_of(SWEEP_OTHER_EVERY)
            && let Some(mut other) = self.rack(writes / SWEEP_OTHER_EVERY).try_lock()
        {
            other.sweep(now, SWEEP_OTHER_MAX);
        }
        let mut rack = self.rack(rack_of(key)).lock();
        rack.sweep(now, SWEEP_OWN_MAX);
        rack
    }

    /// Returns how many entries are held, ended ones included.
    pub fn len(&self) -> usize {
        self.racks.iter().map(|r| r.lock().len()).sum()
    }

    #[expect(clippy::indexing_slicing, reason = "the index is taken modulo the length")]
    fn rack(&self, number: usize) -> &Mutex<Rack<V>> {
        &self.racks[number % RACKS]
    }
}

/// Chooses a rack by the last bytes, which differ most in keys that end in an id. The map inside hashes with its own secret.
fn rack_of(key: &str) -> usize {
    let tail = key.as_bytes().rchunks(8).next().unwrap_or_default();
    let word = tail.iter().fold(0u64, |w, b| (w << 8) | u64::from(*b));
    usize::try_from(word.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 58).unwrap_or(0)
}
