//! Owns how many requests may carry bytes at once: in all, and for one person or address, so that nobody takes every place.
//! Refuses to know what they carry.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Places of one process, each for somebody.
pub(crate) struct Places<K>(Arc<Inner<K>>);

struct Inner<K> {
    max: usize,
    each_max: usize,
    taken: Mutex<Count<K>>,
}

struct Count<K> {
    all: usize,
    /// As many entries at most as there are places.
    each: HashMap<K, usize>,
}

/// Why there is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Taken {
    /// All are taken.
    All,
    /// One has all that one may have.
    Own,
}

/// A place; free again when it is dropped.
pub(crate) struct Place<K: Eq + Hash> {
    places: Arc<Inner<K>>,
    by: Option<K>,
}

impl<K: Eq + Hash + Clone> Places<K> {
    /// Makes `max` places, of which one may have `each_max`.
    pub(crate) fn new(max: usize, each_max: usize) -> Self {
        let taken = Mutex::new(Count {
            all: 0,
            each: HashMap::new(),
        });
        Self(Arc::new(Inner { max, each_max, taken }))
    }

    /// Takes a place for `by`; who is not known is only bounded with all.
    pub(crate) fn take(&self, by: Option<K>) -> Result<Place<K>, Taken> {
        let mut taken = self.0.count();
        if taken.all >= self.0.max {
            return Err(Taken::All);
        }
        if let Some(by) = &by {
            if taken.each.get(by).is_some_and(|n| *n >= self.0.each_max) {
                return Err(Taken::Own);
            }
            *taken.each.entry(by.clone()).or_default() += 1;
        }
        taken.all += 1;
        drop(taken);
        Ok(Place {
            places: self.0.clone(),
            by,
        })
    }
}

impl<K> Inner<K> {
    fn count(&self) -> MutexGuard<'_, Count<K>> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash> Drop for Place<K> {
    fn drop(&mut self) {
        let mut taken = self.places.count();
        taken.all = taken.all.saturating_sub(1);
        let Some(by) = &self.by else { return };
        if let Some(n) = taken.each.get_mut(by) {
            *n = n.saturating_sub(1);
            if *n == 0 {
                taken.each.remove(by);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_has_so_many_places_and_leaves_the_rest_to_others() {
        let places = Places::new(3, 2);
        let (first, _second) = (places.take(Some(1)).unwrap(), places.take(Some(1)).unwrap());
        assert_eq!(places.take(Some(1)).err(), Some(Taken::Own));
        let _other = places.take(Some(2)).unwrap();
        assert_eq!(places.take(None).err(), Some(Taken::All));
        drop(first);
        let _unknown = places.take(None).unwrap();
        assert_eq!(places.take(Some(3)).err(), Some(Taken::All));
        assert_eq!(places.0.count().each.len(), 2);
    }
}
