//! Owns what is remembered of what was read, for a while: never what was read before it was forgotten. Refuses to read.

use std::borrow::Borrow;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use moka::sync::Cache;

/// What was read, by what.
pub(crate) struct Remembered<K, V> {
    known: Cache<K, V>,
    /// Grows with everything that is forgotten.
    changes: AtomicU64,
}

/// How much was forgotten when a reading began.
#[derive(Clone, Copy)]
pub(crate) struct Since(u64);

impl<K, V> Remembered<K, V>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// Remembers so many at most, each for so long.
    pub(crate) fn new(most: u64, ttl: Duration) -> Self {
        Self {
            known: Cache::builder().max_capacity(most).time_to_live(ttl).build(),
            changes: AtomicU64::new(0),
        }
    }

    /// Returns what is remembered.
    pub(crate) fn get<Q: Hash + Eq + ?Sized>(&self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        self.known.get(key)
    }

    /// Begins to read. To be called before.
    pub(crate) fn reading(&self) -> Since {
        Since(self.changes.load(Ordering::SeqCst))
    }

    /// Remembers what was read since then, unless anything was forgotten meanwhile: it may be this, as it was before.
    pub(crate) fn insert(&self, since: Since, key: K, value: V)
    where
        K: Clone,
    {
        if self.changes.load(Ordering::SeqCst) != since.0 {
            return;
        }
        self.known.insert(key.clone(), value);
        // Forgotten just between the two, it would stay.
        if self.changes.load(Ordering::SeqCst) != since.0 {
            self.known.invalidate(&key);
        }
    }

    /// Forgets what was read, after a change.
    pub(crate) fn forget<Q: Hash + Eq + ?Sized>(&self, key: &Q)
    where
        K: Borrow<Q>,
    {
        self.changes.fetch_add(1, Ordering::SeqCst);
        self.known.invalidate(key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_read_before_it_was_forgotten_is_not_remembered() {
        let all = Remembered::new(10, Duration::from_secs(60));
        let since = all.reading();
        all.insert(since, "key", 1);
        assert_eq!(all.get("key"), Some(1));
        all.forget("key");
        assert_eq!(all.get("key"), None);
        all.insert(since, "key", 1);
        assert_eq!(all.get("key"), None);
        all.insert(all.reading(), "key", 2);
        assert_eq!(all.get("key"), Some(2));
    }
}
