//! Owns the door's settings and limits.

use serde::{Deserialize, Serialize};

/// Settings of the public door.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Config {
    /// Web origins that may call from a browser, besides our own and loopback ones. `*` allows all. Default none.
    pub cors_origins: Vec<String>,
    /// Requests a second of one signed-in person, refilled evenly. Default 1000.
    pub user_requests_per_second: u32,
    /// The burst of the same. Default 2000.
    pub user_requests_burst: u32,
    /// Requests a second of one address (IPv6: its /64) without a token that holds. Default 50. The operator's own
    /// machine (loopback with no proxy in front) is not counted.
    pub address_requests_per_second: u32,
    /// The burst of the same. Default 200.
    pub address_requests_burst: u32,
    /// Addresses and networks of proxies whose `X-Forwarded-For` is believed, besides loopback: `10.0.0.0/8`. Default none.
    pub trusted_proxies: Vec<String>,
    /// Longest time for an answer to begin, except for streams. Default 30.
    pub deadline_seconds: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            cors_origins: Vec::new(),
            user_requests_per_second: 1000,
            user_requests_burst: 2000,
            address_requests_per_second: 50,
            address_requests_burst: 200,
            trusted_proxies: Vec::new(),
            deadline_seconds: 30,
        }
    }
}
