//! Owns what a process has of one budget in its memory: reserves for calls from it, settles them, and says to the durable
//! account what became of it. Pure: whoever holds a purse brings the account to it and carries its word. Refuses to know where
//! either is kept.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use kernel::Timestamp;

use crate::domain::ledger::{Ask, LedgerDoc, Short, Statement};

/// After so long without the account's word, nothing is reserved from memory: well before others may take it back.
const FRESH: Duration = Duration::from_secs(6);
/// How often the account hears from a holder that has nothing new to say.
const RENEW_EVERY: Duration = Duration::from_secs(2);
/// What nobody reserved from for so long goes back: the next call waits for the account again. Until then it costs a word now and then,
/// and whoever needs what rests has it with the holder's next word.
const IDLE_AFTER: Duration = Duration::from_secs(10);
/// How long a refusal holds without asking the account again, when nothing was settled here meanwhile.
const REFUSED_FOR: Duration = Duration::from_millis(250);
/// Statements without an answer that are remembered; of more, the oldest is taken for one that never arrives.
const UNANSWERED_MAX: usize = 16;
/// The number of a statement that was not made yet.
const NOT_YET: u64 = u64::MAX;

/// A call, unique in its process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct CallId(pub(crate) u64);

/// A part of a call, for which one amount is reserved: what it uses beyond `before`, up to where its next part begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) call: CallId,
    /// What the call had used when this was asked for. Parts before it pay for that, even where they have been charged already.
    pub(crate) before: u64,
}

/// A reservation.
#[derive(Clone, Copy, Debug)]
struct Open {
    amount: u64,
    before: u64,
    /// The first statement that told of it.
    told: u64,
}

/// A statement, and what is true once the account has heard it.
#[derive(Clone, Debug)]
struct Pending {
    seq: u64,
    spent: BTreeMap<u64, u64>,
    in_flight: u64,
    held: u64,
    /// The limit that it was granted under, if anything was.
    limit: Option<u64>,
    at: Timestamp,
}

/// What to say to the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Aim {
    /// What was spent and is in flight.
    Tell,
    /// The same, and give back what rests.
    GiveBack,
    /// The same, for the last time.
    Close,
    /// The same, and ask for so much for this part of a call.
    Take { part: Part, ask: Ask },
}

/// Who speaks, and when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Speaker<'a> {
    pub(crate) holder: &'a str,
    /// When the period of now began.
    pub(crate) period: Timestamp,
    pub(crate) now: Timestamp,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    /// It is told, and what was asked for is granted.
    Done,
    /// Nothing is granted.
    Refused(Short),
}

/// What a process has of one budget.
#[derive(Debug, Default)]
pub(crate) struct Purse {
    period: Timestamp,
    /// The limit under which it was granted.
    limit: u64,
    /// As the account has it: what may be spent, in flight included.
    held: u64,
    /// The sum of `open`.
    reserved: u64,
    /// The parts of each call, in the order of their beginning.
    open: HashMap<CallId, Vec<Open>>,
    /// Spent and not yet known to the account, by the first statement that told of the call while it was under way.
    spent: BTreeMap<u64, u64>,
    /// Number of the last statement that was tried, and of the last that the account has heard.
    seq: u64,
    heard: u64,
    heard_at: Timestamp,
    /// What the account knows to be in flight.
    known_in_flight: u64,
    used_at: Timestamp,
    /// The statement that is on its way.
    pending: Option<Pending>,
    /// Statements whose answer never came, oldest first. One of them at most arrives, even after later ones were tried: all are
    /// for the same state of the account.
    unanswered: Vec<Pending>,
    refused: Option<(Timestamp, u64, u64, Short)>,
}

impl Purse {
    /// Makes an empty one. `start` is more than every number of a statement made in this process before.
    pub(crate) fn new(start: u64) -> Self {
        Self {
            seq: start,
            heard: start,
            ..Self::default()
        }
    }

    fn unsaid(&self) -> u64 {
        self.spent.values().fold(0, |sum, n| sum.saturating_add(*n))
    }

    /// Reserves `amount` for a part of a call from memory; `false` when the account must be asked.
    pub(crate) fn reserve(&mut self, part: Part, amount: u64, limit: u64, at: Speaker<'_>) -> bool {
        let free = self.held.saturating_sub(self.reserved).saturating_sub(self.unsaid());
        let stale = at.now.since(self.heard_at) > FRESH;
        if at.period > self.period || limit != self.limit || stale || amount > free {
            return false;
        }
        self.put(part, amount, NOT_YET);
        self.used_at = at.now;
        true
    }

    /// Returns the refusal that would be repeated.
    pub(crate) fn refusal(&self, amount: u64, limit: u64, at: Speaker<'_>) -> Option<Short> {
        let (since, need, under, short) = self.refused?;
        let same = limit == under && amount >= need && at.period <= self.period;
        (same && at.now.since(since) < REFUSED_FOR).then_some(short)
    }

    fn put(&mut self, Part { call, before }: Part, amount: u64, told: u64) {
        self.reserved = self.reserved.saturating_add(amount);
        let parts = self.open.entry(call).or_default();
        match parts.last_mut() {
            // The account hears of both at once.
            Some(last) if last.told == told => last.amount = last.amount.saturating_add(amount),
            _ => parts.push(Open { amount, before, told }),
        }
    }

    /// Ends a call's reservation: of what it `used`, each part that is still here spends its own, the rest is free. A second time,
    /// or for one that was charged or forgotten meanwhile, nothing happens.
    pub(crate) fn settle(&mut self, call: CallId, used: u64) {
        let Some(parts) = self.open.remove(&call) else { return };
        self.refused = None;
        let mut until = used;
        for Open { amount, before, told } in parts.into_iter().rev() {
            self.reserved = self.reserved.saturating_sub(amount);
            let own = until.saturating_sub(before);
            if own > 0 {
                let spent = self.spent.entry(told).or_default();
                *spent = spent.saturating_add(own);
            }
            until = until.min(before);
        }
    }

    /// Returns what the account should hear now, if anything.
    pub(crate) fn due(&self, now: Timestamp, closing: bool) -> Option<Aim> {
        if closing {
            return (!self.is_blank()).then_some(Aim::Close);
        }
        let idle = self.open.is_empty() && now.since(self.used_at) >= IDLE_AFTER;
        if idle && !self.is_blank() {
            return Some(Aim::GiveBack);
        }
        let new = !self.spent.is_empty() || self.reserved != self.known_in_flight || self.is_unsure();
        let old = self.held > 0 && now.since(self.heard_at) >= RENEW_EVERY;
        (new || old).then_some(Aim::Tell)
    }

    /// Tells whether there is nothing in it that anybody must know.
    pub(crate) fn is_blank(&self) -> bool {
        self.held == 0 && self.open.is_empty() && self.spent.is_empty() && !self.is_unsure()
    }

    /// Tells whether the account may have heard something that is not known to be heard.
    fn is_unsure(&self) -> bool {
        self.pending.is_some() || !self.unanswered.is_empty()
    }

    /// Forgets everything: the account is gone.
    pub(crate) fn clear(&mut self) {
        *self = Self {
            period: self.period,
            ..Self::new(self.seq)
        };
    }

    /// Speaks to the account as it was just read; returns it as it is to be written, or `None` when there is nothing to write.
    /// May be repeated on a later state of the account when the write was refused for that. `first` is true the first time.
    pub(crate) fn speak(
        &mut self,
        mut doc: LedgerDoc,
        aim: Aim,
        by: Speaker<'_>,
        first: bool,
    ) -> (Option<LedgerDoc>, Said) {
        if matches!(aim, Aim::Take { .. }) {
            doc.roll(by.period);
        }
        doc.reclaim(by.now, Some(by.holder));
        // A later time than the first, what was on its way is known not to have arrived.
        if let Some(pending) = self.pending.take().filter(|_| first) {
            if self.unanswered.len() == UNANSWERED_MAX {
                self.unanswered.remove(0);
            }
            self.unanswered.push(pending);
        }
        self.meet(&doc, by.holder);
        let said = self.state();
        doc.hear(by.holder, said, by.now);
        let answer = match aim {
            Aim::Take { ask, .. } => {
                let was_wanted = doc.is_wanted(by.now);
                let granted = doc.grant((by.holder, said.seq), ask, by.now);
                if let Err(short) = granted {
                    self.refused = Some((by.now, ask.need, ask.limit, short));
                    if was_wanted || !doc.is_wanted(by.now) {
                        // Nothing that others must know: who is refused costs no write.
                        return (None, Said::Refused(short));
                    }
                    Said::Refused(short)
                } else {
                    self.refused = None;
                    Said::Done
                }
            }
            Aim::Tell if !doc.is_wanted(by.now) => Said::Done,
            Aim::Tell | Aim::GiveBack | Aim::Close => {
                doc.give_back(by.holder, said, aim == Aim::Close);
                Said::Done
            }
        };
        if doc.of(by.holder).is_none_or(|own| own.held <= own.in_flight) || matches!(aim, Aim::Take { .. }) {
            // Nothing may be reserved from what goes back, even before it is heard.
            self.held = self.held.min(self.reserved.saturating_add(self.unsaid()));
        }
        let own = doc.of(by.holder);
        let limit = if let (Aim::Take { ask, .. }, Said::Done) = (aim, answer) {
            Some(ask.limit)
        } else {
            None
        };
        self.pending = Some(Pending {
            seq: said.seq,
            spent: self.spent.clone(),
            in_flight: own.map_or(0, |own| own.in_flight),
            held: own.map_or(0, |own| own.held),
            limit,
            at: by.now,
        });
        (Some(doc), answer)
    }

    /// Takes note that what was spoken last is written, and opens the call that something was granted for.
    pub(crate) fn written(&mut self, aim: Aim, said: Said, now: Timestamp) {
        let Some(pending) = self.pending.take() else { return };
        let seq = pending.seq;
        self.heard(pending);
        if let (Aim::Take { part, ask }, Said::Done) = (aim, said) {
            self.put(part, ask.need, seq);
            self.used_at = now;
        }
    }

    /// Takes note that what was spoken last is not written, since another was faster.
    pub(crate) fn overtaken(&mut self) {
        self.pending = None;
    }

    /// Brings what is in memory in line with the account.
    fn meet(&mut self, doc: &LedgerDoc, holder: &str) {
        if doc.period > self.period {
            // What is under way was reserved, and is paid for, in the period that has ended.
            self.clear();
            self.period = doc.period;
            return;
        }
        let Some(own) = doc.of(holder) else {
            if let Some(last) = self.unanswered.pop() {
                self.heard(last);
            }
            self.lose();
            return;
        };
        match self.unanswered.iter().position(|pending| pending.seq == own.seq) {
            Some(at) => {
                let arrived = self.unanswered.swap_remove(at);
                self.heard(arrived);
            }
            // What one of them gives back may go at any moment.
            None => {
                self.held = self
                    .unanswered
                    .iter()
                    .fold(own.held, |held, pending| held.min(pending.held))
            }
        }
    }

    fn heard(&mut self, pending: Pending) {
        self.unanswered.clear();
        for (told, amount) in pending.spent {
            if let Some(spent) = self.spent.get_mut(&told) {
                *spent = spent.saturating_sub(amount);
            }
        }
        self.spent.retain(|_, amount| *amount > 0);
        self.heard = pending.seq;
        self.heard_at = pending.at;
        self.held = pending.held;
        self.limit = pending.limit.unwrap_or(self.limit);
        self.known_in_flight = pending.in_flight;
        self.refused = None;
    }

    /// Others have taken it back: what they knew to be in flight is charged in full, so it is settled; the rest is not.
    fn lose(&mut self) {
        let heard = self.heard;
        self.open.retain(|_, parts| {
            parts.retain(|open| open.told > heard);
            !parts.is_empty()
        });
        self.spent.retain(|told, _| *told > heard);
        let open = self.open.values().flatten();
        self.reserved = open.fold(0, |sum, open| sum.saturating_add(open.amount));
        (self.held, self.known_in_flight) = (0, 0);
    }

    fn state(&mut self) -> Statement {
        self.seq += 1;
        let seq = self.seq;
        for open in self.open.values_mut().flatten().filter(|open| open.told == NOT_YET) {
            open.told = seq;
        }
        Statement {
            seq,
            spent: self.unsaid(),
            in_flight: self.reserved,
        }
    }
}
