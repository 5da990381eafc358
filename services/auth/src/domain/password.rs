//! Owns how passwords are kept: argon2id in the PHC string format. Refuses to know accounts and threads: hashing is slow
//! and must be called through `hasher`.

use argon2::password_hash::PasswordVerifier as _;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, Version};
use kernel::Fault;

/// Memory of one hash in KiB (OWASP's minimum for t = 2).
const MEMORY_KIB: u32 = 19_456;
/// Passes.
const PASSES: u32 = 2;
/// Lanes.
const LANES: u32 = 1;
/// Bytes of a salt.
pub(crate) const SALT_BYTES: usize = 16;
/// Shortest password, in characters.
pub(crate) const CHARS_MIN: usize = 10;
/// Longest password, in characters; a longer one is refused before it is hashed.
pub(crate) const CHARS_MAX: usize = 128;

/// What a password is compared with when there is no account, so that the answer takes as long: the hash of no password,
/// with today's parameters.
pub(crate) const NOBODYS_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5J3Mgc2FsdCEhIQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// How a password compares with a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Match {
    /// It is another one.
    No,
    /// It is the one.
    Yes,
    /// It is the one, but hashed with parameters of the past: hash it anew.
    Outdated,
}

fn params() -> Result<Params, Fault> {
    Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(Fault::internal)
}

/// Hashes a password.
pub(crate) fn hash(password: &str, salt: &[u8; SALT_BYTES]) -> Result<String, Fault> {
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params()?);
    let hash = argon2
        .hash_password_with_salt(password.as_bytes(), salt)
        .map_err(Fault::internal)?;
    Ok(hash.to_string())
}

/// Compares a password with a hash, with the parameters that the hash names.
pub(crate) fn compare(password: &str, hash: &str) -> Result<Match, Fault> {
    let hash = PasswordHash::new(hash).map_err(Fault::internal)?;
    if Argon2::default().verify_password(password.as_bytes(), &hash).is_err() {
        return Ok(Match::No);
    }
    let (used, wanted) = (Params::try_from(&hash).map_err(Fault::internal)?, params()?);
    let same = hash.algorithm.as_str() == "argon2id"
        && (used.m_cost(), used.t_cost(), used.p_cost()) == (wanted.m_cost(), wanted.t_cost(), wanted.p_cost());
    Ok(if same { Match::Yes } else { Match::Outdated })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_argon2id_of_at_least_19_mib_and_2_passes() {
        let hash = hash("correct horse", &[7; 16]).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert_eq!(compare("correct horse", &hash).unwrap(), Match::Yes);
        assert_eq!(compare("correct horsf", &hash).unwrap(), Match::No);
    }

    #[test]
    fn a_hash_of_weaker_parameters_is_outdated() {
        let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8, 1, 1, None).unwrap());
        let hash = weak
            .hash_password_with_salt(b"correct horse", &[7; 16])
            .unwrap()
            .to_string();
        assert_eq!(compare("correct horse", &hash).unwrap(), Match::Outdated);
        assert_eq!(compare("wrong", &hash).unwrap(), Match::No);
    }

    #[test]
    fn nobodys_hash_costs_what_a_new_one_costs_and_fits_nothing() {
        let prefix = |hash: &str| hash.rsplitn(3, '$').last().map(str::to_owned);
        assert_eq!(prefix(NOBODYS_HASH), prefix(&hash("x", &[7; 16]).unwrap()));
        assert_eq!(compare("", NOBODYS_HASH).unwrap(), Match::No);
    }
}
