//! Owns the suspicion that the server has lost what it had acknowledged: after a broken connection nothing is published until each
//! stream's end has been compared with our note. Refuses to know what was in it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::Shared;
use crate::BusError;

/// Whether the connection broke since the last comparison.
#[derive(Clone, Default)]
pub(super) struct Watchman {
    suspicious: Arc<AtomicBool>,
    comparing: Arc<tokio::sync::Mutex<()>>,
}

impl Watchman {
    /// The connection broke: the server may have been restarted.
    pub fn suspect(&self) {
        self.suspicious.store(true, Ordering::Release);
    }

    /// Compares, if there is a reason to. `Unavailable` when something was lost: who has kept events publishes the lost ones first.
    pub async fn look(&self, shared: &Shared) -> Result<(), BusError> {
        if !self.suspicious.load(Ordering::Acquire) {
            return Ok(());
        }
        let before: u64 = shared.channels.values().map(|c| c.generation()).sum();
        let _alone = self.comparing.lock().await;
        // Before the look: a break in the middle of it is a new reason.
        if self.suspicious.swap(false, Ordering::AcqRel) {
            for channel in shared.channels.values() {
                match channel.last(&shared.link).await {
                    Ok(last) => drop(channel.compare(last)),
                    Err(error) => {
                        self.suspect();
                        return Err(error);
                    }
                }
            }
        }
        if shared.channels.values().map(|c| c.generation()).sum::<u64>() == before {
            return Ok(());
        }
        shared.breaks.send_modify(|n| *n += 1);
        Err(BusError::Unavailable(
            "the server has lost events that it had acknowledged".into(),
        ))
    }
}
