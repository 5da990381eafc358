//! Owns the order in which this process's writers of one document write: one after another, and patient with other processes.
//! Refuses to know what they write.
//!
//! Where many write one document at once, compare-and-set alone lets most of them lose again and again. Those of one process wait in
//! line instead; contention is then only ever with other processes, and is waited out.

use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher, Hash};
use std::sync::Arc;
use std::time::Duration;

use kernel::Ambient;
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::StoreError;

/// Number of lines: in each, one document at a time is written by this process.
const LINES: u64 = 64;
/// How often a write is begun anew after others were faster as often as [`crate::Collection::update`] tries.
const PATIENCE: u32 = 20;
/// The pause before that, about.
const PAUSE: Duration = Duration::from_millis(40);

/// The lines in which writers wait for their turn. Clones share them.
#[derive(Clone)]
pub struct Turns {
    lines: Arc<Vec<Arc<Mutex<()>>>>,
    ambient: Ambient,
}

impl Turns {
    /// Begins with nobody waiting.
    pub fn new(ambient: Ambient) -> Self {
        let lines = (0..LINES).map(|_| Arc::default()).collect();
        Self {
            lines: Arc::new(lines),
            ambient,
        }
    }

    /// Waits for one's turn to write the document of this key; it ends when the answer is dropped.
    pub async fn turn(&self, key: impl Hash) -> Option<OwnedMutexGuard<()>> {
        let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(key);
        let line = self.lines.get(usize::try_from(hash % LINES).unwrap_or_default())?;
        Some(line.clone().lock_owned().await)
    }

    /// Waits before the attempt after `attempt`, counted from 0; `Busy` when patience is at its end, after about 0.8 s.
    pub async fn pause(&self, attempt: u32) -> Result<(), StoreError> {
        if attempt >= PATIENCE {
            return Err(StoreError::Busy);
        }
        tokio::time::sleep(self.ambient.about(PAUSE)).await;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn writers_of_one_document_wait_for_each_other_in_the_order_they_came() {
        let turns = Turns::new(Ambient::system());
        let first = turns.turn("a").await;
        let (mut second, mut third) = (Box::pin(turns.turn("a")), Box::pin(turns.turn("a")));
        assert!(second.as_mut().now_or_never().is_none());
        assert!(third.as_mut().now_or_never().is_none());
        drop(first);
        assert!(third.as_mut().now_or_never().is_none());
        assert!(second.now_or_never().is_some());
    }

    #[tokio::test]
    async fn patience_with_other_processes_ends() {
        let turns = Turns::new(Ambient::system());
        assert!(turns.pause(PATIENCE - 1).await.is_ok(), "after a pause");
        assert!(matches!(turns.pause(PATIENCE).await, Err(StoreError::Busy)));
    }
}
