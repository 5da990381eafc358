//! Owns the two ways in which an account ends: its owner erases it, or a moderator bans it. Refuses to know what other
//! services hold: they listen.

use contracts::auth::AccountEvent;
use kernel::{Fault, UserId};
use mail::Which;
use store::Change;

use super::Local;
use crate::domain::account::Account;
use crate::error::AuthError;

impl Local {
    /// Erases an account after its password: at once nobody is signed in and nothing personal is left in it; what hangs on
    /// it goes now, or with the next upkeep when this is cut short.
    pub(crate) async fn erase_account(&self, user: UserId, password: &str) -> Result<(), AuthError> {
        if password.chars().count() > crate::domain::password::CHARS_MAX {
            return Err(AuthError::BadCredentials);
        }
        let account = self.account_of(user).await?;
        let address = account.email.clone();
        let proven = self
            .prove(&format!("account {user}"), Some(account), password.to_owned(), None)
            .await?;
        // Afterwards nobody knows the address any more; so a crash in between leaves no mail.
        self.forget_mails(address.as_deref()).await?;
        let now = self.ambient.now();
        let erased = self.repo.accounts.update(user, |account: Account| {
            if account.epoch != proven.epoch {
                return Err(AuthError::BadCredentials);
            }
            let event = self.event(&AccountEvent::Deleted { user_id: user })?;
            Ok(Change::Put(account.erased(now), vec![event], ()))
        });
        erased.await?.ok_or(AuthError::AccountNotFound)?;
        self.mark_user_ended(user).await?;
        self.purge(user).await?;
        // What was on its way meanwhile.
        self.forget_mails(address.as_deref()).await
    }

    async fn forget_mails(&self, address: Option<&str>) -> Result<(), AuthError> {
        if let Some(address) = address {
            self.mailer.forget(Which::To(address)).await.map_err(Fault::internal)?;
        }
        Ok(())
    }

    /// Removes everything that hangs on an erased account.
    pub(crate) async fn purge(&self, user: UserId) -> Result<(), AuthError> {
        loop {
            let sessions = self.repo.all_sessions(user).await?;
            let letters = self.repo.letters_to(user).await?;
            if sessions.is_empty() && letters.is_empty() {
                return Ok(());
            }
            for session in sessions {
                self.repo.sessions.delete(session.id).await?;
            }
            for letter in letters {
                self.repo.letters.delete(letter.id).await?;
            }
        }
    }

    /// Bans an account; one that is banned stays so. Its sessions end.
    pub(crate) async fn ban_account(&self, user: UserId, reason: &str) -> Result<(), AuthError> {
        let now = self.ambient.now();
        let banned = self.repo.accounts.update(user, |account: Account| {
            if account.erased_at.is_some() {
                return Err(AuthError::AccountNotFound);
            }
            if account.banned_at.is_some() {
                return Ok(Change::Keep(()));
            }
            let event = self.event(&AccountEvent::Banned {
                user_id: user,
                reason: reason.to_owned(),
            })?;
            Ok(Change::Put(account.banned(reason.to_owned(), now), vec![event], ()))
        });
        banned.await?.ok_or(AuthError::AccountNotFound)?;
        self.mark_user_ended(user).await?;
        self.end_void_sessions(user).await
    }
}
