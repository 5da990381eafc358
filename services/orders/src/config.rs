//! Owns the service's settings: section `[orders]` of the configuration file. Refuses to know where the file lies.

use std::time::Duration;

use kernel::Fault;
use serde::{Deserialize, Serialize};

/// Settings of orders.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Config {
    /// How long a buyer may pay, from the hold on, in milliseconds. Default 900,000 (15 minutes).
    pub pay_within_ms: u64,
    /// How much longer than that a hold is asked for, in milliseconds, so that the order ends first. Default 600,000.
    pub hold_margin_ms: u64,
    /// How long the hold of an order that the provider does not answer for is prolonged at the most, in milliseconds. Default 86,400,000
    /// (24 hours).
    pub hold_kept_max_ms: u64,
    /// How long ai-model-cards is waited for, in milliseconds. Default 2,000.
    pub cards_timeout_ms: u64,
    /// How long after completion a buyer may ask for a refund, in days; sellers and moderators always may. Default 14; 0 never.
    pub refund_window_days: u32,
    /// Orders of one buyer that may be open at once. Default 20.
    pub open_orders_max: u32,
    /// Orders of one limited card that one buyer may let go, by time or by hand, within `let_go_within_minutes`; then others have their
    /// turn. Default 3.
    pub let_go_max: u32,
    /// How long an order that was let go counts, in minutes. Default 60.
    pub let_go_within_minutes: u32,
    /// How long an `Idempotency-Key` is remembered, in hours. Default 24, which is the least.
    pub keys_kept_hours: u32,
    /// How often what nothing came for is looked for, in milliseconds. Default 1,000.
    pub sweep_each_ms: u64,
    /// How many orders of a sweep are dealt with at once. Default 16.
    pub sweep_parallel: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            pay_within_ms: 900_000,
            hold_margin_ms: 600_000,
            hold_kept_max_ms: 86_400_000,
            cards_timeout_ms: 2_000,
            refund_window_days: 14,
            open_orders_max: 20,
            let_go_max: 3,
            let_go_within_minutes: 60,
            keys_kept_hours: 24,
            sweep_each_ms: 1_000,
            sweep_parallel: 16,
        }
    }
}

impl Config {
    /// Checks that the settings make sense. `Invalid` names those that do not.
    pub fn check(&self) -> Result<(), Fault> {
        let wrong = |field: &str, rule: &str| Err(Fault::invalid(format!("orders.{field}"), rule));
        if !(1_000..=86_400_000).contains(&self.pay_within_ms) {
            return wrong("payWithinMs", "is between a second and a day");
        }
        if self.hold_margin_ms < 60_000 {
            return wrong("holdMarginMs", "is at least a minute");
        }
        if !(1..=60_000).contains(&self.cards_timeout_ms) {
            return wrong("cardsTimeoutMs", "is at most a minute");
        }
        if !(1..=200).contains(&self.open_orders_max) {
            return wrong("openOrdersMax", "is between 1 and 200");
        }
        if !(1..=1_000).contains(&self.let_go_max) {
            return wrong("letGoMax", "is between 1 and 1,000");
        }
        if !(1..=1_440).contains(&self.let_go_within_minutes) {
            return wrong("letGoWithinMinutes", "is between a minute and a day");
        }
        if !(24..=8_760).contains(&self.keys_kept_hours) {
            return wrong("keysKeptHours", "is between a day and a year");
        }
        if !(10..=30_000).contains(&self.sweep_each_ms) {
            return wrong("sweepEachMs", "is between 10 and 30,000");
        }
        if !(1..=256).contains(&self.sweep_parallel) {
            return wrong("sweepParallel", "is between 1 and 256");
        }
        Ok(())
    }

    pub(crate) fn pay_within(&self) -> Duration {
        Duration::from_millis(self.pay_within_ms)
    }

    pub(crate) fn hold_for(&self) -> Duration {
        Duration::from_millis(self.pay_within_ms.saturating_add(self.hold_margin_ms))
    }

    pub(crate) fn hold_kept_max(&self) -> Duration {
        Duration::from_millis(self.hold_kept_max_ms)
    }

    pub(crate) fn let_go_within(&self) -> Duration {
        Duration::from_secs(u64::from(self.let_go_within_minutes) * 60)
    }

    pub(crate) fn cards_timeout(&self) -> Duration {
        Duration::from_millis(self.cards_timeout_ms)
    }

    pub(crate) fn refund_window(&self) -> Duration {
        Duration::from_secs(u64::from(self.refund_window_days) * 86_400)
    }

    pub(crate) fn keys_kept(&self) -> Duration {
        Duration::from_secs(u64::from(self.keys_kept_hours) * 3_600)
    }

    pub(crate) fn sweep_each(&self) -> Duration {
        Duration::from_millis(self.sweep_each_ms)
    }
}
