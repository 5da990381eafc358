//! Owns what time makes necessary: keys are rotated, and what nobody needs any more is removed.

use std::sync::Arc;
use std::time::Duration;

use chassis::auth::ACCESS_TOKEN_TTL;
use kernel::Fault;
use tokio_util::sync::CancellationToken;

use super::Local;
use crate::error::AuthError;
use crate::repo::BATCH;

/// How often.
const EVERY: Duration = Duration::from_secs(60);
/// Ends of sessions that began a shorter while ago are still under way.
const UNDER_WAY_MAX: Duration = Duration::from_secs(5);
/// How long an ended session and an erased account are remembered: longer than an access token lives.
const REMEMBERED: Duration = ACCESS_TOKEN_TTL.saturating_add(Duration::from_secs(60));

/// Keeps up until `stop`.
pub(crate) async fn run(local: Arc<Local>, stop: CancellationToken) -> Result<(), Fault> {
    loop {
        local.signer.rotate().await?;
        local.finish_ends().await?;
        local.sweep().await?;
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

impl Local {
    /// Makes good what a crash or a lost client cut short: sessions made void and not ended, marks not set.
    async fn finish_ends(&self) -> Result<(), AuthError> {
        for account in self.repo.voided_before(self.ambient.now() - UNDER_WAY_MAX).await? {
            self.end_void_sessions(account.id).await?;
        }
        self.restore_revocations().await
    }

    /// Removes sessions, letters and traces of erased accounts whose time is over.
    async fn sweep(&self) -> Result<(), AuthError> {
        let now = self.ambient.now();
        loop {
            let sessions = self.repo.dead_sessions(now, now - REMEMBERED).await?;
            let letters = self.repo.expired_letters(now).await?;
            for session in &sessions {
                self.repo.sessions.delete(session).await?;
            }
            for letter in &letters {
                self.repo.letters.delete(&letter.id).await?;
            }
            if sessions.len() < BATCH && letters.len() < BATCH {
                break;
            }
        }
        for account in self.repo.erased_before(now - REMEMBERED).await? {
            self.purge(account.id).await?;
            self.repo.accounts.delete(account.id).await?;
        }
        Ok(())
    }
}
