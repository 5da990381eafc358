//! Owns the proof of an e-mail address.

use contracts::auth::AccountEvent;
use kernel::UserId;
use store::Change;

use super::Local;
use crate::domain::account::Account;
use crate::domain::letter::Errand;
use crate::domain::login::Visitor;
use crate::error::AuthError;

impl Local {
    /// Takes the token of a letter as proof that its address is its owner's.
    pub(crate) async fn verify_email(&self, token: &str) -> Result<(), AuthError> {
        let letter = self.find_letter(token, &[Errand::VerifyEmail]).await?;
        let user = letter.user_id.ok_or(AuthError::OneTimeTokenInvalid)?;
        let proven = self.repo.accounts.update(user, |account: Account| {
            if account.erased_at.is_some() || account.email != letter.to {
                return Err(AuthError::OneTimeTokenInvalid);
            }
            if account.email_verified {
                return Ok(Change::Keep(()));
            }
            let event = self.event(&AccountEvent::EmailVerified { user_id: user })?;
            Ok(Change::Put(
                Account {
                    email_verified: true,
                    ..account
                },
                vec![event],
                (),
            ))
        });
        proven.await?.ok_or(AuthError::OneTimeTokenInvalid)?;
        // Used up only now: a crash before leaves a token that proves the same again.
        self.use_up(&letter).await
    }

    /// Sends another letter to who has not proven the address yet. `TooManyAttempts` after a few.
    pub(crate) async fn resend_verification(&self, user: UserId, visitor: &Visitor) -> Result<(), AuthError> {
        let account = self.account_of(user).await?;
        let Some(email) = account.email.filter(|_| !account.email_verified) else {
            return Ok(());
        };
        self.guesses.letter_from(visitor.address).await?;
        // Beyond its allowance the address gets no more letters, whoever asks; the answer is the same.
        if self.guesses.letter_to(&email).await? {
            self.write_letter(Errand::VerifyEmail, Some((user, email))).await?;
        }
        Ok(())
    }
}
