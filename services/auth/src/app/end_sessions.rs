//! Owns the end of sessions before their time: durable first, then known to every token check, and told on the bus.

use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use chassis::auth::ACCESS_TOKEN_TTL;
use contracts::auth::{AccountEvent, revoked_session_key, revoked_user_key};
use kernel::{SessionId, UserId};
use store::Change;

use super::Local;
use crate::domain::account::Account;
use crate::domain::session::Session;
use crate::error::AuthError;
use crate::repo::BATCH;

impl Local {
    /// Ends a session of `user`; one that has ended lately stays ended and is marked again, so that a retry heals a mark
    /// that failed. `SessionNotFound` when it is not theirs or long gone.
    pub(crate) async fn end_session(&self, user: UserId, session: SessionId) -> Result<(), AuthError> {
        let now = self.ambient.now();
        let ended = self.repo.sessions.update(session, |session: Session| {
            if session.user_id != user {
                return Err(AuthError::SessionNotFound);
            }
            if session.revoked_at.is_some() {
                return Ok(Change::Keep(()));
            }
            let event = self.event(&AccountEvent::SessionRevoked {
                user_id: user,
                session_id: session.id,
            })?;
            Ok(Change::Put(session.ended(now), vec![event], ()))
        });
        ended.await?.ok_or(AuthError::SessionNotFound)?;
        self.mark_ended(session).await
    }

    /// Ends all living sessions of `user` but `keep`.
    pub(crate) async fn end_sessions(&self, user: UserId, keep: Option<SessionId>) -> Result<(), AuthError> {
        loop {
            let mut living = self.repo.live_sessions(user, BATCH).await?;
            living.retain(|s| Some(s.id) != keep);
            if living.is_empty() {
                return Ok(());
            }
            for session in living {
                self.end_session(user, session.id).await?;
            }
        }
    }

    /// Ends the sessions that a change of the password or a ban has made void, and notes that it is done. Those that
    /// began with the present password live on.
    pub(crate) async fn end_void_sessions(&self, user: UserId) -> Result<(), AuthError> {
        let Some(account) = self.repo.accounts.get(user).await? else {
            return Ok(());
        };
        let mut cursor = None;
        loop {
            let page = self.repo.live_page(user, BATCH, cursor.as_deref()).await?;
            // Read after the sessions: none of them can have begun with a password that is newer than this.
            let Some(present) = self.repo.accounts.get(user).await? else {
                return Ok(());
            };
            for session in page.items.iter().filter(|session| !present.admits(session)) {
                self.end_session(user, session.id).await?;
            }
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        let noted = self.repo.accounts.update(user, |now: Account| {
            // Voided again meanwhile: that is another's to finish.
            let done = now.epoch == account.epoch;
            let next = Account { voided_at: None, ..now };
            Ok::<_, AuthError>(if done {
                Change::Put(next, Vec::new(), ())
            } else {
                Change::Keep(())
            })
        });
        noted.await.map(drop)
    }

    /// Tells whether a session of `user` is there and has not ended, and neither has the account.
    pub(crate) async fn is_living(&self, user: UserId, session: SessionId) -> Result<bool, AuthError> {
        let session = self.repo.sessions.get(session).await?;
        if session.is_none_or(|s| s.user_id != user || s.revoked_at.is_some()) {
            return Ok(false);
        }
        let account = self.repo.accounts.get(user).await?;
        Ok(account.is_some_and(|a| a.banned_at.is_none() && a.erased_at.is_none()))
    }

    /// Makes every token check refuse this session's access tokens.
    pub(crate) async fn mark_ended(&self, session: SessionId) -> Result<(), AuthError> {
        self.mark(&revoked_session_key(session), ACCESS_TOKEN_TTL).await
    }

    /// Makes every token check refuse all access tokens of a person.
    pub(crate) async fn mark_user_ended(&self, user: UserId) -> Result<(), AuthError> {
        self.mark(&revoked_user_key(user), ACCESS_TOKEN_TTL).await
    }

    pub(crate) async fn mark(&self, key: &str, ttl: Duration) -> Result<(), AuthError> {
        let marked = self.ephemeral.set(key, Bytes::from_static(b"1"), ttl).await;
        Ok(marked.inspect_err(|_| self.unmarked.store(true, Ordering::Release))?)
    }
}
