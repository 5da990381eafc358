//! Owns an account and its rules: which sessions it admits, how a second factor is used up, what erasing leaves.
//! Refuses to know profiles (handle, name): these belong to user.

use kernel::{Fault, SessionId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use super::session::Session;
use super::totp::{self, Code};
use crate::secret::{Purpose, Secret};

/// A person's means to sign in.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Account {
    pub id: UserId,
    pub created_at: Timestamp,
    /// Lower case; absent once erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    pub email_verified: bool,
    /// PHC string; absent once erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// Grows with each change of the password and with a ban: sessions of an older epoch are void (see `admits`).
    #[serde(default)]
    pub epoch: u64,
    /// The one session of an older epoch that outlives a change of the password: the one that made the change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_session: Option<SessionId>,
    /// Set while void sessions are still to be ended, so that a crash in the midst is made good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voided_at: Option<Timestamp>,
    /// The second factor, once it is confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub factor: Option<Factor>,
    /// The sealed secret of a second factor that is being set up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enrolling: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub banned_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ban_reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erased_at: Option<Timestamp>,
}

/// A second factor.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Factor {
    /// The authenticator secret, sealed for the account.
    pub sealed: String,
    /// The step of the code used last: it and older ones are used up.
    pub last_step: u64,
    /// Keyed digests of the recovery codes that are left.
    pub recovery: Vec<String>,
    /// The id of the letter that told of it, whose token undoes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letter: Option<String>,
}

impl Account {
    /// Tells whether a session may go on: it began with the present password, or is the one that changed it.
    pub(crate) fn admits(&self, session: &Session) -> bool {
        self.is_open() && (session.epoch == self.epoch || self.kept_session == Some(session.id))
    }

    /// Tells whether its owner may sign in.
    pub(crate) fn is_open(&self) -> bool {
        self.banned_at.is_none() && self.erased_at.is_none()
    }

    /// Returns the account with another password: every session but `keep` becomes void.
    #[must_use]
    pub(crate) fn with_password(self, hash: String, keep: Option<SessionId>, now: Timestamp) -> Self {
        Self {
            password: Some(hash),
            epoch: self.epoch + 1,
            kept_session: keep,
            voided_at: Some(now),
            ..self
        }
    }

    /// Returns the account banned: every session becomes void.
    #[must_use]
    pub(crate) fn banned(self, reason: String, now: Timestamp) -> Self {
        let (banned_at, ban_reason) = (Some(now), Some(reason));
        Self {
            banned_at,
            ban_reason,
            epoch: self.epoch + 1,
            kept_session: None,
            voided_at: Some(now),
            ..self
        }
    }

    /// Returns what is left for a while of an erased account: that this id was erased, and when.
    #[must_use]
    pub(crate) fn erased(self, now: Timestamp) -> Self {
        Self {
            email: None,
            email_verified: false,
            password: None,
            epoch: self.epoch + 1,
            kept_session: None,
            voided_at: None,
            factor: None,
            enrolling: None,
            banned_at: None,
            ban_reason: None,
            erased_at: Some(now),
            ..self
        }
    }

    /// Returns the account without a second factor.
    #[must_use]
    pub(crate) fn without_factor(self) -> Self {
        Self {
            factor: None,
            enrolling: None,
            ..self
        }
    }

    /// Tells whether the token of the letter `id` may undo the second factor: it told of this very one.
    pub(crate) fn is_undone_by(&self, id: &str) -> bool {
        self.factor.as_ref().is_some_and(|f| f.letter.as_deref() == Some(id))
    }

    /// Uses a code of the second factor up: `true` when it was good, and then never again.
    pub(crate) fn use_code(&mut self, code: &Code, secret: &Secret, now: Timestamp) -> Result<bool, Fault> {
        let owner = self.id.to_string();
        let Some(factor) = &mut self.factor else {
            return Ok(false);
        };
        match code {
            Code::Digits(digits) => {
                let key = secret.unseal(&owner, &factor.sealed)?;
                match totp::step_of(&key, digits, now)? {
                    Some(step) if step > factor.last_step => {
                        factor.last_step = step;
                        Ok(true)
                    }
                    _ => Ok(false),
                }
            }
            Code::Recovery(code) => {
                let digest = recovery_digest(&owner, code, secret);
                let left = factor.recovery.len();
                factor.recovery.retain(|known| *known != digest);
                Ok(factor.recovery.len() < left)
            }
        }
    }
}

/// Returns what is kept of a recovery code. Comparing keyed digests tells nothing through time.
pub(crate) fn recovery_digest(owner: &str, code: &str, secret: &Secret) -> String {
    secret.digest(Purpose::RecoveryCode, &format!("{owner}.{code}"))
}

#[cfg(test)]
mod tests {
    use kernel::Ambient;

    use super::*;
    use crate::domain::session;

    fn account(ambient: &Ambient) -> Account {
        Account {
            id: ambient.id(),
            created_at: ambient.now(),
            email: Some("ada@example.com".into()),
            email_verified: true,
            password: Some("hash".into()),
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

    #[test]
    fn a_new_password_voids_every_session_but_the_one_that_set_it() {
        let ambient = Ambient::system();
        let (mine, other) = (session::sample(&ambient), session::sample(&ambient));
        let account = account(&ambient);
        assert!(account.admits(&mine) && account.admits(&other));
        let account = account.with_password("new".into(), Some(mine.id), ambient.now());
        assert!(account.admits(&mine) && !account.admits(&other));
        let account = account.with_password("newer".into(), None, ambient.now());
        assert!(!account.admits(&mine));
        let later = Session { epoch: 2, ..other };
        assert!(account.admits(&later) && !account.banned("spam".into(), ambient.now()).admits(&later));
    }

    #[test]
    fn a_code_works_once_and_an_older_one_never_after_it() {
        let (ambient, secret) = (Ambient::system(), Secret::for_tests(1));
        let mut account = account(&ambient);
        let (owner, key, now) = (
            account.id.to_string(),
            [3; totp::SECRET_BYTES],
            Timestamp::from_millis(3_000_000),
        );
        let recovery = vec![recovery_digest(&owner, "3f9kam2x7c", &secret)];
        account.factor = Some(Factor {
            sealed: secret.seal(&owner, &key).unwrap(),
            last_step: 0,
            recovery,
            letter: None,
        });
        let totp = totp_rs::Builder::new().with_secret(key.to_vec()).build().unwrap();
        let code = |at: u64| Code::read(&totp.generate(at).to_string());
        let mut used = |code: &Code| account.use_code(code, &secret, now).unwrap();
        assert!(used(&code(3000)));
        assert!(!used(&code(3000)) && !used(&code(2970)));
        assert!(used(&code(3030)));
        assert!(used(&Code::read("3F9KA-M2X7C")) && !used(&Code::read("3F9KA-M2X7C")));
        assert!(!used(&Code::read("")));
    }

    #[test]
    fn erasing_leaves_nothing_personal() {
        let ambient = Ambient::system();
        let left = serde_json::to_value(account(&ambient).erased(ambient.now())).unwrap();
        let mut names: Vec<&str> = left.as_object().unwrap().keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["createdAt", "emailVerified", "epoch", "erasedAt", "id"]);
    }
}
