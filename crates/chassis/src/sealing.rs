//! Owns secret files and the keys derived from them, and the sealing of what must be readable again (signing keys,
//! authenticator secrets, keys of model providers). Refuses to know what is sealed, and to keep a secret in a store:
//! whoever copies the database alone can open nothing in it.

use std::io::Write as _;
use std::path::Path;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kernel::{Ambient, Fault};

/// Bytes of a secret, and of each key derived from it.
pub const SECRET_BYTES: usize = 32;

/// The secret of a service: a file of mode 0600, backed up with its database, the same for all of its processes.
pub struct RootSecret(hmac::Key);

impl RootSecret {
    /// Reads the secret from `path`, making it when there is none. Fails, in words, when the file cannot be read or holds
    /// something else than 32 bytes as unpadded URL-safe base64.
    pub fn open(path: &Path, ambient: &Ambient) -> Result<Self, String> {
        let fail = |why: String| format!("{}: {why}", path.display());
        if !path.exists() {
            create(path, &URL_SAFE_NO_PAD.encode(ambient.bytes::<SECRET_BYTES>())).map_err(|e| fail(e.to_string()))?;
        }
        let text = std::fs::read_to_string(path).map_err(|e| fail(e.to_string()))?;
        let bytes = URL_SAFE_NO_PAD.decode(text.trim()).map_err(|e| fail(e.to_string()))?;
        let bytes: [u8; SECRET_BYTES] = bytes
            .try_into()
            .map_err(|_| fail("it must hold 32 bytes as base64url".into()))?;
        Ok(Self::of(&bytes))
    }

    /// Takes the secret as it is.
    pub fn of(secret: &[u8; SECRET_BYTES]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// Derives the key for a purpose: HMAC-SHA256 of its name under the secret (the expand step of RFC 5869).
    pub fn derive(&self, name: &str) -> [u8; SECRET_BYTES] {
        let mut key = [0; SECRET_BYTES];
        // Both have 32 bytes; zip needs no proof of it.
        let tag = hmac::sign(&self.0, name.as_bytes());
        key.iter_mut().zip(tag.as_ref()).for_each(|(to, from)| *to = *from);
        key
    }

    /// Derives the key for a purpose and seals under it.
    pub fn sealer(&self, name: &str) -> Result<Sealer, Fault> {
        let key = RandomizedNonceKey::new(&AES_256_GCM, &self.derive(name));
        Ok(Sealer(key.map_err(|_| Fault::internal("a key of another size"))?))
    }
}

/// Seals under one key.
pub struct Sealer(RandomizedNonceKey);

impl Sealer {
    /// Encrypts `plain` (AES-256-GCM, random nonce) so that it can only be opened again for `owner`.
    pub fn seal(&self, owner: &str, plain: &[u8]) -> Result<String, Fault> {
        let mut bytes = plain.to_vec();
        let nonce = self.0.seal_in_place_append_tag(Aad::from(owner.as_bytes()), &mut bytes);
        let nonce = nonce.map_err(|_| Fault::internal("sealing failed"))?;
        let nonce: &[u8; NONCE_LEN] = nonce.as_ref();
        Ok(URL_SAFE_NO_PAD.encode([nonce.as_slice(), &bytes].concat()))
    }

    /// Decrypts what `seal` made for `owner`. Fails when it was sealed under another secret, for another owner, or changed.
    pub fn unseal(&self, owner: &str, sealed: &str) -> Result<Vec<u8>, Fault> {
        let other = || Fault::internal("sealed under another server secret, or changed since");
        let mut bytes = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| other())?;
        let (nonce, body) = bytes.split_first_chunk_mut::<NONCE_LEN>().ok_or_else(other)?;
        let plain = self
            .0
            .open_in_place(Nonce::from(&*nonce), Aad::from(owner.as_bytes()), body);
        Ok(plain.map_err(|_| other())?.to_vec())
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
        let path = folder.path().join("some.secret");
        let ambient = Ambient::system();
        let first = RootSecret::open(&path, &ambient).unwrap().derive("x");
        assert_eq!(first, RootSecret::open(&path, &ambient).unwrap().derive("x"));
        assert_ne!(first, RootSecret::open(&path, &ambient).unwrap().derive("y"));
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
        std::fs::write(&path, "short").unwrap();
        assert!(RootSecret::open(&path, &ambient).is_err());
    }

    #[test]
    fn what_is_sealed_opens_for_its_owner_under_its_secret_only() {
        let sealer = |seed| RootSecret::of(&[seed; SECRET_BYTES]).sealer("seal").unwrap();
        let sealed = sealer(1).seal("ada", b"plain").unwrap();
        assert_eq!(sealer(1).unseal("ada", &sealed).unwrap(), b"plain");
        assert_ne!(sealed, sealer(1).seal("ada", b"plain").unwrap());
        assert!(sealer(1).unseal("bob", &sealed).is_err());
        assert!(sealer(2).unseal("ada", &sealed).is_err());
        assert!(sealer(1).unseal("ada", "").is_err());
    }
}
