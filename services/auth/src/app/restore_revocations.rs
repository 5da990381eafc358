//! Owns the memory of ended sessions over a restart, ours or the ephemeral store's: that may have forgotten them while their access
//! tokens still live.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use chassis::auth::ACCESS_TOKEN_TTL;
use contracts::auth::{revoked_session_key, revoked_user_key};
use kernel::{Fault, Timestamp};
use tokio_util::sync::CancellationToken;

use super::Local;
use crate::error::AuthError;

/// How often auth looks whether the ephemeral store has forgotten everything.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// Stands in the ephemeral store for as long as it has forgotten nothing.
const REMEMBERS: &str = "auth:remembers";

/// Tells the ephemeral store what it has forgotten, until `stop`.
pub(crate) async fn run(local: Arc<Local>, stop: CancellationToken) -> Result<(), Fault> {
    loop {
        if let Err(error) = local.remind().await {
            tracing::debug!(%error, "whether ended sessions are remembered is not known");
        }
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

impl Local {
    /// Marks again what lately ended, if the ephemeral store has forgotten everything or did not take a mark.
    async fn remind(&self) -> Result<(), AuthError> {
        let remembers = self.ephemeral.get(REMEMBERS).await?.is_some();
        if !self.unmarked.swap(false, Ordering::AcqRel) && remembers {
            return Ok(());
        }
        self.restore_revocations().await?;
        // The last of all: what was cut short is done again.
        let remembered = self
            .ephemeral
            .set(REMEMBERS, Bytes::from_static(b"1"), ACCESS_TOKEN_TTL);
        Ok(remembered.await?)
    }

    /// Marks again every session and account that ended within the life of an access token.
    pub(crate) async fn restore_revocations(&self) -> Result<(), AuthError> {
        let since = self.ambient.now() - ACCESS_TOKEN_TTL;
        let mut cursor = None;
        loop {
            let page = self.repo.revoked_since(since, cursor.as_deref()).await?;
            for session in page.items {
                self.mark_until(&revoked_session_key(session.id), session.revoked_at)
                    .await?;
            }
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        self.restore_accounts(since).await
    }

    async fn restore_accounts(&self, since: Timestamp) -> Result<(), AuthError> {
        for banned in [true, false] {
            let mut cursor = None;
            loop {
                let page = match banned {
                    true => self.repo.banned_since(since, cursor.as_deref()).await?,
                    false => self.repo.erased_since(since, cursor.as_deref()).await?,
                };
                for account in page.items {
                    self.mark_until(&revoked_user_key(account.id), account.banned_at.or(account.erased_at))
                        .await?;
                }
                cursor = page.next_cursor;
                if cursor.is_none() {
                    break;
                }
            }
        }
        Ok(())
    }

    async fn mark_until(&self, key: &str, ended_at: Option<Timestamp>) -> Result<(), AuthError> {
        let now = self.ambient.now();
        let left = (ended_at.unwrap_or(now) + ACCESS_TOKEN_TTL).since(now);
        if left.is_zero() {
            Ok(())
        } else {
            self.mark(key, left).await
        }
    }
}
