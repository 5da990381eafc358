//! Owns setting up, using and removing a second factor. Refuses to use a code twice, and to switch one in silence.

use kernel::UserId;
use store::Change;

use super::Local;
use crate::domain::account::{Account, Factor, recovery_digest};
use crate::domain::letter::Errand;
use crate::domain::login::Visitor;
use crate::domain::totp::{self, Code, RECOVERY_CODES, SECRET_BYTES};
use crate::error::AuthError;

/// What an authenticator app must know.
pub(crate) struct Provision {
    pub secret: String,
    pub url: String,
}

impl Local {
    /// Begins to set up a second factor, anew when it was begun before. `TotpEnabled` when there is one.
    pub(crate) async fn enroll_totp(&self, user: UserId) -> Result<Provision, AuthError> {
        let key = self.ambient.bytes::<SECRET_BYTES>();
        let sealed = self.secret.seal(&user.to_string(), &key)?;
        let email = self.repo.accounts.update(user, |account: Account| {
            if account.factor.is_some() {
                return Err(AuthError::TotpEnabled);
            }
            let email = account.email.clone().ok_or(AuthError::AccountNotFound)?;
            Ok(Change::Put(
                Account {
                    enrolling: Some(sealed.clone()),
                    ..account
                },
                Vec::new(),
                email,
            ))
        });
        let email = email.await?.ok_or(AuthError::AccountNotFound)?;
        let (secret, url) = totp::provision(&key, &self.config.product_name, &email)?;
        Ok(Provision { secret, url })
    }

    /// Turns the second factor on, proven by a first code, and gives the recovery codes, which are shown this once.
    pub(crate) async fn confirm_totp(
        &self,
        user: UserId,
        code: &str,
        visitor: &Visitor,
    ) -> Result<Vec<String>, AuthError> {
        let attempt = self
            .guesses
            .begin(&format!("factor {user}"), visitor.address, true)
            .await?;
        let (owner, now) = (user.to_string(), self.ambient.now());
        let Code::Digits(digits) = Code::read(code) else {
            return Err(AuthError::TotpWrong);
        };
        let codes: Vec<String> = (0..RECOVERY_CODES)
            .map(|_| totp::recovery_code(self.ambient.bytes()))
            .collect();
        let digest = |code: &String| match Code::read(code) {
            Code::Recovery(plain) | Code::Digits(plain) => recovery_digest(&owner, &plain, &self.secret),
        };
        let recovery: Vec<String> = codes.iter().map(digest).collect();
        let account = self.account_of(user).await?;
        let email = account.email.clone().ok_or(AuthError::AccountNotFound)?;
        let letter = self.new_letter(Errand::FactorOn, Some((user, email)));
        let confirmed = |account: Account| {
            if account.factor.is_some() {
                return Err(AuthError::TotpEnabled);
            }
            let sealed = account.enrolling.clone().ok_or(AuthError::TotpNotEnrolled)?;
            let step = totp::step_of(&self.secret.unseal(&owner, &sealed)?, &digits, now)?;
            let factor = Factor {
                sealed,
                last_step: step.ok_or(AuthError::TotpWrong)?,
                recovery: recovery.clone(),
                letter: Some(letter.id.clone()),
            };
            Ok(Account {
                factor: Some(factor),
                enrolling: None,
                ..account
            })
        };
        // A wrong guess is refused before anything is written.
        confirmed(account)?;
        let switch = async {
            let on = self.repo.accounts.update(user, |account: Account| {
                confirmed(account).map(|next| Change::Put(next, Vec::new(), ()))
            });
            on.await?.ok_or(AuthError::AccountNotFound)
        };
        self.telling(&letter, switch).await?;
        attempt.was_right().await?;
        Ok(codes)
    }

    /// Turns the second factor off, proven by the password and a code.
    pub(crate) async fn disable_totp(
        &self,
        user: UserId,
        password: String,
        code: &str,
        visitor: &Visitor,
    ) -> Result<(), AuthError> {
        let account = self.account_of(user).await?;
        if account.factor.is_none() {
            return Err(AuthError::TotpDisabled);
        }
        let account = self
            .prove(&format!("account {user}"), Some(account), password, visitor.address)
            .await?;
        self.prove_factor(&account, Some(code), visitor.address).await?;
        let email = account.email.clone().ok_or(AuthError::AccountNotFound)?;
        let letter = self.new_letter(Errand::FactorOff, Some((user, email)));
        let switch = async {
            let off = self.repo.accounts.update(user, |account: Account| {
                if account.factor.is_none() {
                    return Err(AuthError::TotpDisabled);
                }
                Ok(Change::Put(account.without_factor(), Vec::new(), ()))
            });
            off.await?.ok_or(AuthError::AccountNotFound)
        };
        self.telling(&letter, switch).await
    }

    /// Uses a code of the second factor up. `TotpWrong` when it is none, or was used before.
    pub(crate) async fn use_code(&self, user: UserId, code: &str) -> Result<(), AuthError> {
        let (code, now) = (Code::read(code), self.ambient.now());
        let used = self.repo.accounts.update(user, |mut account: Account| {
            if !account.use_code(&code, &self.secret, now)? {
                return Err(AuthError::TotpWrong);
            }
            Ok(Change::Put(account, Vec::new(), ()))
        });
        used.await?.ok_or(AuthError::AccountNotFound)
    }
}
