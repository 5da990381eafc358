//! Owns whom budgets and limits are for: keys, people, agents, rooms; and what each of them may use. Refuses to know what
//! they used.

use std::fmt;

use contracts::ai_gateway::Principal;
use kernel::{AgentId, ApiKeyId, RoomId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use store::{Document, Index};
use utoipa::ToSchema;

use crate::config::BudgetConfig;
use crate::domain::price::Pattern;
use crate::domain::window::Window;

/// Somebody or something that use is counted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Subject {
    Key(ApiKeyId),
    User(UserId),
    Agent(AgentId),
    Room(RoomId),
}

impl Subject {
    /// Lists all that a call of `who` is counted for: the narrowest first.
    pub(crate) fn of(who: &Principal) -> impl Iterator<Item = Self> {
        let key = who.key_id.map(Self::Key);
        let agent = who.agent_id.map(Self::Agent);
        let room = who.room_id.map(Self::Room);
        [key, agent, room, Some(Self::User(who.user_id))].into_iter().flatten()
    }

    /// Returns its kind's word.
    pub(crate) const fn scope(self) -> &'static str {
        match self {
            Self::Key(_) => "key",
            Self::User(_) => "user",
            Self::Agent(_) => "agent",
            Self::Room(_) => "room",
        }
    }
}

/// `user:0190c5a0-…`.
impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scope = self.scope();
        match self {
            Self::Key(id) => write!(f, "{scope}:{id}"),
            Self::User(id) => write!(f, "{scope}:{id}"),
            Self::Agent(id) => write!(f, "{scope}:{id}"),
            Self::Room(id) => write!(f, "{scope}:{id}"),
        }
    }
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Unit {
    /// Millionths of the currency's major unit.
    Micros,
    /// Tokens, read and written.
    Tokens,
}

impl Unit {
    /// Returns its word.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Micros => "micros",
            Self::Tokens => "tokens",
        }
    }
}

/// An amount of money in each window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Budget {
    /// Millionths of the currency's major unit, at most 10^15.
    #[schema(maximum = 1_000_000_000_000_000u64)]
    pub(crate) micros: u64,
    /// When it is there again: each day, each month (UTC), or never.
    pub(crate) window: Window,
}

/// How fast, how much at once, and how much in all; absent = no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Rates {
    /// Calls a minute, 1 to 10^9.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    pub(crate) requests_per_minute: Option<u32>,
    /// Tokens a minute, read and written, 1 to 10^9.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    pub(crate) tokens_per_minute: Option<u32>,
    /// Calls under way at once in one process, 1 to 10^9.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    pub(crate) concurrent: Option<u32>,
    /// Tokens a day (UTC), read and written, at most 10^15.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 1_000_000_000_000_000u64)]
    pub(crate) tokens_per_day: Option<u64>,
    /// Tokens a month (UTC), read and written, at most 10^15.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 1_000_000_000_000_000u64)]
    pub(crate) tokens_per_month: Option<u64>,
}

/// Most of any rate.
pub(crate) const RATE_MAX: u32 = 1_000_000_000;
/// Most of any budget; leaves room for sums in 63 bits.
pub(crate) const BUDGET_MAX: u64 = 1_000_000_000_000_000;

/// All that a subject may use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Allowance {
    pub(crate) money: Option<Budget>,
    pub(crate) tokens_per_day: Option<u64>,
    pub(crate) tokens_per_month: Option<u64>,
    pub(crate) rates: Rates,
    /// Models it may ask; empty = all.
    pub(crate) models: Vec<Pattern>,
    /// Whose it is, for a key.
    pub(crate) owner: Option<UserId>,
    /// When it ends.
    pub(crate) expires_at: Option<Timestamp>,
}

impl From<&BudgetConfig> for Allowance {
    fn from(config: &BudgetConfig) -> Self {
        let money = |micros| Budget {
            micros,
            window: Window::Day,
        };
        Self {
            money: config.micros_per_day.map(money),
            tokens_per_day: config.tokens_per_day,
            rates: Rates {
                requests_per_minute: config.requests_per_minute,
                tokens_per_minute: config.tokens_per_minute,
                ..Rates::default()
            },
            ..Self::default()
        }
    }
}

/// What a moderator set for one person, agent or room, instead of what the configuration says for all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BudgetDoc {
    /// The subject, as `user:0190c5a0-…`.
    pub(crate) id: String,
    pub(crate) set: BudgetConfig,
    pub(crate) set_at: Timestamp,
}

impl Document for BudgetDoc {
    const COLLECTION: &'static str = "budgets";
    const INDEXES: &'static [Index] = &[];
    fn id(&self) -> String {
        self.id.clone()
    }
}
