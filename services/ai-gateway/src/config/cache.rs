//! Owns the settings of the exact cache: section `[ai.cache]`. Refuses to know what is kept.

use std::time::Duration;

use kernel::{ErrorCode, Fault};
use serde::{Deserialize, Serialize};

/// Longest time that an answer may be kept: 30 days, in seconds.
const TTL_SECONDS_MAX: u64 = 30 * 24 * 3600;

/// Whether the same request of the same person is answered again without asking a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct CacheConfig {
    /// Whether answers are kept at all. Default false: an answer written at a temperature above 0 is otherwise a new one each
    /// time, and with a cache it stays the same for `ttlSeconds`.
    pub enabled: bool,
    /// How long an answer is kept, in seconds, 1 to 2,592,000. Default 300.
    pub ttl_seconds: u64,
    /// Bytes of all answers that are kept in this process; the least lately used ones go. As many bytes again may be under
    /// way, in answers that are not complete yet. Default 64 MiB.
    pub bytes_max: usize,
    /// Bytes of one answer, from 1 to `bytesMax`; a longer one is not kept. Default 1 MiB.
    pub entry_bytes_max: usize,
}

impl Default for CacheConfig {
    fn default() -> Self {
        Self {
            enabled: false,
            ttl_seconds: 300,
            bytes_max: 64 * 1024 * 1024,
            entry_bytes_max: 1024 * 1024,
        }
    }
}

impl CacheConfig {
    /// Returns how long an answer is kept.
    pub(crate) fn ttl(&self) -> Duration {
        Duration::from_secs(self.ttl_seconds)
    }

    /// Fails on numbers that make no sense.
    pub(crate) fn check(&self) -> Result<(), Fault> {
        let wrong = |words: &str| {
            Err(Fault::new(
                ErrorCode::Invalid,
                "ai.config_invalid",
                format!("ai.cache: {words}"),
            ))
        };
        if !(1..=TTL_SECONDS_MAX).contains(&self.ttl_seconds) {
            return wrong(&format!("ttlSeconds is not 1 to {TTL_SECONDS_MAX}"));
        }
        if self.entry_bytes_max == 0 || self.entry_bytes_max > self.bytes_max {
            return wrong("entryBytesMax is not 1 to bytesMax");
        }
        if u32::try_from(self.entry_bytes_max).is_err() {
            return wrong("entryBytesMax is 4 GiB or more");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_off_unless_the_operator_says_otherwise_and_nonsense_is_refused() {
        let off = CacheConfig::default();
        assert!(!off.enabled && off.check().is_ok());
        for wrong in [
            CacheConfig { ttl_seconds: 0, ..off },
            CacheConfig {
                ttl_seconds: u64::MAX,
                ..off
            },
            CacheConfig {
                entry_bytes_max: 0,
                ..off
            },
            CacheConfig { bytes_max: 10, ..off },
        ] {
            assert_eq!(wrong.check().unwrap_err().code, "ai.config_invalid", "{wrong:?}");
        }
    }
}
