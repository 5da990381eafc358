//! Owns a letter: a one-time token on its way to an e-mail address, with the words around it and the times of delivery.
//! Refuses to know how mail travels.
//!
//! The token is not in the letter: it is the letter's id with a proof under the server secret, written when the mail is.
//! So the store holds nothing that a thief could use, and the queue of mails is as durable as any document.

use std::time::Duration;

use kernel::{Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::secret::{Purpose, Secret};

/// Life of a token that resets a password.
pub(crate) const RESET_TTL: Duration = Duration::from_secs(30 * 60);
/// Life of a token that proves an address.
pub(crate) const VERIFY_TTL: Duration = Duration::from_secs(24 * 3600);
/// Life of a token that undoes a second factor.
pub(crate) const UNDO_TTL: Duration = Duration::from_secs(7 * 24 * 3600);
/// How long a mail without a token is worth sending.
const NOTICE_TTL: Duration = Duration::from_secs(24 * 3600);
/// How long the letter about a switch is held back for the switch to be made; then it goes anyway.
const HELD: Duration = Duration::from_secs(10);
/// How often a mail is tried before it is given up.
pub(crate) const ATTEMPTS_MAX: u32 = 10;
/// Pause after the first failure; three times as long after each further one.
const RETRY_MIN: Duration = Duration::from_secs(10);
/// Longest such pause.
const RETRY_MAX: Duration = Duration::from_secs(3600);
/// Random bytes of an id; 16 make 22 characters.
pub(crate) const ID_BYTES: usize = 16;
const ID_CHARS: usize = 22;
/// A longer text is no token.
pub(crate) const TOKEN_CHARS_MAX: usize = 128;

/// What the token is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Errand {
    /// Proves the e-mail address.
    VerifyEmail,
    /// Sets another password.
    ResetPassword,
    /// Tells that the second factor was switched on; sets another password and switches that factor off again.
    FactorOn,
    /// Tells that the second factor was switched off. Good for nothing else: its token is not written.
    FactorOff,
}

/// A one-time token and its mail.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Letter {
    pub id: String,
    pub errand: Errand,
    /// Whose; `None` for the letter to nobody that is written when somebody asks for an address that has no account, so
    /// that the answer takes as long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    /// When to try to send it next; `None` once it is sent or given up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mail_due: Option<Timestamp>,
    pub attempts: u32,
}

impl Letter {
    /// Writes a letter to `to`; to nobody when it is `None`.
    pub(crate) fn new(id: String, errand: Errand, to: Option<(UserId, String)>, now: Timestamp) -> Self {
        let ttl = match errand {
            Errand::VerifyEmail => VERIFY_TTL,
            Errand::ResetPassword => RESET_TTL,
            Errand::FactorOn => UNDO_TTL,
            Errand::FactorOff => NOTICE_TTL,
        };
        let mail_due = to.as_ref().map(|_| now);
        let (user_id, to) = to.unzip();
        Self {
            id,
            errand,
            user_id,
            to,
            created_at: now,
            expires_at: now + ttl,
            mail_due,
            attempts: 0,
        }
    }

    /// Returns the letter held back for a short while.
    #[must_use]
    pub(crate) fn held(self) -> Self {
        let mail_due = self.mail_due.map(|due| due + HELD);
        Self { mail_due, ..self }
    }

    /// Returns the token: 22 characters of id, 43 of proof.
    pub(crate) fn token(&self, secret: &Secret) -> String {
        format!("{}{}", self.id, secret.digest(Purpose::OneTimeToken, &self.id))
    }

    /// Tells whether the token may still be used for one of `errands`.
    pub(crate) fn is_good_for(&self, errands: &[Errand], now: Timestamp) -> bool {
        errands.contains(&self.errand) && now < self.expires_at
    }

    /// Returns the letter as it stands while it is being sent: if the sender dies, it is due again after the pause.
    #[must_use]
    pub(crate) fn attempted(self, now: Timestamp) -> Self {
        let attempts = self.attempts + 1;
        let pause = RETRY_MIN
            .saturating_mul(3u32.saturating_pow(self.attempts))
            .min(RETRY_MAX);
        let last = attempts >= ATTEMPTS_MAX || now + pause >= self.expires_at;
        // After the last attempt there is no next one; a token that has expired by then is not worth a mail.
        Self {
            attempts,
            mail_due: (!last).then(|| now + pause),
            ..self
        }
    }

    /// Returns subject and text of the mail. The token, if any, stands alone on a line after `token:`; all is ASCII in short
    /// lines, so that no encoding touches it.
    pub(crate) fn words(&self, product: &str, secret: &Secret) -> (String, String) {
        let (subject, first, last) = match self.errand {
            Errand::VerifyEmail => (
                format!("Confirm your e-mail address for {product}"),
                "Somebody, hopefully you, signed up with this address.\nTo confirm it, enter this token within 24 hours.",
                "If that was not you, ignore this mail.",
            ),
            Errand::ResetPassword => (
                format!("Reset your password for {product}"),
                "Somebody, hopefully you, asked for another password.\nTo set it, enter this token within 30 minutes.",
                "If that was not you, ignore this mail: your password is unchanged.",
            ),
            Errand::FactorOn => (
                format!("Second factor switched on for {product}"),
                "From now on, signing in asks for a code of an authenticator app.\nIf that was not you, enter this token as that of a forgotten password\nwithin 7 days: it sets another password, ends all sessions and switches\nthe second factor off.",
                "If that was you, ignore this mail, and show it to nobody.",
            ),
            Errand::FactorOff => {
                let text = "Hello,\n\nFrom now on, signing in asks for the password alone.\n\nIf that was not you, set another password now (\"forgotten password\").\n";
                return (format!("Second factor switched off for {product}"), text.to_owned());
            }
        };
        let token = self.token(secret);
        (subject, format!("Hello,\n\n{first}\n\ntoken:\n{token}\n\n{last}\n"))
    }
}

/// Returns the id of the letter whose token this is; `None` when it was never given out.
pub(crate) fn id_of(token: &str, secret: &Secret) -> Option<String> {
    use base64::Engine as _;
    let (id, proof) = token.split_at_checked(ID_CHARS)?;
    let proof = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(proof).ok()?;
    secret.proves(Purpose::OneTimeToken, id, &proof).then(|| id.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn letter() -> Letter {
        let ambient = kernel::Ambient::system();
        let to = Some((ambient.id(), "ada@example.com".to_owned()));
        Letter::new(
            ambient.token::<ID_BYTES>(),
            Errand::ResetPassword,
            to,
            Timestamp::from_millis(0),
        )
    }

    #[test]
    fn only_a_token_that_was_given_out_names_its_letter() {
        let (letter, secret) = (letter(), Secret::for_tests(1));
        let token = letter.token(&secret);
        assert_eq!(id_of(&token, &secret), Some(letter.id.clone()));
        assert_eq!(id_of(&token, &Secret::for_tests(2)), None);
        assert_eq!(id_of(&letter.id, &secret), None);
        assert!(token.len() <= TOKEN_CHARS_MAX);
    }

    #[test]
    fn the_token_stands_alone_after_its_line() {
        let secret = Secret::for_tests(1);
        for errand in [
            Errand::VerifyEmail,
            Errand::ResetPassword,
            Errand::FactorOn,
            Errand::FactorOff,
        ] {
            let letter = Letter { errand, ..letter() };
            let (_, text) = letter.words("AI Chat", &secret);
            let mut lines = text.lines().skip_while(|line| *line != "token:").skip(1);
            let token = Some(letter.token(&secret)).filter(|_| errand != Errand::FactorOff);
            assert_eq!(lines.next(), token.as_deref());
            assert!(text.is_ascii() && text.lines().all(|line| line.len() < 76));
        }
    }

    #[test]
    fn a_mail_is_tried_again_later_and_given_up_when_its_token_is_dead() {
        let mut letter = letter();
        let mut now = letter.created_at;
        let mut pauses = Vec::new();
        while let Some(due) = letter.mail_due {
            pauses.push(due.since(now).as_secs());
            now = due;
            letter = letter.attempted(now);
        }
        assert_eq!(pauses, [0, 10, 30, 90, 270, 810]);
        assert!(letter.mail_due.is_none() && letter.attempts <= ATTEMPTS_MAX);
    }

    proptest! {
        #[test]
        fn any_text_is_refused(text in "\\PC{0,80}") {
            prop_assert_eq!(id_of(&text, &Secret::for_tests(1)), None);
        }
    }
}
