//! Owns what everybody used on one day: in all, and of each model, person, agent and room. Refuses to know single calls.

use contracts::ai_gateway::UsedCall;
use kernel::{Cost, Fault};
use serde::{Deserialize, Serialize};
use store::{Document, Index, Key};

use crate::domain::digest::short_hash;

/// What a day's calls are added up by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum By {
    /// All calls of the day.
    Day,
    /// Those of a model, `provider/model`.
    Model,
    /// Those that a person pays for.
    User,
    /// Those of an agent.
    Agent,
    /// Those in a room.
    Room,
}

impl By {
    const ALL: [Self; 5] = [Self::Day, Self::Model, Self::User, Self::Agent, Self::Room];

    /// Returns its name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Model => "model",
            Self::User => "user",
            Self::Agent => "agent",
            Self::Room => "room",
        }
    }
}

impl From<By> for Key {
    fn from(by: By) -> Self {
        by.name().into()
    }
}

/// How sums are asked for: by day, by something over all days of the range, or by something on each day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Grouping {
    pub(crate) by: By,
    /// Whether each day is a row of its own.
    pub(crate) each_day: bool,
}

impl Grouping {
    /// Reads `day`, `model`, `day,model` and so on; nothing is `day`.
    pub(crate) fn read(words: Option<&str>) -> Result<Self, Fault> {
        let wrong = || {
            Fault::invalid(
                "by",
                "is not `day`, one of `model`, `user`, `agent`, `room`, or `day` and one of these with a comma between",
            )
        };
        let by = |word: &str| By::ALL.into_iter().find(|by| by.name() == word);
        let words: Vec<&str> = words.unwrap_or(By::Day.name()).split(',').collect();
        match words.as_slice() {
            [one] => by(one).map(|by| Self {
                by,
                each_day: by == By::Day,
            }),
            [one, other] => match (by(one), by(other)) {
                (Some(By::Day), Some(by)) | (Some(by), Some(By::Day)) if by != By::Day => {
                    Some(Self { by, each_day: true })
                }
                _ => None,
            },
            _ => None,
        }
        .ok_or_else(wrong)
    }
}

/// Names a sum.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SumKey {
    pub(crate) by: By,
    /// `2026-01-31`, UTC.
    pub(crate) day: String,
    /// The model, or the id of person, agent or room; empty for the whole day.
    pub(crate) subject: String,
}

impl SumKey {
    /// Returns the id of the document: the same for the same sum, and short whatever a model is called.
    pub(crate) fn id(&self) -> String {
        format!("{}:{}:{}", self.by.name(), self.day, short_hash(&self.subject))
    }
}

/// What calls add up to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Sum {
    /// All calls.
    pub(crate) calls: u64,
    /// Of these, those that the provider failed, before their first byte or after it.
    pub(crate) failed: u64,
    /// Of these, those answered from the cache.
    pub(crate) cached: u64,
    pub(crate) prompt_tokens: u64,
    pub(crate) completion_tokens: u64,
    /// What they cost, one amount a currency; calls of models without a price add nothing.
    pub(crate) costs: Vec<Cost>,
}

impl Sum {
    /// Begins with one call.
    pub(crate) fn of(call: &UsedCall) -> Self {
        Self {
            calls: 1,
            failed: u64::from(call.failed),
            cached: u64::from(call.cached),
            prompt_tokens: call.prompt_tokens.into(),
            completion_tokens: call.completion_tokens.into(),
            costs: call.cost.into_iter().collect(),
        }
    }

    /// Begins with a call that failed before its first byte.
    pub(crate) fn of_failure() -> Self {
        Self {
            calls: 1,
            failed: 1,
            ..Self::default()
        }
    }

    /// Adds another sum.
    pub(crate) fn add(&mut self, other: &Self) {
        for (mine, more) in [
            (&mut self.calls, other.calls),
            (&mut self.failed, other.failed),
            (&mut self.cached, other.cached),
            (&mut self.prompt_tokens, other.prompt_tokens),
            (&mut self.completion_tokens, other.completion_tokens),
        ] {
            *mine = mine.saturating_add(more);
        }
        for cost in &other.costs {
            match self.costs.iter_mut().find(|c| c.currency == cost.currency) {
                Some(mine) => mine.micros = mine.micros.saturating_add(cost.micros),
                None => self.costs.push(*cost),
            }
        }
    }
}

/// A sum as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SumDoc {
    pub(crate) id: String,
    pub(crate) by: By,
    pub(crate) day: String,
    pub(crate) subject: String,
    #[serde(flatten)]
    pub(crate) sum: Sum,
}

impl Document for SumDoc {
    const COLLECTION: &'static str = "sums";
    const INDEXES: &'static [Index] = &[
        Index::plain("by_day", &["by", "day", "subject"]),
        Index::plain("by_subject", &["by", "subject", "day"]),
    ];
    fn id(&self) -> String {
        self.id.clone()
    }
}

impl SumDoc {
    /// Begins a sum.
    pub(crate) fn new(key: &SumKey) -> Self {
        let SumKey { by, day, subject } = key.clone();
        Self {
            id: key.id(),
            by,
            day,
            subject,
            sum: Sum::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use kernel::Currency;

    use super::*;

    #[test]
    fn sums_are_asked_for_by_day_by_one_thing_or_by_both() {
        let read = |words| Grouping::read(words).map(|g| (g.by, g.each_day)).ok();
        for (words, grouping) in [
            (None, Some((By::Day, true))),
            (Some("day"), Some((By::Day, true))),
            (Some("user"), Some((By::User, false))),
            (Some("day,room"), Some((By::Room, true))),
            (Some("agent,day"), Some((By::Agent, true))),
            (Some("day,day"), None),
            (Some("model,user"), None),
            (Some("day,model,user"), None),
            (Some("week"), None),
            (Some(""), None),
        ] {
            assert_eq!(read(words), grouping, "{words:?}");
        }
    }

    #[test]
    fn amounts_of_one_currency_are_added_and_those_of_two_stand_side_by_side() {
        let cost = |micros, currency| Sum {
            costs: vec![Cost { micros, currency }],
            ..Sum::of_failure()
        };
        let mut sum = Sum::default();
        for part in [
            cost(3, Currency::EUR),
            cost(4, Currency::USD),
            cost(u64::MAX, Currency::EUR),
        ] {
            sum.add(&part);
        }
        let amounts: Vec<_> = sum.costs.iter().map(|c| (c.micros, c.currency)).collect();
        assert_eq!(amounts, [(u64::MAX, Currency::EUR), (4, Currency::USD)]);
        assert_eq!((sum.calls, sum.failed), (3, 3));
    }
}
