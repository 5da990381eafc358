//! Owns the durable account of one budget: what is spent in its period, and which process holds how much of the rest. All
//! of its rules are here and pure. Refuses to know prices, calls, and how it is kept.

use std::time::Duration;

use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Document, Index};

/// How long a process may be silent before others take back what it holds.
pub(crate) const LEASE: Duration = Duration::from_secs(10);
/// A process takes at most one part in so many of what remains, but at least what it needs.
const ALLOT_PARTS: u64 = 8;
/// The same when more calls of it wait already: for them.
const WAITING_PARTS: u64 = 2;
/// Processes that may hold parts of one budget at once.
const HOLDERS_MAX: usize = 64;
/// How long holders are asked to give back what rests, after somebody went without.
const WANTED_FOR: Duration = Duration::from_secs(5);

/// What one process holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Allotment {
    /// The process, anew with each start.
    pub(crate) holder: String,
    /// Number of the holder's last statement: an answer that was lost on its way is known by it.
    pub(crate) seq: u64,
    /// All that it may spend, what is in flight included; what it has spent is taken out.
    pub(crate) held: u64,
    /// Of these, reserved for calls under way when it last spoke.
    pub(crate) in_flight: u64,
    /// Until when nobody takes it away.
    pub(crate) lease_until: Timestamp,
}

/// What a process says about the time since its last statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Statement {
    pub(crate) seq: u64,
    /// Spent, and not said before.
    pub(crate) spent: u64,
    /// Reserved for calls under way.
    pub(crate) in_flight: u64,
}

/// What a process asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ask {
    /// For one call.
    pub(crate) need: u64,
    /// For calls that wait behind it, if it is to be had.
    pub(crate) waiting: u64,
    /// What the budget is.
    pub(crate) limit: u64,
}

/// Why nothing is granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Short {
    /// So much is spent that it does not fit any more.
    Spent,
    /// It would fit, but for what is reserved or rests with others for a moment.
    Held,
    /// Too many processes hold a part.
    Crowded,
}

/// The account of one budget, as it is kept. `spent` and what all hold together are never more than the limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LedgerDoc {
    /// `user:0190c5a0-…:micros:day`.
    pub(crate) id: String,
    /// When its period began.
    pub(crate) period: Timestamp,
    pub(crate) spent: u64,
    pub(crate) allotments: Vec<Allotment>,
    /// When the first lease ends, for whoever looks for lapsed ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) lease_until: Option<Timestamp>,
    /// Until when holders are to give back what rests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) wanted_until: Option<Timestamp>,
}

impl Document for LedgerDoc {
    const COLLECTION: &'static str = "ledgers";
    const INDEXES: &'static [Index] = &[Index::plain("lease", &["leaseUntil"])];
    fn id(&self) -> String {
        self.id.clone()
    }
}

impl LedgerDoc {
    /// Opens an account in which nothing is spent.
    pub(crate) fn new(id: String, period: Timestamp) -> Self {
        Self {
            id,
            period,
            spent: 0,
            allotments: Vec::new(),
            lease_until: None,
            wanted_until: None,
        }
    }

    /// Begins a later period, in which nothing is spent or held: calls under way were paid for in the one before.
    pub(crate) fn roll(&mut self, period: Timestamp) {
        if period > self.period {
            *self = Self::new(std::mem::take(&mut self.id), period);
        }
    }

    /// Returns what `holder` holds.
    pub(crate) fn of(&self, holder: &str) -> Option<&Allotment> {
        self.allotments.iter().find(|a| a.holder == holder)
    }

    /// Takes back what processes hold that have been silent for too long, except `holder`, who speaks just now: what was in
    /// flight is charged in full, the rest is there again. Tells whether there was any.
    pub(crate) fn reclaim(&mut self, now: Timestamp, except: Option<&str>) -> bool {
        let before = self.allotments.len();
        let spent = &mut self.spent;
        self.allotments.retain(|a| {
            let stays = a.lease_until >= now || except == Some(a.holder.as_str());
            if !stays {
                *spent = spent.saturating_add(a.in_flight);
            }
            stays
        });
        self.stamp();
        before != self.allotments.len()
    }

    /// Hears a statement, which also prolongs the lease. From a holder whose part was taken back, what is in flight is held
    /// for again whatever the limit: it is under way.
    pub(crate) fn hear(&mut self, holder: &str, said: Statement, now: Timestamp) {
        self.spent = self.spent.saturating_add(said.spent);
        if self.of(holder).is_none() {
            if said.spent == 0 && said.in_flight == 0 {
                return;
            }
            self.allotments.push(Allotment {
                holder: holder.into(),
                seq: said.seq,
                held: 0,
                in_flight: 0,
                lease_until: now,
            });
        }
        if let Some(a) = self.allotments.iter_mut().find(|a| a.holder == holder) {
            a.seq = said.seq;
            // Never less than what is under way, even after calls that cost more than was reserved for them.
            a.held = a.held.saturating_sub(said.spent).max(said.in_flight);
            a.in_flight = said.in_flight;
            a.lease_until = now + LEASE;
        }
        self.stamp();
    }

    /// Takes back from `holder`, who has just spoken, what rests. Its entry stays as long as its number may be asked for: when
    /// something was said to be spent, unless `last`.
    pub(crate) fn give_back(&mut self, holder: &str, said: Statement, last: bool) {
        self.allotments.retain_mut(|a| {
            if a.holder == holder {
                a.held = a.in_flight;
            }
            a.holder != holder || a.held > 0 || (said.spent > 0 && !last)
        });
        self.stamp();
    }

    /// Grants `holder`, who has just spoken, what a call needs, and something for the next ones. What rested with it goes
    /// back first. When it does not fit, holders are asked to give back what rests with them.
    pub(crate) fn grant(
        &mut self,
        (holder, seq): (&str, u64),
        Ask { need, waiting, limit }: Ask,
        now: Timestamp,
    ) -> Result<(), Short> {
        if let Some(own) = self.allotments.iter_mut().find(|a| a.holder == holder) {
            own.held = own.in_flight;
        }
        let held = self.held();
        let remains = limit.saturating_sub(self.spent).saturating_sub(held);
        if need > remains {
            if need > limit.saturating_sub(self.spent) {
                return Err(Short::Spent);
            }
            if self.allotments.iter().any(|a| a.held > a.in_flight) {
                self.wanted_until = Some(now + WANTED_FOR);
            }
            return Err(Short::Held);
        }
        let for_waiting = need.saturating_add(waiting).min(remains / WAITING_PARTS);
        let rest = for_waiting.max(remains / ALLOT_PARTS);
        if self.of(holder).is_none() {
            if self.allotments.len() >= HOLDERS_MAX {
                return Err(Short::Crowded);
            }
            self.allotments.push(Allotment {
                holder: holder.into(),
                seq,
                held: 0,
                in_flight: 0,
                lease_until: now,
            });
        }
        if let Some(own) = self.allotments.iter_mut().find(|a| a.holder == holder) {
            own.seq = seq;
            own.held = own.held.saturating_add(need.max(rest));
            own.in_flight = own.in_flight.saturating_add(need);
            own.lease_until = now + LEASE;
        }
        self.stamp();
        Ok(())
    }

    /// Returns what all hold together.
    pub(crate) fn held(&self) -> u64 {
        self.allotments.iter().fold(0, |sum, a| sum.saturating_add(a.held))
    }

    /// Tells whether holders are to give back what rests.
    pub(crate) fn is_wanted(&self, now: Timestamp) -> bool {
        self.wanted_until.is_some_and(|until| until >= now)
    }

    fn stamp(&mut self) {
        self.lease_until = self.allotments.iter().map(|a| a.lease_until).min();
    }
}

#[cfg(test)]
mod tests;
