//! Owns a change of the password by who knows the present one.

use contracts::auth::AccountEvent;
use kernel::{SessionId, UserId};
use store::Change;

use super::Local;
use crate::domain::account::Account;
use crate::domain::login::Visitor;
use crate::error::AuthError;

impl Local {
    /// Sets another password and ends every session but `session`. `BadCredentials` when `current` is wrong.
    pub(crate) async fn change_password(
        &self,
        (user, session): (UserId, SessionId),
        current: String,
        new: String,
        visitor: &Visitor,
    ) -> Result<(), AuthError> {
        let account = self.account_of(user).await?;
        let proven = self
            .prove(&format!("account {user}"), Some(account), current, visitor.address)
            .await?;
        let hash = self.hasher.hash(new).await?;
        let now = self.ambient.now();
        let changed = self.repo.accounts.update(user, |account: Account| {
            // Changed or banned while this one was being hashed: what was proven is no longer so.
            if account.epoch != proven.epoch || !account.is_open() {
                return Err(AuthError::BadCredentials);
            }
            let event = self.event(&AccountEvent::PasswordChanged { user_id: user })?;
            Ok(Change::Put(
                account.with_password(hash.clone(), Some(session), now),
                vec![event],
                (),
            ))
        });
        changed.await?.ok_or(AuthError::AccountNotFound)?;
        self.forget_letters(user).await?;
        self.end_void_sessions(user).await
    }
}
