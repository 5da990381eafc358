//! Owns the settings of money and use: prices, and what people, agents and rooms may use. Refuses to know keys, whose
//! owners set their own.

use kernel::{Currency, ErrorCode, Fault, FieldError};
use serde::{Deserialize, Serialize};

use crate::domain::subject::{BUDGET_MAX, RATE_MAX};

/// The one currency of an installation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HouseCurrency(pub Currency);

impl Default for HouseCurrency {
    fn default() -> Self {
        Self(Currency::USD)
    }
}

/// What a model costs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PriceConfig {
    /// `provider/model`, or a prefix of such names with `*` at its end. The longest that fits holds.
    pub model: String,
    /// Micros of the currency's major unit per million tokens read: 2,500,000 is 2.50.
    pub prompt_micros_per_million: u64,
    /// Micros per million tokens written.
    pub completion_micros_per_million: u64,
    /// Micros per million tokens read that the provider found in its cache of prompts. Default the price of tokens read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cached_micros_per_million: Option<u64>,
    /// Micros per million tokens read that the provider wrote to that cache. Default the price of tokens read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache_write_micros_per_million: Option<u64>,
    /// Most tokens that the model writes in an answer, at least 1: what is reserved for one that comes whole and whose caller
    /// names no limit. Default `budgets.unnamedWholeTokens`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completion_tokens_max: Option<u32>,
}

/// What people, agents and rooms may use, each of them. Default nothing: no limit. A moderator can set other ones for a single one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct Budgets {
    /// Tokens that an answer is reserved for when its caller does not say how many it may have. Default 4,096. A stream that
    /// goes on reserves for as many more, and ends with an error when they are not to be had.
    pub unnamed_tokens: u32,
    /// The same of an answer that comes whole, where nothing can be reserved on the way; a model's `completionTokensMax` comes before
    /// it. Default 16,384. A model that writes more is charged for all of it.
    pub unnamed_whole_tokens: u32,
    /// Each person, with all keys, and agents' runs that the person pays for.
    pub user: BudgetConfig,
    /// Each agent, whoever pays.
    pub agent: BudgetConfig,
    /// Each room, whoever pays.
    pub room: BudgetConfig,
}

/// What one of them may use; absent = no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = SubjectBudget)]
pub struct BudgetConfig {
    /// Micros of the currency's major unit a day (UTC), at most 10^15.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 1_000_000_000_000_000u64)]
    pub micros_per_day: Option<u64>,
    /// Tokens a day (UTC), read and written, at most 10^15.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 1_000_000_000_000_000u64)]
    pub tokens_per_day: Option<u64>,
    /// Calls a minute, 1 to 10^9.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    pub requests_per_minute: Option<u32>,
    /// Tokens a minute, read and written, 1 to 10^9.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    pub tokens_per_minute: Option<u32>,
}

/// Refuses a rate that is none or too much.
pub(crate) fn check_rate(field: &str, rate: Option<u32>) -> Option<FieldError> {
    let fits = rate.is_none_or(|rate| (1..=RATE_MAX).contains(&rate));
    (!fits).then(|| FieldError {
        field: field.into(),
        message: format!("is not 1 to {RATE_MAX}"),
    })
}

/// Refuses a budget that is too much.
pub(crate) fn check_budget(field: &str, budget: Option<u64>) -> Option<FieldError> {
    let fits = budget.is_none_or(|budget| budget <= BUDGET_MAX);
    (!fits).then(|| FieldError {
        field: field.into(),
        message: format!("is more than {BUDGET_MAX}"),
    })
}

impl BudgetConfig {
    /// Lists what is wrong.
    pub(crate) fn mistakes(&self) -> Vec<FieldError> {
        let found = [
            check_budget("microsPerDay", self.micros_per_day),
            check_budget("tokensPerDay", self.tokens_per_day),
            check_rate("requestsPerMinute", self.requests_per_minute),
            check_rate("tokensPerMinute", self.tokens_per_minute),
        ];
        found.into_iter().flatten().collect()
    }
}

impl Default for Budgets {
    fn default() -> Self {
        Self {
            unnamed_tokens: 4_096,
            unnamed_whole_tokens: 16_384,
            user: BudgetConfig::default(),
            agent: BudgetConfig::default(),
            room: BudgetConfig::default(),
        }
    }
}

impl Budgets {
    /// Refuses a configuration that makes no sense.
    pub(crate) fn check(&self) -> Result<(), Fault> {
        if self.unnamed_tokens == 0 || self.unnamed_whole_tokens == 0 {
            let words = "ai.budgets: unnamedTokens and unnamedWholeTokens are not both at least 1";
            return Err(Fault::new(ErrorCode::Invalid, "ai.config_invalid", words));
        }
        for (scope, config) in [("user", &self.user), ("agent", &self.agent), ("room", &self.room)] {
            if let Some(mistake) = config.mistakes().first() {
                let words = format!("ai.budgets.{scope}: {} {}", mistake.field, mistake.message);
                return Err(Fault::new(ErrorCode::Invalid, "ai.config_invalid", words));
            }
        }
        Ok(())
    }
}
