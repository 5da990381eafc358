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

    /// Sets another password by the token of a letter; every session ends. The address is proven by it, too. The token of
    /// the letter that told of the present second factor switches this off as well.
    pub(crate) async fn reset_password(&self, token: &str, new: String) -> Result<(), AuthError> {
        let errands = [Errand::ResetPassword, Errand::FactorOn];
        let letter = self.find_letter(token, &errands).await?;
        let (user, email) = letter
            .user_id
            .zip(letter.to.clone())
            .ok_or(AuthError::OneTimeTokenInvalid)?;
        let hash = self.hasher.hash(new).await?;
        if letter.errand == Errand::FactorOn {
            // The token works once, for the factor that it undoes is gone then: what fails here can be tried again.
            let told = self.new_letter(Errand::FactorOff, Some((user, email)));
            self.telling(&told, self.replace_password(user, &letter, &hash)).await?;
        } else {
            self.use_up(&letter).await?;
            self.replace_password(user, &letter, &hash).await?;
        }
        self.forget_letters(user).await?;
        self.end_void_sessions(user).await
    }

    async fn replace_password(&self, user: UserId, letter: &Letter, hash: &str) -> Result<(), AuthError> {
        let (now, undo) = (self.ambient.now(), letter.errand == Errand::FactorOn);
        let replaced = self.repo.accounts.update(user, |account: Account| {
            let is_void = undo && !account.is_undone_by(&letter.id);
            if is_void || !account.is_open() || account.email != letter.to {
                return Err(AuthError::OneTimeTokenInvalid);
            }
            let mut events = vec![self.event(&AccountEvent::PasswordChanged { user_id: user })?];
            if !account.email_verified {
                events.push(self.event(&AccountEvent::EmailVerified { user_id: user })?);
            }
            let account = if undo { account.without_factor() } else { account };
            let account = account.with_password(hash.to_owned(), None, now);
            Ok(Change::Put(
                Account {
                    email_verified: true,
                    ..account
                },
                events,
                (),
            ))
        });
        replaced.await?.ok_or(AuthError::OneTimeTokenInvalid)
    }

    /// Makes `switch` and sends `letter`, which tells of it. The letter is in the store before the switch is made, so that
    /// neither a crash nor a client that goes away can make it in silence; when it is refused, nothing is sent.
    pub(crate) async fn telling(
        &self,
        letter: &Letter,
        switch: impl Future<Output = Result<(), AuthError>>,
    ) -> Result<(), AuthError> {
        self.repo.letters.insert(&letter.clone().held(), Vec::new()).await?;
        match switch.await {
            Ok(()) => {}
            // It may have been made after all.
            Err(unsure @ (AuthError::Store(_) | AuthError::Ephemeral(_) | AuthError::Fault(_))) => return Err(unsure),
            Err(refused) => {
                self.repo.letters.delete(&letter.id).await?;
                return Err(refused);
            }
        }
        let released = self.repo.letters.update(&letter.id, |held: Letter| {
            // Taken already by who sends letters: it is on its way.
            Ok::<_, StoreError>(if held.attempts > 0 {
                Change::Keep(())
            } else {
                Change::Put(letter.clone(), Vec::new(), ())
            })
        });
        released.await?;
        self.letters.notify_one();
        Ok(())
    }

    /// Writes a letter and wakes the worker that sends it.
    pub(crate) async fn write_letter(&self, errand: Errand, to: Option<(UserId, String)>) -> Result<(), AuthError> {
        let letter = self.new_letter(errand, to);
        self.repo.letters.insert(&letter, Vec::new()).await?;
        self.letters.notify_one();
        Ok(())
    }

    pub(crate) fn new_letter(&self, errand: Errand, to: Option<(UserId, String)>) -> Letter {
        Letter::new(self.ambient.token::<ID_BYTES>(), errand, to, self.ambient.now())
    }

    /// Finds the letter of a token that may still be used for one of `errands`.
    pub(crate) async fn find_letter(&self, token: &str, errands: &[Errand]) -> Result<Letter, AuthError> {
        let id = letter::id_of(token, &self.secret).ok_or(AuthError::OneTimeTokenInvalid)?;
        let letter = self.repo.letters.get(id).await?;
        letter
            .filter(|l| l.is_good_for(errands, self.ambient.now()))
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
