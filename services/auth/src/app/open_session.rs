//! Owns the beginning of a session and the pair of tokens that it gives. Refuses to know how its owner was proven.

use kernel::SessionId;

use super::Local;
use crate::domain::account::Account;
use crate::domain::login::Visitor;
use crate::domain::refresh_token::RefreshToken;
use crate::domain::session::{REFRESH_TTL, Session};
use crate::error::AuthError;

/// What a client gets to prove itself with.
pub(crate) struct Tokens {
    pub access: String,
    pub refresh: String,
}

impl Local {
    /// Begins a session of `account`, which has just been proven as it was read; the oldest ends when there are too many.
    pub(crate) async fn open_session(&self, account: &Account, visitor: &Visitor) -> Result<Tokens, AuthError> {
        let max = self.config.sessions_per_user_max.clamp(1, 1000);
        for oldest in self
            .repo
            .live_sessions(account.id, max + 1)
            .await?
            .iter()
            .rev()
            .skip(max - 1)
        {
            self.end_session(oldest.user_id, oldest.id).await?;
        }
        let now = self.ambient.now();
        let session = Session {
            id: self.ambient.id::<SessionId>(),
            user_id: account.id,
            created_at: now,
            last_used_at: now,
            device: visitor.agent.clone(),
            address: visitor.address,
            seed: self.ambient.token::<16>(),
            generation: 0,
            rotated_at: now,
            expires_at: now + REFRESH_TTL,
            epoch: account.epoch,
            live_since: Some(now),
            revoked_at: None,
        };
        self.repo.sessions.insert(&session, Vec::new()).await?;
        // A change of the password ends the sessions that it finds; one that began meanwhile with the old password finds
        // the change here.
        let account = self.account_of(account.id).await?;
        if !account.admits(&session) {
            self.end_session(session.user_id, session.id).await?;
            return Err(AuthError::BadCredentials);
        }
        self.tokens(&account, &session).await
    }

    /// Gives the tokens of a session as it is now.
    pub(crate) async fn tokens(&self, account: &Account, session: &Session) -> Result<Tokens, AuthError> {
        let access = self.signer.sign(account.id, session.id, self.is_admin(account)).await?;
        Ok(Tokens {
            access,
            refresh: RefreshToken::write(session, &self.secret),
        })
    }
}
