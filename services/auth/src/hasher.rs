//! Owns the place where passwords are hashed: few at once, on blocking threads, with a bounded queue before them. Refuses
//! to know whose password it is.

use std::sync::Arc;

use kernel::{Ambient, Fault};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::domain::password::{self, Match, NOBODYS_HASH};
use crate::error::AuthError;

/// How many hashes run at once; each takes 19 MiB and a core.
pub(crate) const AT_ONCE_MAX: usize = 2;

/// Hashes and compares passwords.
pub(crate) struct Hasher {
    /// Those who hash or wait.
    places: Arc<Semaphore>,
    /// Those who hash.
    slots: Arc<Semaphore>,
    ambient: Ambient,
}

impl Hasher {
    /// Lets at most `queue_max` wait.
    pub(crate) fn new(queue_max: usize, ambient: Ambient) -> Self {
        let places = Arc::new(Semaphore::new(
            queue_max.saturating_add(AT_ONCE_MAX).min(Semaphore::MAX_PERMITS),
        ));
        Self {
            places,
            slots: Arc::new(Semaphore::new(AT_ONCE_MAX)),
            ambient,
        }
    }

    /// Hashes a new password. `HasherBusy` when the queue is full.
    pub(crate) async fn hash(&self, password: String) -> Result<String, AuthError> {
        let salt = self.ambient.bytes();
        self.run(move || password::hash(&password, &salt)).await
    }

    /// Compares a password with a hash, and with nobody's when there is none: it takes as long and never fits.
    pub(crate) async fn compare(&self, password: String, hash: Option<String>) -> Result<Match, AuthError> {
        self.run(move || match hash {
            Some(hash) => password::compare(&password, &hash),
            None => password::compare(&password, NOBODYS_HASH).map(|_| Match::No),
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, AuthError> {
        let place = self
            .places
            .clone()
            .try_acquire_owned()
            .map_err(|_| AuthError::HasherBusy)?;
        let slot = self.slots.clone().acquire_owned().await.map_err(AuthError::defect)?;
        // The permits go with the work: a caller who leaves does not make room for a third hash.
        let permits: (OwnedSemaphorePermit, OwnedSemaphorePermit) = (place, slot);
        let done = tokio::task::spawn_blocking(move || {
            let result = work();
            drop(permits);
            result
        });
        Ok(done.await.map_err(AuthError::defect)??)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn beyond_the_queue_it_refuses_and_afterwards_it_works_again() {
        let hasher = Arc::new(Hasher::new(3, Ambient::system()));
        let all = futures::future::join_all((0..12).map(|_| hasher.hash("a password".into()))).await;
        let busy = all.iter().filter(|r| matches!(r, Err(AuthError::HasherBusy))).count();
        assert_eq!(busy, 12 - 3 - AT_ONCE_MAX);
        let hash = hasher.hash("a password".into()).await.unwrap();
        assert_eq!(
            hasher.compare("a password".into(), Some(hash)).await.unwrap(),
            Match::Yes
        );
        assert_eq!(hasher.compare("a password".into(), None).await.unwrap(), Match::No);
    }
}
