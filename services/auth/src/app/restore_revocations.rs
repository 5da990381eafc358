//! Owns the memory of ended sessions over a restart: the ephemeral store may have forgotten them while their access
//! tokens still live.

use chassis::auth::ACCESS_TOKEN_TTL;
use contracts::auth::{revoked_session_key, revoked_user_key};
use kernel::Timestamp;

use super::Local;
use crate::error::AuthError;

impl Local {
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
