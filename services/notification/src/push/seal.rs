//! Owns the encryption of what is pushed to a browser (RFC 8291 over RFC 8188, `aes128gcm`, one record). Refuses to send anything.

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{self, ECDH_P256, PrivateKey, UnparsedPublicKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use base64::Engine as _;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use kernel::{Ambient, Fault};

/// Bytes of an uncompressed point of P-256.
pub(crate) const POINT_BYTES: usize = 65;
/// Bytes of a subscription's authentication secret.
pub(crate) const AUTH_BYTES: usize = 16;
/// Bytes of the salt.
const SALT_BYTES: usize = 16;
/// The record's size as it is declared; push services take 4,096 bytes at least, and need take no more.
const RECORD_BYTES: u32 = 4_096;
/// Most bytes of a plain text, so that header, padding mark and tag fit into one record of that size.
pub(crate) const PLAIN_BYTES_MAX: usize = 3_993;
/// Dice thrown for a private key before giving up; each fails with a probability of about 2^-32.
const KEY_TRIES_MAX: usize = 4;

/// A subscription's keys, read.
#[derive(Clone)]
pub(crate) struct Keys {
    point: Vec<u8>,
    auth: Vec<u8>,
}

impl Keys {
    /// Reads the keys as a browser gives them (base64url). `Invalid` names the one that is none; a point that is not on the curve is none.
    pub(crate) fn read(p256dh: &str, auth: &str, ambient: &Ambient) -> Result<Self, Fault> {
        let read = |field: &str, text: &str, bytes: usize| {
            let engine = if text.ends_with('=') { URL_SAFE } else { URL_SAFE_NO_PAD };
            let found = engine.decode(text).ok().filter(|found| found.len() == bytes);
            found.ok_or_else(|| Fault::invalid(field, format!("is {bytes} bytes as base64url")))
        };
        let keys = Self {
            point: read("keys.p256dh", p256dh, POINT_BYTES)?,
            auth: read("keys.auth", auth, AUTH_BYTES)?,
        };
        let off_curve = |_| Fault::invalid("keys.p256dh", "is no point of P-256");
        keys.seal(b"", &private_key(ambient)?, ambient.bytes())
            .map_err(off_curve)?;
        Ok(keys)
    }

    /// Encrypts `plain` for the subscription, with a sender's key and a salt that are used this once.
    pub(crate) fn seal(&self, plain: &[u8], own: &PrivateKey, salt: [u8; SALT_BYTES]) -> Result<Vec<u8>, Fault> {
        let failed = || Fault::internal("a push could not be encrypted");
        if plain.len() > PLAIN_BYTES_MAX {
            return Err(Fault::internal("a push is too large"));
        }
        let own_public = own.compute_public_key().map_err(|_| failed())?;
        let peer = UnparsedPublicKey::new(&ECDH_P256, &self.point);
        let (content_key, nonce) = agreement::agree(own, peer, failed(), |shared| {
            let info = [b"WebPush: info\0".as_slice(), &self.point, own_public.as_ref()];
            let seed = derive::<32>(&self.auth, shared, &info).ok_or_else(failed)?;
            let key = derive::<16>(&salt, &seed, &[b"Content-Encoding: aes128gcm\0"]).ok_or_else(failed)?;
            let nonce = derive::<12>(&salt, &seed, &[b"Content-Encoding: nonce\0"]).ok_or_else(failed)?;
            Ok((key, nonce))
        })?;
        let mut record = plain.to_vec();
        // The mark of the last record.
        record.push(2);
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &content_key).map_err(|_| failed())?);
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut record)
            .map_err(|_| failed())?;
        let mut sealed = salt.to_vec();
        sealed.extend(RECORD_BYTES.to_be_bytes());
        sealed.push(u8::try_from(own_public.as_ref().len()).map_err(|_| failed())?);
        sealed.extend(own_public.as_ref());
        sealed.extend(record);
        Ok(sealed)
    }
}

/// Makes a private key of P-256 from injected randomness.
pub(crate) fn private_key(ambient: &Ambient) -> Result<PrivateKey, Fault> {
    let key = (0..KEY_TRIES_MAX).find_map(|_| PrivateKey::from_private_key(&ECDH_P256, &ambient.bytes::<32>()).ok());
    key.ok_or_else(|| Fault::internal("no key of P-256 was found"))
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

/// HKDF-SHA-256 (RFC 5869): extract with `salt`, expand by `info`.
fn derive<const N: usize>(salt: &[u8], secret: &[u8], info: &[&[u8]]) -> Option<[u8; N]> {
    let mut out = [0; N];
    let pseudo_random = Salt::new(HKDF_SHA256, salt).extract(secret);
    pseudo_random.expand(info, Length(N)).ok()?.fill(&mut out).ok()?;
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(text).unwrap()
    }

    const POINT: &str = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";

    #[test]
    fn it_is_the_example_of_rfc_8291_byte_for_byte() {
        let keys = Keys {
            point: bytes(POINT),
            auth: bytes(AUTH),
        };
        let own = PrivateKey::from_private_key(&ECDH_P256, &bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"));
        let salt = bytes("DGv6ra1nlYgDCS1FRnbzlw").try_into().unwrap();
        let sealed = keys.seal(b"When I grow up, I want to be a watermelon", &own.unwrap(), salt);
        let expected = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
        assert_eq!(URL_SAFE_NO_PAD.encode(sealed.unwrap()), expected);
    }

    #[test]
    fn keys_that_are_none_are_refused_and_the_largest_text_fits_one_record() {
        let ambient = Ambient::system();
        let keys = Keys::read(POINT, AUTH, &ambient).unwrap();
        assert!(
            Keys::read(POINT, &format!("{AUTH}=="), &ambient).is_ok(),
            "with padding too"
        );
        let own = private_key(&ambient).unwrap();
        let sealed = keys.seal(&[b'x'; PLAIN_BYTES_MAX], &own, ambient.bytes()).unwrap();
        assert!(sealed.len() <= 4_096, "{}", sealed.len());
        assert!(keys.seal(&[b'x'; PLAIN_BYTES_MAX + 1], &own, ambient.bytes()).is_err());
        let off_curve = URL_SAFE_NO_PAD.encode([4; POINT_BYTES]);
        for (point, auth) in [
            (&*off_curve, AUTH),
            ("AA", AUTH),
            (POINT, "AA"),
            (POINT, "not base64!"),
            ("", ""),
        ] {
            assert!(Keys::read(point, auth, &ambient).is_err(), "{point} {auth}");
        }
    }
}
