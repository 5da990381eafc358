//! Owns the server secret and what is made from it: proofs in tokens, digests of recovery codes, and the sealing of what
//! must be readable again (authenticator secrets, private signing keys). Refuses to know who a token belongs to.
//!
//! The secret is a file (`auth.secret`, mode 0600, made at the first start), never in the store: whoever copies the
//! database alone can make no token, read no authenticator secret and sign nothing. It must be backed up with the
//! database, and every process of a deployment needs the same one.

use std::path::Path;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chassis::sealing::{RootSecret, Sealer};
use kernel::{Ambient, ErrorCode, Fault};

/// Bytes of a proof (HMAC-SHA256).
pub(crate) const PROOF_BYTES: usize = 32;

/// What a keyed digest is for; each has a key of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Refresh tokens.
    RefreshToken,
    /// Tokens in mails.
    OneTimeToken,
    /// Recovery codes.
    RecoveryCode,
    /// Names in keys of limits, so that these show no addresses.
    LimitKey,
}

/// The keys that are derived from the server secret.
pub(crate) struct Secret {
    refresh_token: hmac::Key,
    one_time_token: hmac::Key,
    recovery_code: hmac::Key,
    limit_key: hmac::Key,
    seal: Sealer,
}

impl Secret {
    /// Reads the secret from `path`, making it when there is none. Fails when the file cannot be read or holds something else.
    pub(crate) fn open(path: &Path, ambient: &Ambient) -> Result<Self, Fault> {
        let fail = |why| Fault::new(ErrorCode::Internal, "auth.secret", why);
        Self::derive(&RootSecret::open(path, ambient).map_err(fail)?)
    }

    /// Derives one key for each purpose.
    fn derive(root: &RootSecret) -> Result<Self, Fault> {
        let name = |purpose: &str| format!("aichat auth {purpose} 1");
        let key = |purpose: &str| hmac::Key::new(hmac::HMAC_SHA256, &root.derive(&name(purpose)));
        Ok(Self {
            refresh_token: key("refresh token"),
            one_time_token: key("one-time token"),
            recovery_code: key("recovery code"),
            limit_key: key("limit key"),
            seal: root.sealer(&name("seal"))?,
        })
    }

    fn key(&self, purpose: Purpose) -> &hmac::Key {
        match purpose {
            Purpose::RefreshToken => &self.refresh_token,
            Purpose::OneTimeToken => &self.one_time_token,
            Purpose::RecoveryCode => &self.recovery_code,
            Purpose::LimitKey => &self.limit_key,
        }
    }

    /// Returns the keyed digest of `words`, 32 bytes.
    pub(crate) fn prove(&self, purpose: Purpose, words: &str) -> Vec<u8> {
        hmac::sign(self.key(purpose), words.as_bytes()).as_ref().to_vec()
    }

    /// Returns the keyed digest of `words` as text.
    pub(crate) fn digest(&self, purpose: Purpose, words: &str) -> String {
        URL_SAFE_NO_PAD.encode(self.prove(purpose, words))
    }

    /// Tells, in constant time, whether `proof` is the keyed digest of `words`.
    pub(crate) fn proves(&self, purpose: Purpose, words: &str, proof: &[u8]) -> bool {
        hmac::verify(self.key(purpose), words.as_bytes(), proof).is_ok()
    }

    /// Encrypts `plain` so that it can only be opened again for `owner`.
    pub(crate) fn seal(&self, owner: &str, plain: &[u8]) -> Result<String, Fault> {
        self.seal.seal(owner, plain)
    }

    /// Decrypts what `seal` made for `owner`. Fails when it was sealed under another secret, for another owner, or changed.
    pub(crate) fn unseal(&self, owner: &str, sealed: &str) -> Result<Vec<u8>, Fault> {
        self.seal.unseal(owner, sealed)
    }

    #[cfg(test)]
    pub(crate) fn for_tests(seed: u8) -> Self {
        Self::derive(&RootSecret::of(&[seed; chassis::sealing::SECRET_BYTES])).unwrap()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_purpose_has_a_key_of_its_own_and_they_never_change() {
        let secret = Secret::for_tests(1);
        let proofs = [
            (Purpose::RefreshToken, "rREkDNf1Tb2a55ykrCcVohmHBker6biAJ4yA04pwRss"),
            (Purpose::OneTimeToken, "StnlMdQ3C-OuzgFobejb4sTR9ZPXAaPag2vH59dgXa8"),
            (Purpose::RecoveryCode, "4vvQw0CEIkgP6w0RTMOFn54S0yM8FTrdxG3j38hYbug"),
            (Purpose::LimitKey, "BFqgeSONJxgMQupo-AsUzfi4js-kxM9L61r88tb2V48"),
        ];
        for (purpose, expected) in proofs {
            // Written down: another derivation would end every session and spoil every recovery code.
            assert_eq!(secret.digest(purpose, "x"), expected);
        }
    }
}
