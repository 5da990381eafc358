//! Owns the last number of each scope that writes append to. Refuses to guess: a scope that it does not know is read
//! from the index. What is remembered is therefore always the greatest number that was given, and the one after it is
//! free: nobody else writes the file, and writes that do not append make it forget.
//!
//! A number is not given twice while its scope is remembered, even when the newest document is deleted; after a restart
//! (or when a scope was forgotten) counting goes on from the greatest number that is there.

use std::collections::HashMap;

use crate::Key;

/// Scopes that are remembered, over all indexes; beyond that all are forgotten and read again when needed.
pub const SCOPES_MAX: usize = 65_536;

/// The remembered scopes.
#[derive(Default)]
pub struct Numbers {
    last: HashMap<(&'static str, &'static str), HashMap<Key, u64>>,
    scopes: usize,
}

impl Numbers {
    /// Returns the last number given in this scope.
    pub fn last(&self, collection: &'static str, index: &'static str, scope: &Key) -> Option<u64> {
        self.last.get(&(collection, index))?.get(scope).copied()
    }

    /// Notes the last number given in this scope.
    pub fn note(&mut self, collection: &'static str, index: &'static str, scope: &Key, number: u64) {
        if let Some(last) = self
            .last
            .get_mut(&(collection, index))
            .and_then(|scopes| scopes.get_mut(scope))
        {
            *last = number;
            return;
        }
        if self.scopes >= SCOPES_MAX {
            self.forget();
        }
        self.last
            .entry((collection, index))
            .or_default()
            .insert(scope.clone(), number);
        self.scopes += 1;
    }

    /// Forgets the scopes of a collection, since a document came into it, or changed its place, without being appended.
    pub fn forget_of(&mut self, collection: &str) {
        self.forget_where(|of, _| of == collection);
    }

    /// Forgets those of a collection's indexes but one, through which a document was appended.
    pub fn forget_others(&mut self, collection: &str, index: &str) {
        self.forget_where(|of, by| of == collection && by != index);
    }

    fn forget_where(&mut self, gone: impl Fn(&str, &str) -> bool) {
        let scopes = &mut self.scopes;
        self.last.retain(|(of, by), known| {
            let stays = !gone(of, by);
            if !stays {
                *scopes -= known.len();
            }
            stays
        });
    }

    /// Forgets everything, since a batch was undone.
    pub fn forget(&mut self) {
        self.last.clear();
        self.scopes = 0;
    }
}
