//! Owns the service's settings, each with its reason to be bounded.

use std::time::Duration;

use kernel::Currency;
use serde::{Deserialize, Serialize};

/// Settings of ai-model-cards.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Config {
    /// The one currency of prices. Default EUR.
    pub currency: Currency,
    /// Cards of one seller, retired ones included. Default 200.
    pub cards_per_seller_max: u64,
    /// Handles that no card may have, since they mean something else in rooms. Default: the starter agents' and words such as `everyone`.
    pub reserved_handles: Vec<String>,
    /// Editions that one order may hold. Default 100.
    pub quantity_max: u32,
    /// Orders that may hold editions of one limited card at once; more are asked to come again. Default 1000.
    pub open_holds_max: usize,
    /// How often holds whose time is over are looked at, in milliseconds. Default 3000.
    pub sweep_ms: u64,
    /// Holds (and tallies, and cards) that one sweep looks at. Default 200.
    pub sweep_items_max: usize,
    /// A hold whose order still stands is kept for so many milliseconds more. Default 60000.
    pub prolong_ms: u64,
    /// Reservations of which nothing can come are forgotten after so many days; longer than the bus keeps events. Default 30.
    pub keep_days: u64,
    /// Cards in the index of the search; what is published beyond is not found by it, and a warning says so. Default 50000.
    pub indexed_cards_max: usize,
    /// How often the index is compared with the store, in milliseconds; heals what the bus did not tell, such as
    /// reviews at other replicas. Default 300000.
    pub rebuild_ms: u64,
}

impl Default for Config {
    fn default() -> Self {
        let reserved = [
            "sage",
            "muse",
            "critic",
            "scout",
            "everyone",
            "all",
            "here",
            "room",
            "system",
            "admin",
            "moderator",
            "support",
        ];
        Self {
            currency: Currency::EUR,
            cards_per_seller_max: 200,
            reserved_handles: reserved.map(str::to_owned).to_vec(),
            quantity_max: 100,
            open_holds_max: 1_000,
            sweep_ms: 3_000,
            sweep_items_max: 200,
            prolong_ms: 60_000,
            keep_days: 30,
            indexed_cards_max: 50_000,
            rebuild_ms: 300_000,
        }
    }
}

impl Config {
    pub(crate) fn sweep(&self) -> Duration {
        Duration::from_millis(self.sweep_ms.max(10))
    }
    /// Within what a store answers at once.
    pub(crate) fn sweep_items(&self) -> usize {
        self.sweep_items_max.clamp(1, 1_000)
    }
    pub(crate) fn prolong(&self) -> Duration {
        Duration::from_millis(self.prolong_ms.max(1_000))
    }
    pub(crate) fn keep(&self) -> Duration {
        Duration::from_secs(self.keep_days.saturating_mul(24 * 60 * 60))
    }
    pub(crate) fn rebuild(&self) -> Duration {
        Duration::from_millis(self.rebuild_ms.max(100))
    }
}
