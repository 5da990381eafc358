//! What auth tells the others: facts about accounts, and the questions they may ask it.

use async_trait::async_trait;
use kernel::{Fault, SessionId, UserId};
use serde::{Deserialize, Serialize};

use crate::event::{EventBody, Topic, topic};

/// Facts about an account, on `social.account.v1`, keyed by user.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum AccountEvent {
    /// A person signed up.
    Registered {
        user_id: UserId,
        handle: String,
        display_name: String,
    },
    /// The e-mail address is proven.
    EmailVerified { user_id: UserId },
    /// The password is another one now.
    PasswordChanged { user_id: UserId },
    /// A session ended (sign-out, by its owner from elsewhere, password change).
    SessionRevoked { user_id: UserId, session_id: SessionId },
    /// A rotated refresh token was used again; its family is revoked.
    RefreshReuseDetected { user_id: UserId, session_id: SessionId },
    /// The account may no longer sign in.
    Banned { user_id: UserId, reason: String },
    /// The account is gone; others erase what they hold.
    Deleted { user_id: UserId },
}

impl AccountEvent {
    /// Returns whose account it is.
    pub fn user_id(&self) -> UserId {
        match self {
            Self::Registered { user_id, .. }
            | Self::EmailVerified { user_id }
            | Self::PasswordChanged { user_id }
            | Self::SessionRevoked { user_id, .. }
            | Self::RefreshReuseDetected { user_id, .. }
            | Self::Banned { user_id, .. }
            | Self::Deleted { user_id } => *user_id,
        }
    }
}

impl EventBody for AccountEvent {
    const TOPIC: Topic = topic::ACCOUNT;
    const SOURCE: &'static str = "auth";
    fn kind(&self) -> &'static str {
        match self {
            Self::Registered { .. } => "account.registered",
            Self::EmailVerified { .. } => "account.email_verified",
            Self::PasswordChanged { .. } => "account.password_changed",
            Self::SessionRevoked { .. } => "account.session_revoked",
            Self::RefreshReuseDetected { .. } => "account.refresh_reuse_detected",
            Self::Banned { .. } => "account.banned",
            Self::Deleted { .. } => "account.deleted",
        }
    }
    fn key(&self) -> String {
        self.user_id().to_string()
    }
}

/// The part of an account that only its owner sees.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AccountSummary {
    /// E-mail address as given at sign-up, lower case.
    pub email: String,
    /// Whether the address is proven.
    pub email_verified: bool,
    /// Whether sign-in asks for a second factor.
    pub totp_enabled: bool,
}

/// What other services may ask auth.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// Returns the JSON Web Key Set (RFC 7517) that access tokens are checked with.
    async fn jwks(&self) -> Result<String, Fault>;
    /// Returns the owner's view of an account, or `NotFound`.
    async fn account(&self, user: UserId) -> Result<AccountSummary, Fault>;
    /// Erases an account after checking its password (`auth.bad_credentials`); ends all sessions.
    async fn erase(&self, user: UserId, password: &str) -> Result<(), Fault>;
    /// Tells whether a session of `user` has ended, for its own sake or with the account. For checks of tokens while the ephemeral store does
    /// not answer, which is asked first.
    async fn has_ended(&self, user: UserId, session: SessionId) -> Result<bool, Fault>;
    /// Bans an account: sessions end, sign-in is refused.
    async fn ban(&self, user: UserId, reason: &str) -> Result<(), Fault>;
}

/// The ephemeral key under which an ended session is known until its last access token has expired.
/// Every process's token check looks here, so that sign-out works at once everywhere.
pub fn revoked_session_key(session: SessionId) -> String {
    format!("auth:revoked:{session}")
}

/// The ephemeral key under which a banned or deleted person is known, for as long as an access token may live.
pub fn revoked_user_key(user: UserId) -> String {
    format!("auth:banned:{user}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The samples are the wire of version 1 for ever: what was written once must be readable by every later version.
    #[test]
    fn every_sample_of_version_1_is_read_and_written_the_same() {
        let samples: Vec<serde_json::Value> =
            serde_json::from_str(include_str!("../samples/social.account.v1.json")).unwrap();
        let mut kinds = Vec::new();
        for sample in samples {
            let event: AccountEvent = serde_json::from_value(sample.clone()).unwrap();
            assert_eq!(serde_json::to_value(&event).unwrap(), sample);
            kinds.push(event.kind());
        }
        kinds.dedup();
        assert_eq!(kinds.len(), 7, "one sample of each");
    }
}
