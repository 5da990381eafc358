//! Owns accounts of budgets and what moderators set, in the store. Refuses to know the rules of either.

use std::sync::Arc;

use kernel::Timestamp;
use store::{Change, Collection, Query, Store, StoreError};

use crate::domain::ledger::LedgerDoc;
use crate::domain::subject::{BudgetDoc, Subject, Unit};
use crate::domain::window::Window;

/// Accounts with lapsed leases that are looked at in one go.
pub(crate) const LAPSED_PER_SWEEP: usize = 100;

/// Which account: whose, of what, and for which window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct AccountId {
    pub(crate) subject: Subject,
    pub(crate) unit: Unit,
    pub(crate) window: Window,
}

impl AccountId {
    /// Lists all that `subject` may have.
    pub(crate) fn all(subject: Subject) -> impl Iterator<Item = Self> {
        [Unit::Micros, Unit::Tokens].into_iter().flat_map(move |unit| {
            Window::ALL
                .into_iter()
                .map(move |window| Self { subject, unit, window })
        })
    }
}

/// `user:0190c5a0-…:micros:day`, the id of its document.
impl std::fmt::Display for AccountId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.subject, self.unit.word(), self.window.word())
    }
}

fn as_change<R>((next, answer): (Option<LedgerDoc>, R)) -> Change<LedgerDoc, R> {
    match next {
        Some(next) => Change::Put(next, Vec::new(), answer),
        None => Change::Keep(answer),
    }
}

/// Accounts and settings.
pub(crate) struct Books {
    ledgers: Collection<LedgerDoc>,
    budgets: Collection<BudgetDoc>,
}

impl Books {
    pub(crate) async fn open(store: &Arc<dyn Store>) -> Result<Self, StoreError> {
        Ok(Self {
            ledgers: Collection::open(store).await?,
            budgets: Collection::open(store).await?,
        })
    }

    /// Changes an account as `decide` says, in one write at the version that it saw; none = leave it. `Ok(None)` when there is
    /// no such account.
    pub(crate) async fn change<R>(
        &self,
        account: &str,
        mut decide: impl FnMut(LedgerDoc) -> (Option<LedgerDoc>, R),
    ) -> Result<Option<R>, StoreError> {
        self.ledgers.update(account, |doc| Ok(as_change(decide(doc)))).await
    }

    /// Changes several accounts (at most 1,001), each for itself, with what stands beside its name. Tries once: returns what came of
    /// each, `Conflict` where another process was faster.
    pub(crate) async fn change_many<T: Send, R>(
        &self,
        accounts: &mut [(String, T)],
        mut decide: impl FnMut(&mut T, LedgerDoc) -> (Option<LedgerDoc>, R),
    ) -> Vec<Result<Option<R>, StoreError>> {
        let decide = |with: &mut T, doc| Ok(as_change(decide(with, doc)));
        self.ledgers.update_many(accounts, decide).await
    }

    /// Opens an account, unless it is there.
    pub(crate) async fn begin(&self, doc: &LedgerDoc) -> Result<(), StoreError> {
        match self.ledgers.insert(doc, Vec::new()).await {
            Err(StoreError::Unique { .. }) => Ok(()),
            done => done,
        }
    }

    /// Returns those of `accounts` that there are.
    pub(crate) async fn accounts(&self, accounts: &[AccountId]) -> Result<Vec<LedgerDoc>, StoreError> {
        let ids: Vec<String> = accounts.iter().map(ToString::to_string).collect();
        self.ledgers.get_many(&ids).await
    }

    /// Returns ids of accounts whose first lease has ended, the oldest first.
    pub(crate) async fn lapsed(&self, now: Timestamp) -> Result<Vec<String>, StoreError> {
        let query = Query::on("lease").less_than(now).limit(LAPSED_PER_SWEEP);
        Ok(self.ledgers.find(query).await?.into_iter().map(|doc| doc.id).collect())
    }

    /// Removes all accounts of a subject.
    pub(crate) async fn remove_accounts(&self, subject: Subject) -> Result<(), StoreError> {
        for account in self.accounts(&AccountId::all(subject).collect::<Vec<_>>()).await? {
            self.ledgers.delete(&account.id).await?;
        }
        Ok(())
    }

    /// Returns what is set for those of `subjects` that something is set for.
    pub(crate) async fn settings(&self, subjects: &[Subject]) -> Result<Vec<BudgetDoc>, StoreError> {
        let ids: Vec<String> = subjects.iter().map(ToString::to_string).collect();
        self.budgets.get_many(&ids).await
    }

    /// Sets it, instead of what was set before.
    pub(crate) async fn set(&self, doc: &BudgetDoc) -> Result<(), StoreError> {
        let put = || {
            self.budgets.update(&doc.id, |_| {
                Ok::<_, StoreError>(Change::Put(doc.clone(), Vec::new(), ()))
            })
        };
        if put().await?.is_some() {
            return Ok(());
        }
        match self.budgets.insert(doc, Vec::new()).await {
            // Another one set it meanwhile.
            Err(StoreError::Unique { .. }) => put().await.map(drop),
            done => done,
        }
    }

    /// Sets nothing any more.
    pub(crate) async fn unset(&self, subject: Subject) -> Result<(), StoreError> {
        self.budgets.delete(subject).await
    }
}
