//! The worker that sweeps: files that nothing uses, uploads that nobody ends, room that is held for nothing, and what a
//! process that died has left half done.

use std::sync::Arc;
use std::time::Duration;

use kernel::Fault;
use store::Change;
use tokio_util::sync::CancellationToken;

use super::App;
use crate::domain::shelf::{Entry, Shelf};
use crate::error::Error;

/// Batches of one kind in one round.
const BATCHES_MAX: usize = 100;
/// For so long whoever has made an upload whole makes an asset of it.
const WHOLE_GRACE: Duration = Duration::from_secs(60);

/// Sweeps until `stop`.
pub(crate) async fn run(app: Arc<App>, stop: CancellationToken) -> Result<(), Fault> {
    let pause = Duration::from_secs(app.config.times.sweep_seconds);
    while !stop.is_cancelled() {
        app.sweep().await?;
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
    Ok(())
}

impl App {
    pub(crate) async fn sweep(&self) -> Result<(), Error> {
        let now = self.ambient.now();
        for _ in 0..BATCHES_MAX {
            let orphans = self.repo.orphans(now).await?;
            for asset in &orphans {
                let still = |asset: &crate::domain::asset::Asset| asset.orphan_at.is_some_and(|at| at <= now);
                self.repo.remove(asset.id, still).await?;
            }
            if orphans.is_empty() {
                break;
            }
            self.work.notify_one();
        }
        for upload in self.repo.whole(now - WHOLE_GRACE).await? {
            if let Err(e) = self.finish(&upload).await {
                tracing::warn!(id = %upload.id, "an upload that is whole is no asset yet: {e}");
                // Its account is gone, or its bytes are.
                if !e.is_outage() {
                    self.repo.uploads.delete(upload.id).await?;
                    self.undo_unless_asset(upload.owner_id, upload.id).await;
                }
            }
        }
        for _ in 0..BATCHES_MAX {
            let expired = self.repo.expired(now).await?;
            let mut went = 0;
            for upload in expired.iter().filter(|upload| upload.whole_at.is_none()) {
                self.terminate(upload).await?;
                went += 1;
            }
            if went == 0 {
                break;
            }
        }
        let stale = now - (self.config.times.upload() + Duration::from_secs(self.config.times.request_seconds_max));
        for shelf in self.repo.stale_shelves(stale).await? {
            self.tidy(&shelf, stale).await?;
        }
        Ok(())
    }

    /// Settles what has stood on a shelf for longer than anything takes.
    async fn tidy(&self, shelf: &Shelf, stale: kernel::Timestamp) -> Result<(), Error> {
        let (user, now, room) = (shelf.user_id, self.ambient.now(), self.room());
        for Entry { id, bytes, .. } in shelf.held.iter().filter(|e| e.at <= stale).copied() {
            if let Some(asset) = self.repo.assets.get(id).await? {
                self.repo.shelve(user, |s| s.settle(id, asset.counted)).await?;
            } else if self.repo.uploads.get(id).await?.is_some() {
                // It goes on for days; nothing new is asked for.
                let again = self.repo.shelve(user, |s| s.hold(id, bytes, now, room)).await;
                again.or_else(|e| if e.is_outage() { Err(e) } else { Ok(()) })?;
            } else {
                self.undo(user, id).await;
            }
        }
        for Entry { id, .. } in shelf.leaving.iter().filter(|e| e.at <= stale).copied() {
            if self.repo.assets.get(id).await?.is_none() {
                let forget = |s: &mut Shelf| {
                    s.has_left(id);
                    Ok(())
                };
                self.repo.shelve(user, forget).await?;
            }
        }
        if shelf.erased_at.is_some_and(|at| at <= stale) {
            let forgotten = self.repo.shelves.update(user, |s| {
                let empty = s.held.is_empty() && s.leaving.is_empty();
                Ok::<_, Error>(if empty {
                    Change::Remove(Vec::new(), ())
                } else {
                    Change::Keep(())
                })
            });
            forgotten.await?;
        }
        Ok(())
    }
}
