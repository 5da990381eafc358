//! Owns the count of what calls used: added up in memory, written each second with events that tell of each call, so that nothing
//! is written before or during a call. A crash loses at most a second of it, and five seconds of the sums of everybody's usage; money
//! is reserved before the call and charged by the governor, whose accounts are told each second. Refuses to know budgets.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use contracts::Event;
use contracts::ai_gateway::{Principal, UsedCall};
use kernel::{Ambient, ApiKeyId, Cost, Fault, Timestamp, UserId};
use parking_lot::Mutex;
use store::StoreError;
use tokio_util::sync::CancellationToken;

use crate::app::Gone;
use crate::app::batch::Batch;
use crate::app::governor::{Governor, Hold};
use crate::app::seats::Seat;
use crate::app::sums::Sums;
use crate::domain::delta::{Usage, Written};
use crate::domain::gone::Ending;
use crate::domain::price::Price;
use crate::domain::sum::Sum;
use crate::domain::usage::UsageKey;
use crate::error::Error;
use crate::repo::Repo;

/// How often calls are written.
pub(crate) const FLUSH_EVERY: Duration = Duration::from_secs(1);
/// How often sums of everybody's usage are: many documents, for few who look at them.
const SUMS_EVERY: Duration = Duration::from_secs(5);
/// How often a key that is in use is looked at, so that its owner sees when it was used last.
const TOUCH_EVERY: Duration = Duration::from_secs(20);
/// Events that one write carries.
const EVENTS_PER_WRITE: usize = 8;
/// Documents that are read and written at once: together, since a call that is under way then meets the whole of it or nothing.
pub(crate) const WRITES_AT_ONCE: usize = 64;
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
}

#[derive(Default)]
struct Waiting {
    /// Those that one write did not take come first.
    batches: BTreeMap<UsageKey, Vec<Batch>>,
    count: usize,
    /// Keys that were used since `touched_at`, and those of them that were not noted yet.
    touched: HashSet<ApiKeyId>,
    touched_at: Timestamp,
    keys: Vec<ApiKeyId>,
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
        })
    }

    /// Notes that a key was used.
    pub(crate) fn touch(&self, key: ApiKeyId) {
        let mut waiting = self.waiting.lock();
        if waiting.touched.insert(key) {
            waiting.keys.push(key);
        }
    }

    /// Notes a call, but not of a person who was erased while it ran.
    fn note(&self, user: UserId, call: UsedCall) {
        if self.gone.known(user) == Some(Ending::Erased) {
            return;
        }
        let now = self.ambient.now();
        let model = self.sums.add(user, &call, now);
        let key = UsageKey::of(user, model, now);
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
        self.sums.add_failure(who, model, error, self.ambient.now());
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
        );
        Ok(())
    }

    /// Writes what waits, for a process that is about to stop; what the store does not take waits on.
    pub(crate) async fn drain(&self) {
        tokio::join!(
            self.governor.tell_or_warn(false),
            self.governor.correct_rates(),
            self.write_or_warn(),
            self.write_sums_or_warn()
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

    async fn flush(&self) -> Result<(), Fault> {
        self.note_touched().await;
        let batches = std::mem::take(&mut self.waiting.lock().batches);
        let mut due: Vec<Due> = batches.into_iter().collect();
        let mut outcome = Ok(());
        while !due.is_empty() {
            let mut some = due.split_off(due.len().saturating_sub(WRITES_AT_ONCE));
            if let Err(fault) = self.write(&mut some).await {
                some.into_iter().for_each(|(key, batches)| self.put_back(key, batches));
                outcome = outcome.and(Err(fault));
            }
        }
        outcome
    }

    async fn note_touched(&self) {
        let now = self.ambient.now();
        let keys = {
            let mut waiting = self.waiting.lock();
            if now.since(waiting.touched_at) >= TOUCH_EVERY {
                waiting.touched_at = now;
                waiting.touched.clear();
            }
            std::mem::take(&mut waiting.keys)
        };
        for some in keys.chunks(WRITES_AT_ONCE) {
            // Only a hint to the owner: not worth trying again.
            if let Err(e) = self.repo.touch_keys(some, now).await {
                tracing::warn!("lastUsedAt not written: {e}");
            }
        }
    }

    /// Writes sums at once, and takes out what is written, so that what fails afterwards is all that is done again.
    async fn write(&self, some: &mut [Due]) -> Result<(), Fault> {
        let is_open = |due: &&Due| !due.1.is_empty();
        let erased = self.erased_of(some.iter().filter(is_open)).await?;
        for (_, batches) in some.iter_mut().filter(|(key, _)| erased.contains(&key.user_id)) {
            batches.clear();
        }
        while some.iter().any(|due| is_open(&due)) {
            let mut open: Vec<&mut Due> = some.iter_mut().filter(|(_, batches)| !batches.is_empty()).collect();
            let next = open
                .iter_mut()
                .map(|due| self.next(due))
                .collect::<Result<Vec<_>, _>>()?;
            let mut outcome = Ok(());
            for ((_, batches), done) in open.into_iter().zip(self.repo.add_usage(next).await) {
                match done {
                    Ok(()) => drop(batches.drain(..batches.len().min(EVENTS_PER_WRITE))),
                    Err(e) => outcome = outcome.and(Err(e)),
                }
            }
            outcome?;
        }
        // Erasing notes the person as gone and then removes: whichever of the two came last has removed the sum.
        for user in self.erased_of(some.iter()).await? {
            self.repo.remove_usage(user).await?;
        }
        Ok(())
    }

    /// Returns the first calls of what is due, as many as one write carries.
    fn next(&self, (key, batches): &mut Due) -> Result<(UsageKey, Sum, Vec<Event>), Fault> {
        let mut all = Sum::default();
        let mut events = Vec::new();
        for batch in batches.iter_mut().take(EVENTS_PER_WRITE) {
            all.add(batch.sum());
            events.push(batch.event(&self.ambient, key.user_id)?);
        }
        Ok((key.clone(), all, events))
    }

    async fn erased_of<'a>(&self, some: impl Iterator<Item = &'a Due>) -> Result<HashSet<UserId>, StoreError> {
        let users = some.map(|(key, _)| key.user_id).collect();
        self.gone.erased_of(&users).await
    }

    fn put_back(&self, key: UsageKey, mut batches: Vec<Batch>) {
        let mut waiting = self.waiting.lock();
        waiting.count += count(&batches);
        let newer = waiting.batches.remove(&key).unwrap_or_default();
        batches.extend(newer);
        waiting.batches.insert(key, batches);
    }
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
