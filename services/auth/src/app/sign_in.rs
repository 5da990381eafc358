//! Owns how somebody proves to be a member. Refuses to tell, by answer or by time, whether an account exists.

use std::net::IpAddr;

use contracts::user::Profile;
use kernel::{Fault, UserId};
use store::Change;

use super::open_session::Tokens;
use super::{App, Local};
use crate::domain::account::Account;
use crate::domain::login::{Visitor, network, normal};
use crate::domain::password::Match;
use crate::error::AuthError;
use crate::repo::BATCH;

/// What somebody says to prove themselves.
pub(crate) struct Credentials {
    pub login: String,
    pub password: String,
    pub code: Option<String>,
}

impl App {
    /// Begins a session. `BadCredentials`, `TotpRequired`, `TotpWrong`, `TooManyAttempts`; `Banned` only after the right password.
    pub(crate) async fn sign_in(&self, said: Credentials, visitor: &Visitor) -> Result<(Profile, Tokens), AuthError> {
        let login = normal(&said.login);
        let account = self.find(&login).await?.filter(|a| a.erased_at.is_none());
        let account = self
            .local
            .prove(&format!("login {login}"), account, said.password, visitor.address)
            .await?;
        if account.banned_at.is_some() {
            return Err(AuthError::Banned);
        }
        self.local
            .prove_factor(&account, said.code.as_deref(), visitor.address)
            .await?;
        let tokens = self.local.open_session(&account, visitor).await?;
        let profile = self.users.profiles(&[account.id]).await?.pop();
        Ok((
            profile.ok_or_else(|| Fault::internal(format!("{} has no profile", account.id)))?,
            tokens,
        ))
    }

    async fn find(&self, login: &str) -> Result<Option<Account>, AuthError> {
        if login.contains('@') {
            return Ok(self.local.repo.account_by_email(login).await?);
        }
        match self.users.by_handle(login).await? {
            Some(profile) => Ok(self.local.repo.accounts.get(profile.id).await?),
            None => Ok(None),
        }
    }
}

impl Local {
    /// Proves an account by its password; `None` takes as long and is `BadCredentials` too. `subject` is what the guess is
    /// about: the login as it was typed, so that the count does not tell whether there is an account behind it.
    pub(crate) async fn prove(
        &self,
        subject: &str,
        account: Option<Account>,
        password: String,
        address: Option<IpAddr>,
    ) -> Result<Account, AuthError> {
        let known = match &account {
            Some(account) => self.is_known(account.id, address).await?,
            None => false,
        };
        let attempt = self.guesses.begin(subject, address, known).await?;
        let hash = account.as_ref().and_then(|a| a.password.clone());
        let matched = match self.hasher.compare(password.clone(), hash).await {
            Ok(matched) => matched,
            Err(e) => {
                attempt.withdraw().await?;
                return Err(e);
            }
        };
        match (account, matched) {
            (Some(account), Match::Yes | Match::Outdated) => {
                attempt.was_right().await?;
                if matched == Match::Outdated {
                    self.hash_anew(&account, password).await?;
                }
                Ok(account)
            }
            _ => Err(AuthError::BadCredentials),
        }
    }

    /// Proves the second factor of an account that has one.
    pub(crate) async fn prove_factor(
        &self,
        account: &Account,
        code: Option<&str>,
        address: Option<IpAddr>,
    ) -> Result<(), AuthError> {
        if account.factor.is_none() {
            return Ok(());
        }
        let code = code.ok_or(AuthError::TotpRequired)?;
        let known = self.is_known(account.id, address).await?;
        let attempt = self
            .guesses
            .begin(&format!("factor {}", account.id), address, known)
            .await?;
        self.use_code(account.id, code).await?;
        attempt.was_right().await
    }

    /// Tells whether a living session of `user` was last used from this network.
    pub(crate) async fn is_known(&self, user: UserId, address: Option<IpAddr>) -> Result<bool, AuthError> {
        let living = self.repo.live_sessions(user, BATCH).await?;
        Ok(living.iter().any(|s| s.address.map(network) == address.map(network)))
    }

    /// Replaces a hash of weaker parameters, unless the password has changed meanwhile.
    async fn hash_anew(&self, account: &Account, password: String) -> Result<(), AuthError> {
        let hash = self.hasher.hash(password).await?;
        let replaced = self.repo.accounts.update(account.id, |now: Account| {
            let same = now.password == account.password;
            let next = Account {
                password: Some(hash.clone()),
                ..now.clone()
            };
            Ok::<_, AuthError>(if same {
                Change::Put(next, Vec::new(), ())
            } else {
                Change::Keep(())
            })
        });
        replaced.await.map(drop)
    }
}
