//! Owns the server secret and what is made from it: proofs in tokens, digests of recovery codes, and the sealing of what
//! must be readable again (authenticator secrets, private signing keys). Refuses to know who a token belongs to.
//!
//! The secret is a file (`auth.secret`, mode 0600, made at the first start), never in the store: whoever copies the
//! database alone can make no token, read no authenticator secret and sign nothing. It must be backed up with the
//! database, and every process of a deployment needs the same one.

use std::io::Write as _;
use std::path::Path;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::{Ambient, ErrorCode, Fault};

/// Bytes of the secret.
const SECRET_BYTES: usize = 32;
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
    seal: RandomizedNonceKey,
}

impl Secret {
    /// Reads the secret from `path`, making it when there is none. Fails when the file cannot be read or holds something else.
    pub(crate) fn open(path: &Path, ambient: &Ambient) -> Result<Self, Fault> {
        let fail = |why: String| Fault::new(ErrorCode::Internal, "auth.secret", format!("{}: {why}", path.display()));
        if !path.exists() {
            create(path, &URL_SAFE_NO_PAD.encode(ambient.bytes::<SECRET_BYTES>())).map_err(|e| fail(e.to_string()))?;
        }
        let text = std::fs::read_to_string(path).map_err(|e| fail(e.to_string()))?;
        let bytes = URL_SAFE_NO_PAD.decode(text.trim()).map_err(|e| fail(e.to_string()))?;
        let bytes: [u8; SECRET_BYTES] = bytes
            .try_into()
            .map_err(|_| fail("it must hold 32 bytes as base64url".into()))?;
        Self::derive(&bytes).map_err(|e| fail(e.to_string()))
    }

    /// Derives one key for each purpose: HMAC-SHA256 of its name under the secret (the expand step of RFC 5869).
    fn derive(secret: &[u8; SECRET_BYTES]) -> Result<Self, aws_lc_rs::error::Unspecified> {
        let root = hmac::Key::new(hmac::HMAC_SHA256, secret);
        let bytes = |name: &str| hmac::sign(&root, format!("aichat auth {name} 1").as_bytes());
        let key = |name: &str| hmac::Key::new(hmac::HMAC_SHA256, bytes(name).as_ref());
        Ok(Self {
            refresh_token: key("refresh token"),
            one_time_token: key("one-time token"),
            recovery_code: key("recovery code"),
            limit_key: key("limit key"),
            seal: RandomizedNonceKey::new(&AES_256_GCM, bytes("seal").as_ref())?,
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

    /// Encrypts `plain` (AES-256-GCM, random nonce) so that it can only be opened again for `owner`.
    pub(crate) fn seal(&self, owner: &str, plain: &[u8]) -> Result<String, Fault> {
        let mut bytes = plain.to_vec();
        let nonce = self
            .seal
            .seal_in_place_append_tag(Aad::from(owner.as_bytes()), &mut bytes);
        let nonce = nonce.map_err(|_| Fault::internal("sealing failed"))?;
        let nonce: &[u8; NONCE_LEN] = nonce.as_ref();
        Ok(URL_SAFE_NO_PAD.encode([nonce.as_slice(), &bytes].concat()))
    }

    /// Decrypts what `seal` made for `owner`. Fails when it was sealed under another secret, for another owner, or changed.
    pub(crate) fn unseal(&self, owner: &str, sealed: &str) -> Result<Vec<u8>, Fault> {
        let other = || Fault::internal("sealed under another server secret, or changed since");
        let mut bytes = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| other())?;
        let (nonce, body) = bytes.split_first_chunk_mut::<NONCE_LEN>().ok_or_else(other)?;
        let plain = self
            .seal
            .open_in_place(Nonce::from(&*nonce), Aad::from(owner.as_bytes()), body);
        Ok(plain.map_err(|_| other())?.to_vec())
    }

    #[cfg(test)]
    pub(crate) fn for_tests(seed: u8) -> Self {
        Self::derive(&[seed; SECRET_BYTES]).unwrap()
    }
}

/// Writes a file that only its owner may read, whole or not at all; one that another process made meanwhile is kept.
fn create(path: &Path, text: &str) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    // tempfile gives mode 0600.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    writeln!(file, "{text}")?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(path) {
        Err(e) if e.error.kind() != std::io::ErrorKind::AlreadyExists => Err(e.error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_is_made_once_and_only_its_owner_may_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("auth.secret");
        let ambient = Ambient::system();
        let first = Secret::open(&path, &ambient)
            .unwrap()
            .digest(Purpose::OneTimeToken, "x");
        assert_eq!(
            first,
            Secret::open(&path, &ambient)
                .unwrap()
                .digest(Purpose::OneTimeToken, "x")
        );
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
        std::fs::write(&path, "short").unwrap();
        assert!(Secret::open(&path, &ambient).is_err());
    }

    #[test]
    fn what_is_sealed_opens_for_its_owner_under_its_secret_only() {
        let secret = Secret::for_tests(1);
        let sealed = secret.seal("ada", b"plain").unwrap();
        assert_eq!(secret.unseal("ada", &sealed).unwrap(), b"plain");
        assert_ne!(sealed, secret.seal("ada", b"plain").unwrap());
        assert!(secret.unseal("bob", &sealed).is_err());
        assert!(Secret::for_tests(2).unseal("ada", &sealed).is_err());
        assert!(secret.unseal("ada", "").is_err());
    }
}
