//! Owns the limits in calls and tokens a minute, over all processes, and in calls at once, in this one. Tokens are taken as
//! reserved for and put right with the next call or second. Refuses to know money.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use ephemeral::{Bucket, Ephemeral};
use futures::stream::{self, StreamExt as _};
use parking_lot::Mutex;

use crate::domain::subject::{Rates as Limits, Subject};
use crate::error::Error;

const MINUTE_SECONDS: f64 = 60.0;
/// Subjects that are put right at once.
const CORRECTIONS_AT_ONCE: usize = 16;
/// When to come back after a limit of calls at once.
const SLOT_RETRY: Duration = Duration::from_secs(1);

/// The buckets and slots of all subjects.
pub(crate) struct Rates {
    ephemeral: Arc<dyn Ephemeral>,
    /// Tokens that were used more (or less) than taken, not yet put right; only of those who called since the last second.
    owed: Mutex<HashMap<Subject, (f64, f64)>>,
    /// Only those who have a call under way.
    slots: Arc<Mutex<HashMap<Subject, u32>>>,
}

/// A place among a subject's calls at once; free again when it is dropped.
pub(crate) struct Slot {
    subject: Subject,
    slots: Arc<Mutex<HashMap<Subject, u32>>>,
}

/// Tokens taken from one bucket.
pub(crate) struct Taken {
    subject: Subject,
    per_minute: f64,
    tokens: f64,
}

fn a_minutes(number: f64) -> Bucket {
    Bucket {
        capacity: number,
        per_second: number / MINUTE_SECONDS,
    }
}

impl Rates {
    pub(crate) fn new(ephemeral: Arc<dyn Ephemeral>) -> Self {
        Self {
            ephemeral,
            owed: Mutex::default(),
            slots: Arc::default(),
        }
    }

    /// Takes a place among the subject's calls at once.
    pub(crate) fn slot(&self, subject: Subject, most: u32) -> Result<Slot, Error> {
        let mut slots = self.slots.lock();
        let held = slots.entry(subject).or_default();
        if *held >= most {
            return Err(Error::RateLimited {
                scope: subject.scope(),
                what: "calls at once",
                after: SLOT_RETRY,
            });
        }
        *held += 1;
        Ok(Slot {
            subject,
            slots: self.slots.clone(),
        })
    }

    /// Counts a call against a subject's limits a minute. A call for more tokens than a minute has takes the whole minute. Where
    /// the buckets cannot be reached, calls pass: budgets still hold.
    pub(crate) async fn take(&self, subject: Subject, limits: &Limits, tokens: u32) -> Result<Option<Taken>, Error> {
        if let Some(most) = limits.requests_per_minute.map(f64::from) {
            let key = format!("ai:rpm:{subject}");
            self.spend(&key, most, 1.0, (subject, "calls a minute")).await?;
        }
        let Some(most) = limits.tokens_per_minute.map(f64::from) else {
            return Ok(None);
        };
        let tokens = f64::from(tokens).min(most);
        let mut debt = self.debt(subject, most);
        let key = format!("ai:tpm:{subject}");
        let cost = (tokens + debt.owed).min(most);
        self.spend(&key, most, cost, (subject, "tokens a minute")).await?;
        debt.owed = 0.0;
        Ok(Some(Taken {
            subject,
            per_minute: most,
            tokens,
        }))
    }

    /// Takes out what a subject owes, until it is paid.
    fn debt(&self, subject: Subject, most: f64) -> Debt<'_> {
        let (_, owed) = self.owed.lock().remove(&subject).unwrap_or((most, 0.0));
        Debt {
            rates: self,
            subject,
            most,
            owed,
        }
    }

    async fn spend(&self, key: &str, most: f64, cost: f64, (of, what): (Subject, &'static str)) -> Result<(), Error> {
        match self.ephemeral.spend(key, a_minutes(most), cost).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(after)) => Err(Error::RateLimited {
                scope: of.scope(),
                what,
                after: after.min(Duration::from_secs(60)),
            }),
            Err(e) => {
                tracing::warn!("a rate limit is not kept: {e}");
                Ok(())
            }
        }
    }

    /// Notes how many tokens were used of those taken.
    pub(crate) fn correct(&self, taken: &Taken, used: u64) {
        let used = f64::from(u32::try_from(used).unwrap_or(u32::MAX));
        self.owe(taken.subject, taken.per_minute, used - taken.tokens);
    }

    fn owe(&self, subject: Subject, most: f64, tokens: f64) {
        let mut owed = self.owed.lock();
        let entry = owed.entry(subject).or_insert((most, 0.0));
        *entry = (most, entry.1 + tokens);
    }

    /// Puts right what nobody's next call did.
    pub(crate) async fn flush(&self) {
        let owed = std::mem::take(&mut *self.owed.lock());
        let put = |(subject, (most, tokens))| self.put_right(subject, most, tokens);
        let all = stream::iter(owed).map(put).buffer_unordered(CORRECTIONS_AT_ONCE);
        all.collect::<()>().await;
    }

    async fn put_right(&self, subject: Subject, most: f64, tokens: f64) {
        let key = format!("ai:tpm:{subject}");
        // More than a minute has cannot be owed.
        let cost = tokens.min(most);
        match self.ephemeral.spend(&key, a_minutes(most), cost).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => self.owe(subject, most, cost),
            Err(e) => tracing::warn!("a rate limit is not put right: {e}"),
        }
    }
}

/// What is owed while a call takes more: owed on when it is refused, or when its caller leaves meanwhile.
struct Debt<'a> {
    rates: &'a Rates,
    subject: Subject,
    most: f64,
    owed: f64,
}

impl Drop for Debt<'_> {
    fn drop(&mut self) {
        if self.owed != 0.0 {
            self.rates.owe(self.subject, self.most, self.owed);
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut slots = self.slots.lock();
        match slots.get_mut(&self.subject) {
            Some(held) if *held > 1 => *held -= 1,
            _ => drop(slots.remove(&self.subject)),
        }
    }
}

#[cfg(test)]
mod tests {
    use ephemeral::memory::MemoryEphemeral;
    use futures::FutureExt as _;
    use kernel::{Ambient, UserId};

    use super::*;

    #[test]
    fn what_is_owed_is_owed_on_when_the_caller_leaves_meanwhile() {
        let ambient = Ambient::system();
        let rates = Rates::new(MemoryEphemeral::new(ambient.clone()));
        let subject = Subject::User(ambient.id::<UserId>());
        let owed = |rates: &Rates| rates.owed.lock().get(&subject).map(|(_, tokens)| *tokens);
        rates.owe(subject, 100.0, 30.0);
        let debt = rates.debt(subject, 100.0);
        assert_eq!((debt.owed, owed(&rates)), (30.0, None));
        drop(debt);
        assert_eq!(owed(&rates), Some(30.0));
        let limits = Limits {
            tokens_per_minute: Some(100),
            ..Limits::default()
        };
        let taken = rates.take(subject, &limits, 10).now_or_never();
        assert!(taken.unwrap().unwrap().is_some());
        assert_eq!(owed(&rates), None);
    }
}
