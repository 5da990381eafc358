//! Owns what an operator may set about chat. Refuses to know where the values come from.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Settings of chat, all with defaults.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Config {
    /// How many members of recently used rooms are remembered in all (about 200 bytes each). Default 200,000.
    pub cached_members_max: u64,
    /// How long a remembered room is believed without asking the store, in milliseconds: the backstop behind the
    /// eviction by events, so the longest time another process's removal can go unnoticed. Default 5,000.
    pub room_cache_ttl_ms: u64,
    /// How long it is believed that two people have not blocked each other, in milliseconds. Default 1,000.
    pub block_cache_ttl_ms: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            cached_members_max: 200_000,
            room_cache_ttl_ms: 5_000,
            block_cache_ttl_ms: 1_000,
        }
    }
}

impl Config {
    /// Returns how long a remembered room is believed.
    pub(crate) fn room_cache_ttl(&self) -> Duration {
        Duration::from_millis(self.room_cache_ttl_ms)
    }

    /// Returns how long the absence of a block is believed.
    pub(crate) fn block_cache_ttl(&self) -> Duration {
        Duration::from_millis(self.block_cache_ttl_ms)
    }
}
