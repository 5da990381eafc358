//! Owns the way back in for who forgot the password: a letter, then a new password. Refuses to tell whether an address
//! has an account.

use contracts::auth::AccountEvent;
use kernel::UserId;
use store::{Change, StoreError};

use super::Local;
use crate::domain::account::Account;
use crate::domain::letter::{self, Errand, ID_BYTES, Letter};
use crate::domain::login::{Visitor, normal};
use crate::error::AuthError;

impl Local {
    /// Writes a letter to the owner of `email`. For an address without one, a letter to nobody is written, which takes as
    /// long and goes nowhere.
    pub(crate) async fn forgot_password(&self, email: &str, visitor: &Visitor) -> Result<(), AuthError> {
        self.guesses.letter_from(visitor.address).await?;
        let email = normal(email);
        let account = self.repo.account_by_email(&email).await?.filter(Account::is_open);
        let may = self.guesses.letter_to(&email).await?;
        self.write_letter(Errand::ResetPassword, account.filter(|_| may).map(|a| (a.id, email)))
            .await
    }

    /// Sets another password by the token of a letter; every session ends. The address is proven by it, too.
    pub(crate) async fn reset_password(&self, token: &str, new: String) -> Result<(), AuthError> {
        let letter = self.find_letter(token, Errand::ResetPassword).await?;
        let user = letter.user_id.ok_or(AuthError::OneTimeTokenInvalid)?;
        let hash = self.hasher.hash(new).await?;
        self.use_up(&letter).await?;
        let now = self.ambient.now();
        let changed = self.repo.accounts.update(user, |account: Account| {
            if !account.is_open() || account.email != letter.to {
                return Err(AuthError::OneTimeTokenInvalid);
            }
            let mut events = vec![self.event(&AccountEvent::PasswordChanged { user_id: user })?];
            if !account.email_verified {
                events.push(self.event(&AccountEvent::EmailVerified { user_id: user })?);
            }
            let account = account.with_password(hash.clone(), None, now);
            Ok(Change::Put(
                Account {
                    email_verified: true,
                    ..account
                },
                events,
                (),
            ))
        });
        changed.await?.ok_or(AuthError::OneTimeTokenInvalid)?;
        self.forget_letters(user).await?;
        self.end_void_sessions(user).await
    }

    /// Writes a letter and wakes the worker that sends it.
    pub(crate) async fn write_letter(&self, errand: Errand, to: Option<(UserId, String)>) -> Result<(), AuthError> {
        let letter = Letter::new(self.ambient.token::<ID_BYTES>(), errand, to, self.ambient.now());
        self.repo.letters.insert(&letter, Vec::new()).await?;
        self.letters.notify_one();
        Ok(())
    }

    /// Finds the letter of a token that may still be used for `errand`.
    pub(crate) async fn find_letter(&self, token: &str, errand: Errand) -> Result<Letter, AuthError> {
        let id = letter::id_of(token, &self.secret).ok_or(AuthError::OneTimeTokenInvalid)?;
        let letter = self.repo.letters.get(id).await?;
        letter
            .filter(|l| l.is_good_for(errand, self.ambient.now()))
            .ok_or(AuthError::OneTimeTokenInvalid)
    }

    /// Uses a letter's token up; of many who try at once, one succeeds.
    pub(crate) async fn use_up(&self, letter: &Letter) -> Result<(), AuthError> {
        let removed = self
            .repo
            .letters
            .update(&letter.id, |_| Ok::<_, StoreError>(Change::Remove(Vec::new(), ())));
        removed.await?.ok_or(AuthError::OneTimeTokenInvalid)
    }

    /// Removes the letters that would set this person's password, after it was set.
    pub(crate) async fn forget_letters(&self, user: UserId) -> Result<(), AuthError> {
        for letter in self.repo.letters_to(user).await? {
            if letter.errand == Errand::ResetPassword {
                self.repo.letters.delete(&letter.id).await?;
            }
        }
        Ok(())
    }
}
