//! Owns the service's settings: section `[expiration]` of the configuration file. Refuses to know where the file lies.

use std::time::Duration;

use kernel::Fault;
use serde::{Deserialize, Serialize};

/// Settings of expiration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Config {
    /// How often the ephemeral store is asked for what is due, in milliseconds. Default 100.
    pub prompt_each_ms: u64,
    /// How often the documents are asked for what was lost, in milliseconds. Default 1,000.
    pub sweep_each_ms: u64,
    /// Timers that are read and fired in one go. Default 500.
    pub batch_max: usize,
    /// How long a timer that is over is remembered, in hours: longer than its events can come again. Default 192 (8 days).
    pub kept_hours: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            prompt_each_ms: 100,
            sweep_each_ms: 1_000,
            batch_max: 500,
            kept_hours: 192,
        }
    }
}

impl Config {
    /// Checks that the settings make sense. `Invalid` names those that do not.
    pub fn check(&self) -> Result<(), Fault> {
        let wrong = |field: &str, rule: &str| Err(Fault::invalid(format!("expiration.{field}"), rule));
        if !(10..=10_000).contains(&self.prompt_each_ms) {
            return wrong("promptEachMs", "is between 10 and 10,000");
        }
        if !(10..=30_000).contains(&self.sweep_each_ms) {
            return wrong("sweepEachMs", "is between 10 and 30,000");
        }
        if !(1..=1_000).contains(&self.batch_max) {
            return wrong("batchMax", "is between 1 and 1,000");
        }
        if !(1..=8_760).contains(&self.kept_hours) {
            return wrong("keptHours", "is between an hour and a year");
        }
        Ok(())
    }

    pub(crate) fn prompt_each(&self) -> Duration {
        Duration::from_millis(self.prompt_each_ms)
    }

    pub(crate) fn sweep_each(&self) -> Duration {
        Duration::from_millis(self.sweep_each_ms)
    }

    pub(crate) fn kept(&self) -> Duration {
        Duration::from_secs(u64::from(self.kept_hours) * 3_600)
    }
}
