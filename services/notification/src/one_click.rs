//! Owns the tokens by which a mail program ends somebody's digests with one click. Refuses to know mails.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chassis::sealing::RootSecret;
use kernel::UserId;

/// Signs and proves them. A token holds for as long as the secret: an old mail still ends what it is about.
pub(crate) struct OneClick(hmac::Key);

impl OneClick {
    pub(crate) fn open(secret: &RootSecret) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, &secret.derive("aichat one click 1")))
    }

    /// Returns the token for a person: the id, and its tag.
    pub(crate) fn token(&self, user: UserId) -> String {
        let user = user.to_string();
        let tag = URL_SAFE_NO_PAD.encode(hmac::sign(&self.0, user.as_bytes()));
        format!("{user}.{tag}")
    }

    /// Tells whose token it is; nothing when it is none of ours.
    pub(crate) fn user(&self, token: &str) -> Option<UserId> {
        let (user, tag) = token.split_once('.')?;
        let tag = URL_SAFE_NO_PAD.decode(tag).ok()?;
        hmac::verify(&self.0, user.as_bytes(), &tag).ok()?;
        user.parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_names_its_person_and_no_other() {
        let ours = OneClick::open(&RootSecret::of(&[1; 32]));
        let [ada, bob]: [UserId; 2] =
            ["1", "2"].map(|n| format!("0190f3c5-1111-7000-8000-00000000000{n}").parse().unwrap());
        let token = ours.token(ada);
        assert_eq!(ours.user(&token), Some(ada));
        assert_eq!(ours.user(&token.replace(&ada.to_string(), &bob.to_string())), None);
        assert_eq!(OneClick::open(&RootSecret::of(&[2; 32])).user(&token), None);
    }
}
