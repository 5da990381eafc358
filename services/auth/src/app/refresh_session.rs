//! Owns the rotation of a refresh token. Refuses to say why a token does not hold, except that it was used before.

use std::net::IpAddr;

use contracts::auth::AccountEvent;
use store::Change;

use super::Local;
use super::open_session::Tokens;
use crate::domain::refresh_token::RefreshToken;
use crate::domain::session::{Session, Verdict};
use crate::error::AuthError;

impl Local {
    /// Takes a refresh token and gives its successor. `RefreshReused` ends the session: somebody has a copy.
    pub(crate) async fn refresh(&self, text: &str, address: Option<IpAddr>) -> Result<Tokens, AuthError> {
        let token = RefreshToken::read(text).ok_or(AuthError::RefreshInvalid)?;
        let found = self.repo.sessions.get(token.session).await?;
        let session = found
            .filter(|s| token.is_of(s, &self.secret))
            .ok_or(AuthError::RefreshInvalid)?;
        let account = self
            .repo
            .accounts
            .get(session.user_id)
            .await?
            .ok_or(AuthError::RefreshInvalid)?;
        if !account.admits(&session) {
            // It outlived a change of the password that was cut short by a crash.
            self.end_session(session.user_id, session.id).await?;
            return Err(AuthError::RefreshInvalid);
        }
        let judged = self.judge(&token, address).await?;
        let (verdict, session) = judged.ok_or(AuthError::RefreshInvalid)?;
        match verdict {
            Verdict::Rotate | Verdict::SameAgain => self.tokens(&account, &session).await,
            Verdict::Unknown | Verdict::Expired => Err(AuthError::RefreshInvalid),
            Verdict::Reused => {
                tracing::warn!(user = %session.user_id, session = %session.id, "a rotated refresh token was used again");
                self.mark_ended(session.id).await?;
                Err(AuthError::RefreshReused)
            }
        }
    }

    /// Judges the token and writes what follows from it; returns the session as it is then.
    async fn judge(
        &self,
        token: &RefreshToken,
        address: Option<IpAddr>,
    ) -> Result<Option<(Verdict, Session)>, AuthError> {
        let now = self.ambient.now();
        let sessions = &self.repo.sessions;
        sessions
            .update(token.session, |session: Session| {
                let verdict = session.judge(token.generation, now);
                let (user_id, session_id) = (session.user_id, session.id);
                Ok(match verdict {
                    Verdict::Rotate => {
                        let next = session.rotated(now, address);
                        Change::Put(next.clone(), Vec::new(), (verdict, next))
                    }
                    Verdict::Reused => {
                        let events = vec![
                            self.event(&AccountEvent::RefreshReuseDetected { user_id, session_id })?,
                            self.event(&AccountEvent::SessionRevoked { user_id, session_id })?,
                        ];
                        let ended = session.ended(now);
                        Change::Put(ended.clone(), events, (verdict, ended))
                    }
                    Verdict::SameAgain | Verdict::Unknown | Verdict::Expired => Change::Keep((verdict, session)),
                })
            })
            .await
    }
}
