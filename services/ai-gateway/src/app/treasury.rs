//! Owns the purses of this process and brings them and the durable accounts together: asks when a purse has too little,
//! tells each second, takes back what dead processes held. Nothing is written before a call that its purse covers. Refuses to
//! know prices, and the rules of either (domain). docs/adr/0012 argues the protocol.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures::stream::{self, StreamExt as _};
use kernel::{Ambient, Timestamp, UserId};
use parking_lot::Mutex;
use store::StoreError;

use crate::app::Gone;
use crate::domain::gone::Ending;
use crate::domain::ledger::{Ask, LedgerDoc, Short};
use crate::domain::purse::{Aim, CallId, Part, Purse, Said, Speaker};
use crate::domain::subject::Subject;
use crate::error::Error;
use crate::repo::books::{AccountId, Books};
use crate::repo::{Repo, WRITES_AT_ONCE};

/// Purses at most; beyond, calls of further subjects are refused until others rest.
const PURSES_MAX: usize = 100_000;
/// How often lapsed leases are looked for.
const SWEEP_EVERY: Duration = Duration::from_secs(10);
/// Random bytes of a holder's name.
const HOLDER_BYTES: usize = 9;
/// When to come back when what is missing is only reserved, or rests elsewhere for a moment.
const HELD_RETRY: Duration = Duration::from_secs(2);
/// How often one who is overtaken speaks again, and the mean pause before.
const OVERTAKEN_MAX: u32 = 6;
const OVERTAKEN_PAUSE: Duration = Duration::from_millis(20);
/// Numbers of statements that one millisecond of a process's life may need.
const STATEMENTS_PER_MS: u64 = 1_000;

/// All purses of this process.
pub(crate) struct Treasury {
    repo: Arc<Repo>,
    gone: Arc<Gone>,
    ambient: Ambient,
    /// This process, anew with each start: what an earlier one held is another's.
    holder: String,
    purses: Mutex<HashMap<AccountId, Arc<Account>>>,
    swept_at: Mutex<Timestamp>,
    calls: AtomicU64,
}

/// A purse and its account's name.
pub(crate) struct Account {
    id: AccountId,
    name: String,
    /// The person whose sums it holds, if one does.
    owner: Option<UserId>,
    purse: Mutex<Purse>,
    /// Sum of what those need who wait for the turn.
    waiting: AtomicU64,
    /// Held by who speaks to the durable account: one at a time.
    turn: tokio::sync::Mutex<()>,
}

/// A place among those who wait for the turn.
struct Queued<'a>(&'a AtomicU64, u64);

impl<'a> Queued<'a> {
    fn new(waiting: &'a AtomicU64, need: u64) -> Self {
        // A hint of how much to take: no order of memory matters.
        waiting.fetch_add(need, Ordering::Relaxed);
        Self(waiting, need)
    }
}

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(self.1, Ordering::Relaxed);
    }
}

impl Account {
    /// Ends a call's reservation. Never waits; a second time it does nothing.
    pub(crate) fn settle(&self, call: CallId, used: u64) {
        self.purse.lock().settle(call, used);
    }
}

/// What is said to an account by who has its turn.
struct Word<'a> {
    account: &'a Account,
    aim: Aim,
    by: Speaker<'a>,
    first: bool,
}

impl Word<'_> {
    fn speak(&mut self, doc: LedgerDoc) -> (Option<LedgerDoc>, Said) {
        let first = std::mem::replace(&mut self.first, false);
        self.account.purse.lock().speak(doc, self.aim, self.by, first)
    }

    /// Takes note that it is written.
    fn written(&self, said: Said) {
        self.account.purse.lock().written(self.aim, said, self.by.now);
    }
}

impl Treasury {
    pub(crate) fn new(repo: Arc<Repo>, gone: Arc<Gone>, ambient: Ambient) -> Self {
        Self {
            repo,
            gone,
            holder: ambient.token::<HOLDER_BYTES>(),
            swept_at: Mutex::new(ambient.now()),
            ambient,
            purses: Mutex::default(),
            calls: AtomicU64::new(0),
        }
    }

    fn books(&self) -> &Books {
        &self.repo.books
    }

    /// Names a call.
    pub(crate) fn call(&self) -> CallId {
        // Only uniqueness matters.
        CallId(self.calls.fetch_add(1, Ordering::Relaxed))
    }

    /// Returns the purse of an account.
    pub(crate) fn account(&self, id: AccountId, owner: Option<UserId>) -> Result<Arc<Account>, Error> {
        let mut purses = self.purses.lock();
        if let Some(account) = purses.get(&id) {
            return Ok(account.clone());
        }
        if purses.len() >= PURSES_MAX {
            return Err(Error::Full);
        }
        let start = u64::try_from(self.ambient.now().millis()).unwrap_or(0);
        let account = Arc::new(Account {
            id,
            name: id.to_string(),
            owner,
            purse: Mutex::new(Purse::new(start.saturating_mul(STATEMENTS_PER_MS))),
            waiting: AtomicU64::new(0),
            turn: tokio::sync::Mutex::default(),
        });
        purses.insert(id, account.clone());
        Ok(account)
    }

    /// Reserves `need` for a part of a call. Waits for the store only when the purse has too little.
    pub(crate) async fn reserve(&self, account: &Account, part: Part, need: u64, limit: u64) -> Result<(), Error> {
        if account.purse.lock().reserve(part, need, limit, self.speaker(account)) {
            return Ok(());
        }
        let queued = Queued::new(&account.waiting, need);
        let _turn = account.turn.lock().await;
        drop(queued);
        let by = self.speaker(account);
        {
            // Another call may have asked, or have heard no, meanwhile.
            let mut purse = account.purse.lock();
            if purse.reserve(part, need, limit, by) {
                return Ok(());
            }
            if let Some(short) = purse.refusal(need, limit, by) {
                return Err(self.refused(account, short));
            }
        }
        self.check_owner(account).await?;
        let waiting = account.waiting.load(Ordering::Relaxed);
        let aim = Aim::Take {
            part,
            ask: Ask { need, waiting, limit },
        };
        let said = match self.speak(account, aim).await? {
            Some(said) => said,
            None => self.begin(account, aim).await?,
        };
        match said {
            Said::Done => Ok(()),
            Said::Refused(short) => Err(self.refused(account, short)),
        }
    }

    /// Opens the durable account and asks again.
    async fn begin(&self, account: &Account, aim: Aim) -> Result<Said, Error> {
        if let Subject::Key(key) = account.id.subject
            && self.repo.key(key).await?.is_none()
        {
            return Err(Error::KeyInvalid);
        }
        let doc = LedgerDoc::new(account.name.clone(), self.speaker(account).period);
        self.books().begin(&doc).await?;
        // Looked at only now: had the person been erased before the account was there, nothing else would remove it.
        if let Err(gone) = self.check_owner(account).await {
            self.books().remove_accounts(account.id.subject).await?;
            return Err(gone);
        }
        self.speak(account, aim).await?.ok_or(Error::AccountGone)
    }

    async fn check_owner(&self, account: &Account) -> Result<(), Error> {
        let Some(owner) = account.owner else { return Ok(()) };
        match self.gone.ending(owner).await? {
            Some(Ending::Erased) => Err(Error::AccountGone),
            _ => Ok(()),
        }
    }

    /// Speaks to the durable account; to be called by who has the turn. `None` when there is no such account. Where many processes
    /// speak at once, one that was always overtaken waits for a moment before it tries anew.
    async fn speak(&self, account: &Account, aim: Aim) -> Result<Option<Said>, StoreError> {
        for _ in 1..OVERTAKEN_MAX {
            match self.speak_once(account, aim).await {
                Err(StoreError::Busy) => tokio::time::sleep(self.ambient.jitter(OVERTAKEN_PAUSE, 1.0)).await,
                spoken => return spoken,
            }
        }
        self.speak_once(account, aim).await
    }

    async fn speak_once(&self, account: &Account, aim: Aim) -> Result<Option<Said>, StoreError> {
        let mut word = self.word(account, aim);
        let spoken = self.books().change(&account.name, |doc| word.speak(doc)).await?;
        if let Some(said) = spoken {
            word.written(said);
        }
        Ok(spoken)
    }

    fn word<'a>(&'a self, account: &'a Account, aim: Aim) -> Word<'a> {
        Word {
            account,
            aim,
            by: self.speaker(account),
            first: true,
        }
    }

    fn speaker(&self, account: &Account) -> Speaker<'_> {
        let now = self.ambient.now();
        Speaker {
            holder: &self.holder,
            period: account.id.window.begin(now),
            now,
        }
    }

    fn refused(&self, account: &Account, short: Short) -> Error {
        let AccountId { subject, unit, window } = account.id;
        let after = match short {
            Short::Spent => window.rest(self.ambient.now()),
            Short::Held | Short::Crowded => HELD_RETRY,
        };
        Error::BudgetExhausted {
            scope: subject.scope(),
            unit: unit.word(),
            window: window.word(),
            after,
        }
    }

    /// Tells the accounts what became of the purses, and takes back what dead processes held; `closing` gives back all that
    /// rests. What the store does not take is told the next time. Returns the first failure.
    pub(crate) async fn flush(&self, closing: bool) -> Result<(), StoreError> {
        let accounts: Vec<Arc<Account>> = self.purses.lock().values().cloned().collect();
        let (mut outcome, mut alone) = (Ok(()), Vec::new());
        for some in accounts.chunks(WRITES_AT_ONCE) {
            outcome = outcome.and(self.tend_many(some, closing, &mut alone).await);
        }
        let told: Vec<Result<(), StoreError>> = stream::iter(alone)
            .map(|account| async move { self.tend(&account, closing).await })
            .buffer_unordered(WRITES_AT_ONCE)
            .collect()
            .await;
        // Whoever else holds one has a call under way.
        drop(accounts);
        self.purses
            .lock()
            .retain(|_, account| Arc::strong_count(account) > 1 || !account.purse.lock().is_blank());
        self.sweep().await?;
        outcome.and(told.into_iter().collect())
    }

    /// Speaks at once for those that have something to say. Those whose turn is another's, or who are overtaken, are to be spoken for
    /// `alone`, so that they keep the others waiting no longer than one write.
    async fn tend_many(
        &self,
        some: &[Arc<Account>],
        closing: bool,
        alone: &mut Vec<Arc<Account>>,
    ) -> Result<(), StoreError> {
        let mut words = Vec::new();
        for account in some {
            let Ok(turn) = account.turn.try_lock() else {
                alone.push(account.clone());
                continue;
            };
            let aim = account.purse.lock().due(self.ambient.now(), closing);
            if let Some(aim) = aim {
                words.push((account.name.clone(), (account, self.word(account, aim), turn)));
            }
        }
        let speak = |(_, word, _): &mut (_, Word<'_>, _), doc| word.speak(doc);
        let spoken = self.books().change_many(&mut words, speak).await;
        let mut outcome = Ok(());
        for ((_, (account, word, _turn)), spoken) in words.into_iter().zip(spoken) {
            match spoken {
                Ok(Some(said)) => word.written(said),
                // Erased or revoked: there is nobody to tell.
                Ok(None) => account.purse.lock().clear(),
                Err(StoreError::Conflict) => {
                    account.purse.lock().overtaken();
                    alone.push(account.clone());
                }
                Err(e) => outcome = outcome.and(Err(e)),
            }
        }
        outcome
    }

    async fn tend(&self, account: &Account, closing: bool) -> Result<(), StoreError> {
        if account.purse.lock().due(self.ambient.now(), closing).is_none() {
            return Ok(());
        }
        let _turn = account.turn.lock().await;
        let Some(aim) = account.purse.lock().due(self.ambient.now(), closing) else {
            return Ok(());
        };
        if self.speak(account, aim).await?.is_none() {
            // Erased or revoked: there is nobody to tell.
            account.purse.lock().clear();
        }
        Ok(())
    }

    async fn sweep(&self) -> Result<(), StoreError> {
        let now = self.ambient.now();
        if now.since(*self.swept_at.lock()) < SWEEP_EVERY {
            return Ok(());
        }
        *self.swept_at.lock() = now;
        let lapsed = self.books().lapsed(now).await?;
        if lapsed.is_empty() {
            return Ok(());
        }
        let own: HashSet<String> = self.purses.lock().values().map(|a| a.name.clone()).collect();
        for account in lapsed {
            // A purse of ours that is late speaks for itself.
            let except = own.contains(&account).then_some(self.holder.as_str());
            let reclaim = |mut doc: LedgerDoc| (doc.reclaim(now, except).then_some(doc), ());
            self.books().change(&account, reclaim).await?;
        }
        Ok(())
    }

    /// Forgets all purses of a subject, whose accounts are being removed.
    pub(crate) fn forget(&self, subject: Subject) {
        self.purses.lock().retain(|id, account| {
            if id.subject == subject {
                account.purse.lock().clear();
            }
            id.subject != subject
        });
    }

    /// Removes all sums of a subject.
    pub(crate) async fn remove(&self, subject: Subject) -> Result<(), StoreError> {
        self.forget(subject);
        self.books().remove_accounts(subject).await
    }
}
