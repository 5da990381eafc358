//! Owns the limits that all adapters keep alike. Refuses to know any adapter.

use std::time::Duration;

use bytes::Bytes;

use crate::EphemeralError;
use crate::port::{KEY_BYTES_MAX, VALUE_BYTES_MAX};

/// Tokens that rounding may lose; a bucket is not short by less.
pub(crate) const TOKEN_ROUNDING: f64 = 1e-6;
/// A bucket that refills more slowly than this is forgotten and so full again.
pub(crate) const BUCKET_KEPT_MAX: Duration = Duration::from_secs(7 * 24 * 3600);

/// Refuses a key, name, id, member or channel of the wrong length.
pub(crate) fn check_key(key: &str) -> Result<(), EphemeralError> {
    match key.len() {
        1..=KEY_BYTES_MAX => Ok(()),
        bytes => Err(EphemeralError(format!(
            "a key has 1 to {KEY_BYTES_MAX} bytes, not {bytes}"
        ))),
    }
}

/// Refuses a value, entry or payload that is too long.
pub(crate) fn check_value(value: &Bytes) -> Result<(), EphemeralError> {
    match value.len() {
        0..=VALUE_BYTES_MAX => Ok(()),
        bytes => Err(EphemeralError(format!(
            "a value has at most {VALUE_BYTES_MAX} bytes, not {bytes}"
        ))),
    }
}
