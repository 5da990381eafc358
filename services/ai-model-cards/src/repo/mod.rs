//! Owns the documents in the store. Refuses to decide anything.

pub(crate) mod cards;
pub(crate) mod handles;
pub(crate) mod reservations;
pub(crate) mod reviews;
pub(crate) mod revisions;
pub(crate) mod tallies;

use std::sync::Arc;
use std::time::Duration;

use kernel::Ambient;
use store::{Spec, StoreError};
use tokio::sync::{Mutex, OwnedMutexGuard};
use uuid::Uuid;

use crate::domain::card::Card;
use crate::domain::handle::Claim;
use crate::domain::reservation::Reservation;
use crate::domain::review::{Review, Tally};
use crate::repo::revisions::RevisionDoc;

/// Every collection of the service, for whoever moves or counts all of its documents.
pub const COLLECTIONS: &[Spec] = &[
    Spec::of::<Card>(),
    Spec::of::<RevisionDoc>(),
    Spec::of::<Claim>(),
    Spec::of::<Reservation>(),
    Spec::of::<Review>(),
    Spec::of::<Tally>(),
];

/// Number of shards: in each, one document at a time is written by this process.
const SHARDS: usize = 64;
/// How often a write is begun anew after others were faster 32 times in a row: other processes, since those of this one queue.
const PATIENCE: u32 = 20;
/// The pause before that, drawn by half.
const PAUSE: Duration = Duration::from_millis(40);

/// The queues in which this process's writers of one document wait for each other. Contention is only ever with other processes,
/// and is waited out.
#[derive(Clone)]
pub(crate) struct Queues {
    shards: Arc<Vec<Arc<Mutex<()>>>>,
    ambient: Ambient,
}

impl Queues {
    pub(crate) fn new(ambient: Ambient) -> Self {
        let shards = std::iter::repeat_with(Arc::default).take(SHARDS).collect();
        Self {
            shards: Arc::new(shards),
            ambient,
        }
    }

    /// Waits for one's turn to write the document of this id; it ends when the answer is dropped.
    pub(crate) async fn turn(&self, id: Uuid) -> Option<OwnedMutexGuard<()>> {
        // The tail of a UUIDv7 is random.
        let [.., last] = *id.as_bytes();
        match self.shards.get(usize::from(last) % SHARDS) {
            Some(shard) => Some(shard.clone().lock_owned().await),
            None => None,
        }
    }

    /// Waits before the attempt after `attempt`; fails as busy when patience is at its end.
    pub(crate) async fn pause(&self, attempt: u32) -> Result<(), StoreError> {
        if attempt >= PATIENCE {
            return Err(StoreError::Busy);
        }
        // Between half of it and one and a half.
        let [dice] = self.ambient.bytes::<1>();
        tokio::time::sleep(PAUSE / 2 + PAUSE * u32::from(dice) / 256).await;
        Ok(())
    }
}
