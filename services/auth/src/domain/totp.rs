//! Owns time-based codes (RFC 6238: SHA-1, 6 digits, 30 s, one step of tolerance) and recovery codes. Refuses to know
//! where secrets are kept.

use kernel::{Fault, Timestamp};
use totp_rs::{Builder, Secret, Totp};

/// Bytes of an authenticator secret (RFC 4226 recommends 160 bits).
pub(crate) const SECRET_BYTES: usize = 20;
/// How many recovery codes there are.
pub(crate) const RECOVERY_CODES: usize = 10;
/// Characters of a recovery code, of 5 bits each.
const RECOVERY_CHARS: usize = 10;
/// Crockford's base 32: no letter looks like a digit.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Longest text that is looked at as a code.
pub(crate) const CODE_CHARS_MAX: usize = 32;

/// What somebody typed as their second factor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    /// Six digits.
    Digits(String),
    /// Anything else: perhaps a recovery code, without its dash.
    Recovery(String),
}

impl Code {
    /// Reads a code as people type it, with blanks and dashes.
    pub(crate) fn read(text: &str) -> Self {
        let plain: String = text
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect::<String>()
            .to_ascii_lowercase();
        let digits = plain.len() == 6 && plain.bytes().all(|b| b.is_ascii_digit());
        if digits {
            Self::Digits(plain)
        } else {
            Self::Recovery(plain)
        }
    }
}

/// Returns the step (30 s since the epoch) that `digits` belong to, when it is now, the one before or the one after.
pub(crate) fn step_of(secret: &[u8], digits: &str, now: Timestamp) -> Result<Option<u64>, Fault> {
    let seconds = u64::try_from(now.seconds()).unwrap_or(0);
    Ok(authenticator(secret, None)?.check(digits, seconds))
}

/// Returns the secret as base 32 and the `otpauth:` URL that authenticator apps read.
pub(crate) fn provision(secret: &[u8], product: &str, email: &str) -> Result<(String, String), Fault> {
    let totp = authenticator(secret, Some((product, email)))?;
    Ok((
        Secret::from(secret.to_vec()).to_base32(),
        totp.to_url().map_err(Fault::internal)?,
    ))
}

fn authenticator(secret: &[u8], names: Option<(&str, &str)>) -> Result<Totp, Fault> {
    let mut builder = Builder::new().with_secret(secret.to_vec());
    if let Some((product, email)) = names {
        // A colon separates the two names in the URL's label.
        builder = builder
            .with_issuer(Some(product.replace(':', " ")))
            .with_account_name(email.replace(':', " "));
    }
    builder.build().map_err(Fault::internal)
}

/// Makes a recovery code, such as `3f9ka-m2x7c`, from random bytes.
pub(crate) fn recovery_code(random: [u8; RECOVERY_CHARS]) -> String {
    let letter = |byte: &u8| char::from(ALPHABET.get(usize::from(byte & 31)).copied().unwrap_or(b'0'));
    let code: String = random.iter().map(letter).collect();
    let (left, right) = code.split_at(RECOVERY_CHARS / 2);
    format!("{left}-{right}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_as_people_type_them() {
        assert_eq!(Code::read(" 123 456 "), Code::Digits("123456".into()));
        assert_eq!(Code::read("3F9KA-M2X7C"), Code::Recovery("3f9kam2x7c".into()));
        assert_eq!(
            Code::read(&recovery_code([0, 31, 1, 30, 2, 255, 3, 28, 4, 27])),
            Code::Recovery("0z1y2z3w4v".into())
        );
        assert_eq!(Code::read(""), Code::Recovery(String::new()));
    }

    #[test]
    fn a_code_holds_for_its_step_and_one_more_on_each_side() {
        let (secret, at) = ([9; SECRET_BYTES], |s: i64| Timestamp::from_millis(s * 1000));
        let code = authenticator(&secret, None).unwrap().generate(3000).to_string();
        assert_eq!(step_of(&secret, &code, at(3000)).unwrap(), Some(100));
        assert_eq!(step_of(&secret, &code, at(3059)).unwrap(), Some(100));
        assert_eq!(step_of(&secret, &code, at(3060)).unwrap(), None);
        assert_eq!(step_of(&secret, &code, at(2969)).unwrap(), None);
    }

    #[test]
    fn an_authenticator_app_gets_a_url_it_can_read() {
        let (secret, url) = provision(&[9; SECRET_BYTES], "AI: Chat", "ada@example.com").unwrap();
        let read = Totp::from_url(&url).unwrap();
        assert_eq!(
            read.generate(3000).to_string(),
            authenticator(&[9; 20], None).unwrap().generate(3000).to_string()
        );
        assert!(url.contains(&secret), "{url}");
    }
}
