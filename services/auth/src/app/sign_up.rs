//! Owns how somebody becomes a member: handle claimed at user, account made here, claim activated. Refuses to know what a
//! profile holds.
//!
//! A crash after any step loses nothing that was acknowledged: user sweeps claims, asking auth whether the account exists.

use contracts::auth::AccountEvent;
use contracts::user::Profile;
use kernel::{ErrorCode, Fault, UserId};
use store::StoreError;

use super::App;
use super::open_session::Tokens;
use crate::domain::account::Account;
use crate::domain::letter::Errand;
use crate::domain::login::{Visitor, normal};
use crate::error::AuthError;
use crate::repo::EMAIL_INDEX;

/// Somebody who wants to become a member.
pub(crate) struct Newcomer {
    pub email: String,
    pub password: String,
    pub handle: String,
    pub display_name: String,
}

impl App {
    /// Makes an account and its first session. `EmailTaken`; from user `user.handle_taken` and `Invalid`.
    pub(crate) async fn sign_up(&self, newcomer: Newcomer, visitor: &Visitor) -> Result<(Profile, Tokens), AuthError> {
        let local = &self.local;
        let Newcomer {
            email,
            password,
            handle,
            display_name,
        } = newcomer;
        let email = normal(&email);
        local.guesses.sign_up(visitor.address).await?;
        // Looked at before the hash, which is dear; the claim and the unique index decide.
        if local.repo.account_by_email(&email).await?.is_some() {
            return Err(AuthError::EmailTaken);
        }
        if self.users.by_handle(&handle).await?.is_some() {
            return Err(Fault::new(
                ErrorCode::Conflict,
                "user.handle_taken",
                "Another person has this handle.",
            )
            .into());
        }
        let hash = local.hasher.hash(password).await?;
        let id: UserId = local.ambient.id();
        let profile = self.users.claim(id, &handle, &display_name).await?;
        let account = new_account(local, id, email.clone(), hash);
        let registered = AccountEvent::Registered {
            user_id: id,
            handle,
            display_name,
        };
        if let Err(refused) = local
            .repo
            .accounts
            .insert(&account, vec![local.event(&registered)?])
            .await
        {
            return Err(self.give_back(id, refused).await);
        }
        self.users.activate(id).await?;
        if !account.email_verified {
            local.write_letter(Errand::VerifyEmail, Some((id, email))).await?;
        }
        Ok((profile, local.open_session(&account, visitor).await?))
    }

    /// Gives the claimed handle back when the account could surely not be made.
    async fn give_back(&self, id: UserId, refused: StoreError) -> AuthError {
        let taken = matches!(&refused, StoreError::Unique { index } if index == EMAIL_INDEX);
        // After any other failure the account may exist after all: user's sweep will find out.
        if taken && let Err(e) = self.users.release(id).await {
            tracing::warn!("the claim of {id} is left to the sweep: {e}");
        }
        if taken { AuthError::EmailTaken } else { refused.into() }
    }
}

/// Tells whether addresses of its domain count as proven.
fn is_proven(local: &super::Local, email: &str) -> bool {
    let domain = email.rsplit_once('@').map(|(_, domain)| domain);
    domain.is_some_and(|domain| {
        local
            .config
            .proven_domains
            .iter()
            .any(|proven| proven.eq_ignore_ascii_case(domain))
    })
}

fn new_account(local: &super::Local, id: UserId, email: String, hash: String) -> Account {
    Account {
        id,
        created_at: local.ambient.now(),
        email_verified: is_proven(local, &email),
        email: Some(email),
        password: Some(hash),
        epoch: 0,
        kept_session: None,
        voided_at: None,
        factor: None,
        enrolling: None,
        banned_at: None,
        ban_reason: None,
        erased_at: None,
    }
}
