//! Owns the count of what calls used: added up in memory, written each second with events that tell of each call, so that nothing
//! is written before or during a call. A crash loses at most a second of it, and five seconds of the sums of everybody's usage; money
//! is reserved before the call and charged by the governor, whose accounts are told each second. Refuses to know budgets.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use contracts::Event;
use contracts::ai_gateway::{Principal, UsedCall};
use kernel::{Ambient, ApiKeyId, Cost, Fault, UserId};
use parking_lot::Mutex;
use store::StoreError;
use tokio_util::sync::CancellationToken;

use crate::app::Gone;
use crate::app::batch::Batch;
use crate::app::governor::{Governor, Hold};
use crate::app::seats::Seat;
use crate::app::sums::Sums;
use crate::domain::days::day_of;
use crate::domain::delta::{Usage, Written};
use crate::domain::gone::Ending;
use crate::domain::price::Price;
use crate::domain::sum::Sum;
use crate::domain::usage::UsageKey;
use crate::error::Error;
use crate::repo::{Repo, WRITES_AT_ONCE};

/// How often calls are written.
pub(crate) const FLUSH_EVERY: Duration = Duration::from_secs(1);
/// How often sums of everybody's usage are, and when keys were used last: many documents, for few who look at them.
const SUMS_EVERY: Duration = Duration::from_secs(5);
/// Events that one write carries.
const EVENTS_PER_WRITE: usize = 8;
/// Calls that wait to be written at most, when the store is away; beyond, they are only counted as lost.
const WAITING_MAX: usize = 100_000;

/// Adds up usage.
pub(crate) struct Meter {
    repo: Arc<Repo>,
    gone: Arc<Gone>,
    governor: Arc<Governor>,
    sums: Sums,
    ambient: Ambient,
    waiting: Mutex<Waiting>,
    /// Keys that were used.
    touched: Mutex<HashSet<ApiKeyId>>,
}

#[derive(Default)]
struct Waiting {
    /// Those that one write did not take come first.
    batches: BTreeMap<UsageKey, Vec<Batch>>,
    count: usize,
}

/// What is to be written for one sum.
type Due = (UsageKey, Vec<Batch>);

impl Meter {
    pub(crate) fn new(
        repo: Arc<Repo>,
        gone: Arc<Gone>,
        (governor, sums): (Arc<Governor>, Sums),
        ambient: Ambient,
    ) -> Arc<Self> {
        Arc::new(Self {
            repo,
            gone,
            governor,
            sums,
            ambient,
            waiting: Mutex::default(),
            touched: Mutex::default(),
        })
    }

    /// Notes that a key was used.
    pub(crate) fn touch(&self, key: ApiKeyId) {
        self.touched.lock().insert(key);
    }

    /// Notes a call, but not of a person who was erased while it ran.
    fn note(&self, user: UserId, call: UsedCall) {
        if self.gone.known(user) == Some(Ending::Erased) {
            return;
        }
        let day = day_of(self.ambient.now());
        let key = UsageKey {
            user_id: user,
            model: self.sums.add(user, &call, &day),
            day,
        };
        let mut waiting = self.waiting.lock();
        if waiting.count >= WAITING_MAX {
            tracing::warn!("usage of a call is lost: the store takes none");
            return;
        }
        waiting.count += 1;
        let batches = waiting.batches.entry(key).or_default();
        if !batches.last().is_some_and(Batch::takes_more) {
            batches.push(Batch::default());
        }
        if let Some(last) = batches.last_mut() {
            last.add(call);
        }
    }

    /// Notes what a provider used for `who` without an answer that anybody waited for.
    pub(crate) fn note_unanswered(&self, who: &Principal, model: &str, used: Usage, price: Option<Price>) {
        let call = UsedCall {
            agent_id: who.agent_id,
            room_id: who.room_id,
            model: model.to_owned(),
            prompt_tokens: used.prompt_tokens,
            completion_tokens: used.completion_tokens,
            cost: price.map(|price| price.cost(used)),
            cached: false,
            failed: false,
            prompt_micros_per_million: price.map(|price| price.prompt),
            completion_micros_per_million: price.map(|price| price.completion),
        };
        self.note(who.user_id, call);
    }

    /// Notes a call that never began. No event tells of it, since nothing was used.
    pub(crate) fn note_failure(&self, who: &Principal, model: &str, error: &Error) {
        let day = day_of(self.ambient.now());
        self.sums.add_failure(who, model, error, &day);
    }

    /// Removes what is there of an erased person, written or not.
    pub(crate) async fn forget(&self, user: UserId) -> Result<(), StoreError> {
        {
            let mut waiting = self.waiting.lock();
            waiting.batches.retain(|key, _| key.user_id != user);
            waiting.count = waiting.batches.values().map(|batches| count(batches)).sum();
        }
        self.sums.forget(user).await?;
        self.repo.remove_usage(user).await
    }

    /// Writes each second until `stop`, and once more then; what budgets this process holds goes back with that.
    pub(crate) async fn run(self: Arc<Self>, stop: CancellationToken) -> Result<(), Fault> {
        // Leases of money end after some seconds, so its word must not wait until a slow server has taken the others'.
        tokio::join!(
            each_beat(&stop, FLUSH_EVERY, |closing| self.governor.tell_or_warn(closing)),
            each_beat(&stop, FLUSH_EVERY, |_| self.governor.correct_rates()),
            each_beat(&stop, FLUSH_EVERY, |_| self.write_or_warn()),
            each_beat(&stop, SUMS_EVERY, |_| self.write_sums_or_warn()),
            each_beat(&stop, SUMS_EVERY, |_| self.touch_keys_or_warn()),
        );
        Ok(())
    }

    /// Writes what waits, for a process that is about to stop; what the store does not take waits on.
    pub(crate) async fn drain(&self) {
        tokio::join!(
            self.governor.tell_or_warn(false),
            self.governor.correct_rates(),
            self.write_or_warn(),
            self.write_sums_or_warn(),
            self.touch_keys_or_warn(),
        );
    }

    async fn write_or_warn(&self) {
        if let Err(e) = self.flush().await {
            tracing::warn!("usage not written yet: {e}");
        }
    }

    async fn write_sums_or_warn(&self) {
        if let Err(e) = self.sums.flush().await {
            tracing::warn!("sums of usage not written yet: {e}");
        }
    }

    async fn touch_keys_or_warn(&self) {
        let touched: Vec<ApiKeyId> = std::mem::take(&mut *self.touched.lock()).into_iter().collect();
        let now = self.ambient.now();
        for some in touched.chunks(WRITES_AT_ONCE) {
            // Only a hint to the owner: not worth trying again.
            if let Err(e) = self.repo.touch_keys(some, now).await {
                tracing::warn!("lastUsedAt not written: {e}");
            }
        }
    }

    async fn flush(&self) -> Result<(), Fault> {
        let Waiting { batches, .. } = std::mem::take(&mut *self.waiting.lock());
        let mut due: Vec<Due> = batches.into_iter().collect();
        let mut outcome = Ok(());
        for some in due.chunks_mut(WRITES_AT_ONCE) {
            if let Err(fault) = self.write(some).await {
                for (key, batches) in some {
                    self.put_back(key.clone(), std::mem::take(batches));
                }
                outcome = outcome.and(Err(fault));
            }
        }
        outcome
    }

    /// Writes sums at once, and takes out what is written, so that what fails afterwards is all that is done again.
    async fn write(&self, some: &mut [Due]) -> Result<(), Fault> {
        let mut outcome = Ok(());
        while outcome.is_ok() && some.iter().any(is_open) {
            outcome = self.write_next(some).await;
        }
        // Erasing notes the person as gone and then removes: whichever of the two came last has removed the sum.
        for user in self.gone.erased_of(some.iter().map(user_of)).await? {
            self.repo.remove_usage(user).await?;
        }
        outcome
    }

    /// Writes of each sum the first calls, as many as one write carries.
    async fn write_next(&self, some: &mut [Due]) -> Result<(), Fault> {
        let open = some.iter().filter(|due| is_open(due));
        let erased = self.gone.erased_of(open.map(user_of)).await?;
        let (mut outcome, mut open, mut more) = (Ok(()), Vec::new(), Vec::new());
        for (key, batches) in some {
            if erased.contains(&key.user_id) {
                batches.clear();
            }
            let first = batches.len().min(EVENTS_PER_WRITE);
            let next = batches.get_mut(..first).unwrap_or_default();
            if next.is_empty() {
                continue;
            }
            match self.told(key, next) {
                Ok(told) => more.push(told),
                Err(fault) => {
                    outcome = Err(fault);
                    continue;
                }
            }
            open.push((batches, first));
        }
        for ((batches, first), done) in open.into_iter().zip(self.repo.add_usage(more).await) {
            match done {
                Ok(()) => drop(batches.drain(..first)),
                Err(e) => outcome = outcome.and(Err(e.into())),
            }
        }
        outcome
    }

    /// Returns what batches add to a sum, with their events.
    fn told(&self, key: &UsageKey, batches: &mut [Batch]) -> Result<(UsageKey, Vec<(Sum, Event)>), Fault> {
        let told = batches.iter_mut().map(|batch| {
            let event = batch.event(&self.ambient, key.user_id)?;
            Ok((batch.sum().clone(), event))
        });
        Ok((key.clone(), told.collect::<Result<_, Fault>>()?))
    }

    fn put_back(&self, key: UsageKey, mut batches: Vec<Batch>) {
        let mut waiting = self.waiting.lock();
        waiting.count += count(&batches);
        let newer = waiting.batches.remove(&key).unwrap_or_default();
        batches.extend(newer);
        waiting.batches.insert(key, batches);
    }
}

fn is_open((_, batches): &Due) -> bool {
    !batches.is_empty()
}

fn user_of((key, _): &Due) -> UserId {
    key.user_id
}

fn count(batches: &[Batch]) -> usize {
    batches.iter().map(Batch::count).sum()
}

/// Writes so often until `stop`, and once more then.
async fn each_beat<F: Future<Output = ()>>(
    stop: &CancellationToken,
    every: Duration,
    mut write: impl FnMut(bool) -> F,
) {
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            () = tokio::time::sleep(every) => write(false).await,
        }
    }
    write(true).await;
}

/// A call whose answer has begun. Metered when it is dropped, however it ended.
pub(crate) struct Call {
    meter: Arc<Meter>,
    who: Principal,
    model: String,
    prompt_estimate: u32,
    /// What the provider counted.
    pub(crate) usage: Option<Usage>,
    /// What was written, for when nobody counted.
    pub(crate) written: Written,
    /// What is reserved for it.
    pub(crate) hold: Hold,
    /// Whether the answer came from the cache.
    pub(crate) cached: bool,
    /// Whether the provider failed before the end.
    pub(crate) failed: bool,
    /// Frees the place when the call is over.
    _seat: Seat,
}

impl Call {
    /// Begins to meter, by the price of `model`.
    pub(crate) fn begin(
        meter: Arc<Meter>,
        who: Principal,
        model: String,
        prompt_estimate: u32,
        (seat, mut hold): (Seat, Hold),
    ) -> Self {
        hold.serve(&model);
        Self {
            hold,
            meter,
            who,
            model,
            prompt_estimate,
            usage: None,
            written: Written::default(),
            cached: false,
            failed: false,
            _seat: seat,
        }
    }

    /// Returns the model that answers, `provider/model`.
    pub(crate) fn model(&self) -> &str {
        &self.model
    }

    /// Returns what was used as far as is known: the provider's count, else the estimate, which is never over what is reserved.
    pub(crate) fn used(&self) -> Usage {
        let estimate = || Usage::of(self.prompt_estimate, self.written.tokens());
        self.usage.unwrap_or_else(|| self.hold.within(estimate()))
    }

    /// Makes sure that what is written by now is reserved for, see [`Hold::cover`].
    pub(crate) async fn cover(&mut self) -> Result<(), Error> {
        self.hold.cover(self.written.surely(), self.used()).await
    }

    /// Returns what it has cost so far, where the model has a price.
    pub(crate) fn cost(&self) -> Option<Cost> {
        self.hold.cost(self.used())
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let used = self.used();
        self.hold.settle(used);
        let Usage {
            prompt_tokens,
            completion_tokens,
            ..
        } = used;
        let price = self.hold.price();
        let Principal {
            user_id,
            agent_id,
            room_id,
            ..
        } = self.who.clone();
        let model = std::mem::take(&mut self.model);
        let call = UsedCall {
            agent_id,
            room_id,
            model,
            prompt_tokens,
            completion_tokens,
            cost: self.cost(),
            cached: self.cached,
            failed: self.failed,
            prompt_micros_per_million: price.map(|price| price.prompt),
            completion_micros_per_million: price.map(|price| price.completion),
        };
        self.meter.note(user_id, call);
    }
}
