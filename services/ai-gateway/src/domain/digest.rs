//! Owns how names of any length become a short part of a document's id.

use sha2::{Digest as _, Sha256};

/// Hex digits of a digest that are kept, 128 bits: nobody finds two names with the same.
const DIGITS: usize = 32;

/// Returns the same word for the same name.
pub(crate) fn short_hash(name: &str) -> String {
    let mut digits = hex::encode(Sha256::digest(name.as_bytes()));
    digits.truncate(DIGITS);
    digits
}
