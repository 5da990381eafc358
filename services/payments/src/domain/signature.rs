//! Owns how a webhook is signed: `t=<seconds>,v1=<hex of HMAC-SHA256 over "t.body">`, as Stripe does it. Works on the raw bytes alone and
//! refuses to know what they say.

use std::time::Duration;

use aws_lc_rs::hmac;
use kernel::Timestamp;

/// How old, or how far ahead, a signature may be.
pub(crate) const TOLERANCE: Duration = Duration::from_secs(300);
/// The longest header.
pub(crate) const HEADER_BYTES_MAX: usize = 4096;
/// Signatures of one header that are looked at; several stand there while a secret is being replaced.
const SIGNATURES_MAX: usize = 16;

/// Why a webhook is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Forged {
    #[error("there is no signature that can be read")]
    Unreadable,
    #[error("the signature is too old, or from the future")]
    Stale,
    #[error("the signature does not fit the body")]
    Wrong,
}

/// Checks `header` against `body`, in constant time for each signature.
pub(crate) fn verify(secret: &[u8], header: &str, body: &[u8], now: Timestamp) -> Result<(), Forged> {
    if header.len() > HEADER_BYTES_MAX {
        return Err(Forged::Unreadable);
    }
    let mut time = None;
    let mut signatures = Vec::new();
    for (name, value) in header.split(',').filter_map(|item| item.trim().split_once('=')) {
        match name {
            "t" if time.is_none() => time = Some(value),
            "t" => return Err(Forged::Unreadable),
            "v1" if signatures.len() < SIGNATURES_MAX => signatures.extend(unhex(value)),
            _ => {}
        }
    }
    let time = time.ok_or(Forged::Unreadable)?;
    let at: i64 = time.parse().map_err(|_| Forged::Unreadable)?;
    if signatures.is_empty() {
        return Err(Forged::Unreadable);
    }
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let signed = message(time, body);
    if !signatures.iter().any(|tag| hmac::verify(&key, &signed, tag).is_ok()) {
        return Err(Forged::Wrong);
    }
    let apart = now.seconds().abs_diff(at);
    if apart > TOLERANCE.as_secs() {
        Err(Forged::Stale)
    } else {
        Ok(())
    }
}

/// Signs `body` as of `now`.
pub(crate) fn sign(secret: &[u8], body: &[u8], now: Timestamp) -> String {
    let time = now.seconds().to_string();
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret), &message(&time, body));
    format!("t={time},v1={}", hex::encode(tag))
}

fn message(time: &str, body: &[u8]) -> Vec<u8> {
    [time.as_bytes(), b".", body].concat()
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut tag = [0; 32];
    hex::decode_to_slice(text, &mut tag).ok().map(|()| tag)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_767_225_600_000);

    #[test]
    fn what_was_signed_is_believed_and_nothing_else() {
        let header = sign(b"secret", b"{}", NOW);
        assert_eq!(verify(b"secret", &header, b"{}", NOW), Ok(()));
        assert_eq!(verify(b"secret", &header, b"{ }", NOW), Err(Forged::Wrong));
        assert_eq!(verify(b"other", &header, b"{}", NOW), Err(Forged::Wrong));
        let moved = header.replace("t=17672256", "t=17672257");
        assert_eq!(
            verify(b"secret", &moved, b"{}", NOW + Duration::from_secs(100)),
            Err(Forged::Wrong)
        );
        for unreadable in [
            "",
            "t=1",
            "v1=00",
            "t=x,v1=00",
            &format!("t=1,{header}"),
            &header.replace("v1", "v0"),
        ] {
            assert_eq!(
                verify(b"secret", unreadable, b"{}", NOW),
                Err(Forged::Unreadable),
                "{unreadable}"
            );
        }
    }

    #[test]
    fn a_signature_holds_for_five_minutes_either_way() {
        let header = sign(b"s", b"x", NOW);
        for (at, expected) in [
            (NOW + TOLERANCE, Ok(())),
            (NOW - TOLERANCE, Ok(())),
            (NOW + TOLERANCE + Duration::from_secs(1), Err(Forged::Stale)),
            (NOW - TOLERANCE - Duration::from_secs(1), Err(Forged::Stale)),
        ] {
            assert_eq!(verify(b"s", &header, b"x", at), expected);
        }
    }

    #[test]
    fn one_of_several_signatures_is_enough() {
        let (old, new) = (sign(b"old", b"x", NOW), sign(b"new", b"x", NOW));
        let both = format!("{old},{}", new.split(',').nth(1).unwrap());
        assert_eq!(verify(b"new", &both, b"x", NOW), Ok(()));
        assert_eq!(verify(b"old", &both, b"x", NOW), Ok(()));
    }

    #[test]
    fn the_scheme_is_stripes() {
        // Computed by `printf '1767225600.{}' | openssl dgst -sha256 -hmac whsec_test`.
        let header = sign(b"whsec_test", b"{}", NOW);
        let tag = "4a942ef9477fb7b15b98664cf7ff2c2543984c1fa6bdf3520b48dcb25bcd1fe4";
        assert_eq!(header, format!("t=1767225600,v1={tag}"));
    }

    proptest! {
        #[test]
        fn no_header_makes_it_panic(header in "\\PC{0,80}", body in prop::collection::vec(any::<u8>(), 0..20)) {
            prop_assert!(verify(b"s", &header, &body, NOW).is_err());
        }
    }
}
