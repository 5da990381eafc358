//! Owns whose account has ended, so that what was under way then leaves nothing behind. The store knows all of them; memory
//! the latest, for where nothing can be waited for. Refuses to know what is done about it.

use std::collections::HashSet;
use std::sync::Arc;

use kernel::UserId;
use moka::sync::Cache;
use store::StoreError;

use crate::domain::gone::Ending;
use crate::repo::Repo;

/// How many are known without asking the store.
const KNOWN_MAX: u64 = 50_000;

/// Those who are gone.
pub(crate) struct Gone {
    repo: Arc<Repo>,
    known: Cache<UserId, Ending>,
}

impl Gone {
    pub(crate) fn new(repo: Arc<Repo>) -> Arc<Self> {
        Arc::new(Self {
            repo,
            known: Cache::new(KNOWN_MAX),
        })
    }

    /// Notes that the account of `user` ended. To be done before anything of theirs is removed: whoever writes something
    /// afterwards then sees it.
    pub(crate) async fn note(&self, user: UserId, ending: Ending) -> Result<(), StoreError> {
        self.remember(user, ending);
        self.repo.note_gone(user, ending).await
    }

    /// Tells how the account of `user` ended, as far as memory knows.
    pub(crate) fn known(&self, user: UserId) -> Option<Ending> {
        self.known.get(&user)
    }

    /// Tells how the account of `user` ended.
    pub(crate) async fn ending(&self, user: UserId) -> Result<Option<Ending>, StoreError> {
        if let Some(Ending::Erased) = self.known(user) {
            return Ok(Some(Ending::Erased));
        }
        let ending = self.repo.gone(user).await?;
        if let Some(ending) = ending {
            self.remember(user, ending);
        }
        Ok(ending)
    }

    /// Returns those of `users` (at most 1,001) who were erased.
    pub(crate) async fn erased_of(&self, users: impl Iterator<Item = UserId>) -> Result<HashSet<UserId>, StoreError> {
        let (mut erased, unknown): (HashSet<UserId>, HashSet<UserId>) =
            users.partition(|user| self.known(*user) == Some(Ending::Erased));
        if unknown.is_empty() {
            return Ok(erased);
        }
        for doc in self.repo.gone_of(&unknown).await? {
            self.remember(doc.id, doc.ending);
            if doc.ending == Ending::Erased {
                erased.insert(doc.id);
            }
        }
        Ok(erased)
    }

    fn remember(&self, user: UserId, ending: Ending) {
        if self.known(user).is_none_or(|known| known < ending) {
            self.known.insert(user, ending);
        }
    }
}
