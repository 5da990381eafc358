//! Owns what one person used of one model on one day. Refuses to know prices: calls say what they cost.

use contracts::Event;
use kernel::{Cost, EventId, UserId};
use serde::{Deserialize, Serialize};
use store::{Document, Index};

use crate::domain::digest::short_hash;
use crate::domain::sum::Sum;

/// Events that a sum knows to be in it: more than one write of each of two replicas carries.
const TOLD_MAX: usize = 16;

/// What calls are added up by.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct UsageKey {
    pub(crate) user_id: UserId,
    /// `2026-01-31`, UTC.
    pub(crate) day: String,
    pub(crate) model: String,
}

impl UsageKey {
    /// Returns the id of the document: the same for the same sum, and short whatever the model is called.
    pub(crate) fn id(&self) -> String {
        format!("{}:{}:{}", self.user_id, self.day, short_hash(&self.model))
    }
}

/// A sum as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UsageDoc {
    pub(crate) id: String,
    pub(crate) user_id: UserId,
    pub(crate) day: String,
    pub(crate) model: String,
    pub(crate) calls: u64,
    /// Of these, those that broke off.
    #[serde(default)]
    pub(crate) failed: u64,
    /// Of these, those answered from the cache.
    #[serde(default)]
    pub(crate) cached: u64,
    pub(crate) prompt_tokens: u64,
    pub(crate) completion_tokens: u64,
    /// What calls with a price cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) cost: Option<Cost>,
    /// The last events whose calls are in it, newest last: a write that was done although it seemed to fail adds nothing again.
    #[serde(default)]
    pub(crate) told: Vec<EventId>,
}

/// Adds costs. An installation has one currency; where that was changed, the sum begins anew.
pub(crate) fn sum(before: Option<Cost>, more: Option<Cost>) -> Option<Cost> {
    match (before, more) {
        (Some(a), Some(b)) if a.currency == b.currency => Some(Cost {
            micros: a.micros.saturating_add(b.micros),
            ..b
        }),
        (before, more) => more.or(before),
    }
}

impl Document for UsageDoc {
    const COLLECTION: &'static str = "usage";
    const INDEXES: &'static [Index] = &[Index::plain("by_user", &["userId", "day", "model"])];
    fn id(&self) -> String {
        self.id.clone()
    }
}

impl UsageDoc {
    /// Begins a sum.
    pub(crate) fn new(key: &UsageKey) -> Self {
        let UsageKey { user_id, day, model } = key.clone();
        Self {
            id: key.id(),
            user_id,
            day,
            model,
            calls: 0,
            failed: 0,
            cached: 0,
            prompt_tokens: 0,
            completion_tokens: 0,
            cost: None,
            told: Vec::new(),
        }
    }

    /// Adds what events tell of, but for those that are in it; returns the events to tell.
    pub(crate) fn add(&mut self, more: &[(Sum, Event)]) -> Vec<Event> {
        let mut events = Vec::with_capacity(more.len());
        for (more, event) in more {
            if self.told.contains(&event.id) {
                continue;
            }
            self.cost = more.costs.iter().fold(self.cost, |all, cost| sum(all, Some(*cost)));
            self.calls += more.calls;
            self.failed += more.failed;
            self.cached += more.cached;
            self.prompt_tokens += more.prompt_tokens;
            self.completion_tokens += more.completion_tokens;
            self.told.push(event.id);
            events.push(event.clone());
        }
        self.told.drain(..self.told.len().saturating_sub(TOLD_MAX));
        events
    }
}
