//! Owns what everybody uses, added up in memory by day, model, person, agent and room, until it is written: one document of
//! each that changed, each five seconds at most, however many calls there were. Refuses to know single calls.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use contracts::ai_gateway::{Principal, UsedCall};
use kernel::UserId;
use parking_lot::Mutex;
use store::StoreError;

use crate::app::Gone;
use crate::domain::gone::Ending;
use crate::domain::sum::{By, Sum, SumKey};
use crate::error::Error;
use crate::repo::{SumRepo, WRITES_AT_ONCE};

/// Sums that wait to be written at most, when the store is away; what begins a new one is then lost.
const WAITING_MAX: usize = 100_000;
/// Models that are summed up by their name on one day; more, which only `anyModel` makes possible, are [`OTHER_MODELS`].
const MODELS_PER_DAY_MAX: usize = 1_000;
/// The name of all models beyond.
const OTHER_MODELS: &str = "_OTHER";

/// What is to be added to one sum.
type Due = (SumKey, Sum);

/// The sums that wait.
pub(crate) struct Sums {
    repo: SumRepo,
    gone: Arc<Gone>,
    waiting: Mutex<Waiting>,
}

#[derive(Default)]
struct Waiting {
    sums: BTreeMap<SumKey, Sum>,
    /// The day whose models are in `models`.
    day: String,
    models: HashSet<String>,
}

impl Waiting {
    fn add(&mut self, key: SumKey, sum: &Sum) {
        if self.sums.len() >= WAITING_MAX && !self.sums.contains_key(&key) {
            tracing::warn!("a sum of usage is lost: the store takes none");
            return;
        }
        self.sums.entry(key).or_default().add(sum);
    }

    /// Returns the name under which a model is summed up today.
    fn model(&mut self, day: &str, model: &str) -> String {
        if self.day != day {
            day.clone_into(&mut self.day);
            self.models.clear();
        }
        if !self.models.contains(model) {
            if self.models.len() >= MODELS_PER_DAY_MAX {
                return OTHER_MODELS.to_owned();
            }
            self.models.insert(model.to_owned());
        }
        model.to_owned()
    }
}

impl Sums {
    pub(crate) fn new(repo: SumRepo, gone: Arc<Gone>) -> Self {
        Self {
            repo,
            gone,
            waiting: Mutex::default(),
        }
    }

    /// Adds a call of `user` on `day`; returns the name under which its model is summed up that day.
    pub(crate) fn add(&self, user: UserId, call: &UsedCall, day: &str) -> String {
        let who = Principal {
            key_id: None,
            user_id: user,
            agent_id: call.agent_id,
            room_id: call.room_id,
        };
        self.add_all(&who, &call.model, &Sum::of(call), day)
    }

    /// Adds a call that the provider failed before its first byte; what was wrong with the request itself is no failure.
    pub(crate) fn add_failure(&self, who: &Principal, model: &str, error: &Error, day: &str) {
        let providers = matches!(
            error,
            Error::UpstreamFailed { .. }
                | Error::UpstreamAway { .. }
                | Error::UpstreamTimeout { .. }
                | Error::UpstreamRateLimited { .. }
                | Error::NoTarget { .. }
        );
        if providers && self.gone.known(who.user_id) != Some(Ending::Erased) {
            self.add_all(who, model, &Sum::of_failure(), day);
        }
    }

    fn add_all(&self, who: &Principal, model: &str, sum: &Sum, day: &str) -> String {
        let mut waiting = self.waiting.lock();
        let model = waiting.model(day, model);
        let subjects = [
            (By::Day, Some(String::new())),
            (By::Model, Some(model.clone())),
            (By::User, Some(who.user_id.to_string())),
            (By::Agent, who.agent_id.map(|id| id.to_string())),
            (By::Room, who.room_id.map(|id| id.to_string())),
        ];
        for (by, subject) in subjects {
            let Some(subject) = subject else { continue };
            let key = SumKey {
                by,
                day: day.to_owned(),
                subject,
            };
            waiting.add(key, sum);
        }
        model
    }

    /// Removes what is there of an erased person. Once [`Gone`] knows of it, nothing comes after.
    pub(crate) async fn forget(&self, user: UserId) -> Result<(), StoreError> {
        let subject = user.to_string();
        let ones = |key: &SumKey| key.by == By::User && key.subject == subject;
        self.waiting.lock().sums.retain(|key, _| !ones(key));
        self.repo.remove(By::User, &subject).await
    }

    /// Writes what waits; what the store does not take waits on.
    pub(crate) async fn flush(&self) -> Result<(), StoreError> {
        let sums = std::mem::take(&mut self.waiting.lock().sums);
        let mut due: Vec<Due> = sums.into_iter().collect();
        let mut outcome = Ok(());
        for some in due.chunks_mut(WRITES_AT_ONCE) {
            if let Err(e) = self.write(some).await {
                let mut waiting = self.waiting.lock();
                // A person's is looked at again, though it be 0.
                for (key, sum) in some.iter().filter(|due| is_open(due) || user_of(due).is_some()) {
                    waiting.add(key.clone(), sum);
                }
                outcome = outcome.and(Err(e));
            }
        }
        outcome
    }

    /// Writes sums at once; each is 0 once that is done, so that what fails afterwards is all that is done again.
    async fn write(&self, some: &mut [Due]) -> Result<(), StoreError> {
        let users = some.iter().filter(|due| is_open(due)).filter_map(user_of);
        let erased = self.gone.erased_of(users).await?;
        for due in some.iter_mut() {
            if user_of(due).is_some_and(|user| erased.contains(&user)) {
                due.1 = Sum::default();
            }
        }
        let open: Vec<&mut Due> = some.iter_mut().filter(|due| is_open(due)).collect();
        let more = open.iter().map(|due| (**due).clone()).collect();
        let mut outcome = Ok(());
        for ((_, sum), done) in open.into_iter().zip(self.repo.add(more).await) {
            match done {
                Ok(()) => *sum = Sum::default(),
                Err(e) => outcome = outcome.and(Err(e)),
            }
        }
        // Erasing notes the person as gone and then removes: whichever of the two came last has removed the sum.
        for user in self.gone.erased_of(some.iter().filter_map(user_of)).await? {
            self.repo.remove(By::User, &user.to_string()).await?;
        }
        outcome
    }
}

fn is_open((_, sum): &Due) -> bool {
    *sum != Sum::default()
}

/// Returns the person whose sum it is, where it is one's.
fn user_of((key, _): &Due) -> Option<UserId> {
    (key.by == By::User).then(|| key.subject.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_models_that_callers_make_up_do_not_grow_without_end() {
        let mut waiting = Waiting::default();
        let mut named = |day: &str, model: usize| waiting.model(day, &format!("p/{model}"));
        for model in 0..MODELS_PER_DAY_MAX {
            assert_eq!(named("2026-01-01", model), format!("p/{model}"));
        }
        assert_eq!(named("2026-01-01", MODELS_PER_DAY_MAX), OTHER_MODELS);
        assert_eq!(named("2026-01-01", 7), "p/7");
        assert_eq!(
            named("2026-01-02", MODELS_PER_DAY_MAX),
            format!("p/{MODELS_PER_DAY_MAX}")
        );
    }
}
