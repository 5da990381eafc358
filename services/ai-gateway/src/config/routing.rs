//! Owns the settings of ways to models: names that stand for several targets, when a target is left alone, how many calls
//! may be tried again. Refuses to know whether the targets exist.

use std::time::Duration;

use chassis::resilience::{Rules, Share, Trip};
use serde::{Deserialize, Serialize};

use super::Timeouts;

/// A name that stands for several targets.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NamedModel {
    /// Name, 1-64 of `[A-Za-z0-9._:-]`. It comes before a provider's bare model of the same name; `default` is what
    /// callers get who ask for `default`.
    pub name: String,
    /// Who may answer, 1 to 16, each of a provider in the file.
    pub targets: Vec<TargetConfig>,
    /// Who is asked first. Default `ordered`.
    #[serde(default)]
    pub strategy: Strategy,
    /// Time limits instead of `[ai.timeouts]`; those not named stay.
    #[serde(default)]
    pub timeouts: OwnTimeouts,
    /// Whether a second target is asked when the first is slow. Default never.
    #[serde(default)]
    pub hedge: Option<HedgeConfig>,
}

/// Who may answer for a named model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TargetConfig {
    /// `provider/model`.
    pub model: String,
    /// How often it is drawn, against the others; 1 to 1,000. Default 1. Only with `balanced`.
    #[serde(default = "one")]
    pub weight: u32,
}

const fn one() -> u32 {
    1
}

/// Who of several targets is asked first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Strategy {
    /// The first that is not left alone; the next ones only when it fails.
    #[default]
    Ordered,
    /// Of two drawn by weight, the one with less latency times calls under way.
    Balanced,
}

/// Time limits of one named model, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct OwnTimeouts {
    /// See [`Timeouts::connect_ms`].
    pub connect_ms: Option<u64>,
    /// See [`Timeouts::first_token_ms`].
    pub first_token_ms: Option<u64>,
    /// See [`Timeouts::between_tokens_ms`].
    pub between_tokens_ms: Option<u64>,
    /// See [`Timeouts::total_ms`].
    pub total_ms: Option<u64>,
}

impl OwnTimeouts {
    /// Returns `common` with what is set here in its place.
    pub(crate) fn over(self, common: Timeouts) -> Timeouts {
        Timeouts {
            connect_ms: self.connect_ms.unwrap_or(common.connect_ms),
            first_token_ms: self.first_token_ms.unwrap_or(common.first_token_ms),
            between_tokens_ms: self.between_tokens_ms.unwrap_or(common.between_tokens_ms),
            total_ms: self.total_ms.unwrap_or(common.total_ms),
        }
    }
}

/// When a second target is asked beside a slow one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HedgeConfig {
    /// After so many milliseconds without a first frame; at least 1.
    pub after_ms: u64,
    /// Of at most so many in a hundred calls, 1 to 100. What the retry budget does not pay for is not done either.
    pub percent_max: u32,
}

/// When a target is left alone: `[ai.breaker]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct BreakerConfig {
    /// How long a call counts, in milliseconds, to a tenth of it. Default 60,000.
    pub window_ms: u64,
    /// Fewer calls than so say nothing. Default 10.
    pub calls_min: u32,
    /// Failures in a hundred calls from which on it is left alone. Default 50.
    pub failure_percent: u32,
    /// For how long, in milliseconds; then single calls try whether it is back. Default 10,000.
    pub open_ms: u64,
    /// How many of them must work, one after the other. Default 1.
    pub probes: u32,
}

impl Default for BreakerConfig {
    fn default() -> Self {
        Self {
            window_ms: 60_000,
            calls_min: 10,
            failure_percent: 50,
            open_ms: 10_000,
            probes: 1,
        }
    }
}

impl BreakerConfig {
    pub(crate) fn rules(self) -> Rules {
        Rules {
            trip: Trip::Share {
                window: Duration::from_millis(self.window_ms),
                calls_min: self.calls_min.max(1),
                failures_permille: self.failure_percent.saturating_mul(10),
            },
            open_for: Duration::from_millis(self.open_ms),
            probes: self.probes.max(1),
        }
    }
}

/// How many calls may be tried again, on the same target or another: `[ai.retries]`. One budget for the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct RetryConfig {
    /// Retries that a hundred calls bring. Default 10.
    pub percent: u32,
    /// Retries that are there at the start. Default 10.
    pub start: u32,
    /// Retries that can be saved up. Default 100.
    pub saved_max: u32,
    /// Retries that come by themselves in a minute while there are fewer than at the start. Default 10.
    pub per_minute: u32,
}

impl Default for RetryConfig {
    fn default() -> Self {
        Self {
            percent: 10,
            start: 10,
            saved_max: 100,
            per_minute: 10,
        }
    }
}

impl RetryConfig {
    pub(crate) fn share(self) -> Share {
        Share {
            permille: self.percent.saturating_mul(10),
            start: self.start,
            most: self.saved_max.max(self.start),
            per_minute: self.per_minute,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_named_model_is_read_and_its_own_limits_come_before_the_common_ones() {
        let text = r#"
            name = "fast"
            targets = [{ model = "a/one" }, { model = "b/two", weight = 3 }]
            strategy = "balanced"
            timeouts = { firstTokenMs = 900 }
            hedge = { afterMs = 300, percentMax = 5 }
        "#;
        let model: NamedModel = toml::from_str(text).unwrap();
        assert_eq!((model.targets[0].weight, model.targets[1].weight), (1, 3));
        assert_eq!(model.strategy, Strategy::Balanced);
        let over = model.timeouts.over(Timeouts::default());
        assert_eq!((over.first_token_ms, over.total_ms), (900, 600_000));
        assert!(toml::from_str::<NamedModel>("name = \"x\"\ntargets = []\nretries = 1").is_err());
    }
}
