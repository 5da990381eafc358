//! Owns the addresses that files are fetched at without a token: signed, and good for a short time. Refuses to know who asks.
//!
//! The secret is a file (`media.secret`, mode 0600, made at the first start), never in the store. Another secret only ends
//! the addresses that are about; files are not sealed under it.

use std::path::Path;

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chassis::sealing::RootSecret;
use kernel::{Ambient, AssetId, ErrorCode, Fault, Timestamp};

use crate::error::Error;

/// Signs addresses.
pub(crate) struct Signer {
    key: hmac::Key,
    life_seconds: i64,
}

impl Signer {
    /// Reads the secret from `path`, making it when there is none.
    pub(crate) fn open(path: &Path, life_seconds: u64, ambient: &Ambient) -> Result<Self, Fault> {
        let fail = |why| Fault::new(ErrorCode::Internal, "media.secret", why);
        let root = RootSecret::open(path, ambient).map_err(fail)?;
        Ok(Self::derive(&root, life_seconds))
    }

    fn derive(root: &RootSecret, life_seconds: u64) -> Self {
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, &root.derive("aichat media address 1")),
            life_seconds: i64::try_from(life_seconds).unwrap_or(i64::MAX / 4),
        }
    }

    /// Returns until when addresses made now hold: at least their life, rounded up to half a life, so that the same address is given
    /// out for a while and browsers find the file in their cache.
    pub(crate) fn until(&self, now: Timestamp) -> Timestamp {
        let step = (self.life_seconds / 2).max(1);
        let least = now.seconds().saturating_add(self.life_seconds);
        let rounded = least.saturating_add(step - 1).div_euclid(step).saturating_mul(step);
        Timestamp::from_millis(rounded.saturating_mul(1000))
    }

    /// Returns the address of a variant.
    pub(crate) fn address(&self, id: AssetId, variant: &str, until: Timestamp) -> String {
        let exp = until.seconds();
        let sig = URL_SAFE_NO_PAD.encode(hmac::sign(&self.key, words(id, variant, exp).as_bytes()));
        format!("/api/media/{id}/content?variant={variant}&exp={exp}&sig={sig}")
    }

    /// Checks an address. `NotFound` when we did not make it, `LinkExpired` when its time is over.
    pub(crate) fn check(&self, id: AssetId, variant: &str, exp: i64, sig: &str, now: Timestamp) -> Result<(), Error> {
        let sig = URL_SAFE_NO_PAD.decode(sig).map_err(|_| Error::NotFound)?;
        hmac::verify(&self.key, words(id, variant, exp).as_bytes(), &sig).map_err(|_| Error::NotFound)?;
        if exp <= now.seconds() {
            return Err(Error::LinkExpired);
        }
        Ok(())
    }
}

/// An id has no line break, and neither has a number, so that no two addresses have the same words.
fn words(id: AssetId, variant: &str, exp: i64) -> String {
    format!("{id}\n{exp}\n{variant}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn signer(seed: u8) -> Signer {
        Signer::derive(&RootSecret::of(&[seed; 32]), 600)
    }

    #[test]
    fn an_address_holds_for_its_file_size_and_time_only() {
        let (ambient, now) = (Ambient::system(), Timestamp::from_millis(1_767_225_600_123));
        let (id, other) = (ambient.id(), ambient.id());
        let until = signer(1).until(now);
        let address = signer(1).address(id, "thumb", until);
        let sig = address.rsplit_once("sig=").unwrap().1;
        let exp = until.seconds();
        assert!(signer(1).check(id, "thumb", exp, sig, now).is_ok());
        assert!(matches!(
            signer(1).check(id, "thumb", exp, sig, until),
            Err(Error::LinkExpired)
        ));
        for refused in [
            signer(2).check(id, "thumb", exp, sig, now),
            signer(1).check(other, "thumb", exp, sig, now),
            signer(1).check(id, "original", exp, sig, now),
            signer(1).check(id, "thumb", exp + 1, sig, now),
            signer(1).check(id, "thumb", exp, &sig[1..], now),
            signer(1).check(id, "thumb", exp, "", now),
        ] {
            assert!(matches!(refused, Err(Error::NotFound)));
        }
    }

    proptest! {
        #[test]
        fn it_holds_for_its_life_and_at_most_half_as_long_again(ms in 0i64..4_000_000_000_000) {
            let now = Timestamp::from_millis(ms);
            let life = signer(1).until(now).since(now).as_secs();
            prop_assert!((599..=900).contains(&life), "{}", life);
        }
    }
}
