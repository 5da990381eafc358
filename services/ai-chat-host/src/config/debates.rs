//! Owns the limits of debates.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::debate::Phase;

/// How long a debate may take and how much it may use.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Debates {
    /// The voting before a debate ends by itself after so many seconds. Default 300.
    pub voting_before_seconds: u64,
    /// The voting after it does. Default 600.
    pub voting_after_seconds: u64,
    /// A turn that has not been spoken so many seconds after its beginning is forfeited. Default 120.
    pub turn_seconds_max: u64,
    /// Attempts at one turn. Default 3.
    pub attempts_max: u32,
    /// Attempts at one turn that do not count, since a service was away or the host left, after which a debate is called off. Default 60:
    /// five minutes.
    pub postponements_max: u32,
    /// Milliseconds between the first two attempts; twice as long between the next, and so on. Default 5000.
    pub retry_ms: u64,
    /// Most tokens of a turn in `opening`. Default 400.
    pub opening_tokens: u32,
    /// In `rebuttal`. Default 300.
    pub rebuttal_tokens: u32,
    /// In `cross`, a question or an answer. Default 200.
    pub cross_tokens: u32,
    /// In `closing`. Default 250.
    pub closing_tokens: u32,
    /// Tokens that a debater is given to read, by the estimate of 4 characters a token. Default 6000.
    pub context_tokens: u32,
    /// Debates that this process works on at once; more wait in the store. Default 16.
    pub running_max: usize,
    /// Debates that a person may begin in an hour; each costs. Default 10.
    pub per_owner_hour_max: u32,
    /// The blind votes of one debate together weigh as much as so many comparisons at most, so that one big room does not
    /// decide a rating; in any case less than 5, since they are of one hearing. Default 25.
    pub rated_weight_max: u32,
    /// Days that a debate and its votes are kept after its end; what it came to stays. Default 365.
    pub kept_days: u32,
    /// The latest debates with votes that ratings are made of; 1 to 1000. Default 300.
    pub rated_debates_max: usize,
}

impl Default for Debates {
    fn default() -> Self {
        Self {
            voting_before_seconds: 300,
            voting_after_seconds: 600,
            turn_seconds_max: 120,
            attempts_max: 3,
            postponements_max: 60,
            retry_ms: 5_000,
            opening_tokens: 400,
            rebuttal_tokens: 300,
            cross_tokens: 200,
            closing_tokens: 250,
            context_tokens: 6_000,
            running_max: 16,
            per_owner_hour_max: 10,
            rated_weight_max: 25,
            kept_days: 365,
            rated_debates_max: 300,
        }
    }
}

impl Debates {
    pub(crate) fn voting_before(&self) -> Duration {
        Duration::from_secs(self.voting_before_seconds)
    }
    pub(crate) fn voting_after(&self) -> Duration {
        Duration::from_secs(self.voting_after_seconds)
    }
    pub(crate) fn kept(&self) -> Duration {
        Duration::from_secs(u64::from(self.kept_days) * 86_400)
    }
    pub(crate) fn turn(&self) -> Duration {
        Duration::from_secs(self.turn_seconds_max)
    }
    /// Returns how long to wait after the failed attempt `attempt`.
    pub(crate) fn retry(&self, attempt: u32) -> Duration {
        let doubled = 1_u64 << attempt.saturating_sub(1).min(16);
        Duration::from_millis(self.retry_ms.saturating_mul(doubled))
    }
    /// Returns the most tokens of a turn in a phase.
    pub(crate) fn tokens(&self, phase: Phase) -> u32 {
        match phase {
            Phase::Opening => self.opening_tokens,
            Phase::Rebuttal => self.rebuttal_tokens,
            Phase::Cross => self.cross_tokens,
            _ => self.closing_tokens,
        }
    }
}
