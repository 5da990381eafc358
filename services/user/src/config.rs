//! Owns the service's settings.

use serde::{Deserialize, Serialize};

/// Settings of user.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Config {
    /// A claimed handle whose sign-up has not finished after this many seconds is free again. Default 900.
    pub claim_ttl_seconds: u64,
    /// A person may have an archive of their data again after so many seconds; 0: at once. Default 3600.
    pub export_seconds: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            claim_ttl_seconds: 900,
            export_seconds: 3600,
        }
    }
}
