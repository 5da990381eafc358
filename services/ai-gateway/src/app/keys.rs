//! Owns gateway keys and their check: remembered for five seconds at most, so that a revoked key stops working everywhere
//! within that, and here at once. Refuses to remember keys that do not hold.

use std::sync::Arc;
use std::time::Duration;

use kernel::{ApiKeyId, Fault, Page, Timestamp, UserId};

use crate::app::governor::Governor;
use crate::app::remembered::Remembered;
use crate::app::{Gone, Meter};
use crate::domain::key::{KeyDoc, Terms, hash};
use crate::domain::ledger::LedgerDoc;
use crate::domain::subject::{Subject, Unit};
use crate::error::Error;
use crate::repo::Repo;
use crate::repo::books::AccountId;

/// How long a key that held is believed.
pub(crate) const KEY_CACHE_TTL: Duration = Duration::from_secs(5);
/// How many are remembered.
const KEY_CACHE_MAX: u64 = 50_000;
/// A longer token is refused unread.
const KEY_BYTES_MAX: usize = 256;

/// The keys of everybody.
pub(crate) struct Keys {
    repo: Arc<Repo>,
    gone: Arc<Gone>,
    meter: Arc<Meter>,
    governor: Arc<Governor>,
    held: Remembered<[u8; 32], Held>,
}

/// What is remembered of a key that held.
#[derive(Clone, Copy)]
pub(crate) struct Held {
    pub(crate) owner: UserId,
    pub(crate) id: ApiKeyId,
    expires_at: Option<Timestamp>,
}

impl Held {
    fn check(self, now: Timestamp) -> Result<Self, Error> {
        let over = self.expires_at.is_some_and(|end| end <= now);
        if over { Err(Error::KeyExpired) } else { Ok(self) }
    }
}

impl Keys {
    pub(crate) fn new(repo: Arc<Repo>, gone: Arc<Gone>, meter: Arc<Meter>, governor: Arc<Governor>) -> Self {
        Self {
            repo,
            gone,
            meter,
            governor,
            held: Remembered::new(KEY_CACHE_MAX, KEY_CACHE_TTL),
        }
    }

    /// Returns which key it is, and whose.
    pub(crate) async fn check(&self, key: &str, now: Timestamp) -> Result<Held, Error> {
        if key.len() > KEY_BYTES_MAX {
            return Err(Error::KeyInvalid);
        }
        let hash = hash(key);
        if let Some(held) = self.held.get(&hash) {
            // A check that was under way while the account ended may have kept the key.
            return match self.gone.known(held.owner) {
                Some(_) => Err(Error::KeyInvalid),
                None => held.check(now),
            };
        }
        let since = self.held.reading();
        let doc = self
            .repo
            .key_by_hash(&hex::encode(hash))
            .await?
            .ok_or(Error::KeyInvalid)?;
        if self.gone.ending(doc.owner_id).await?.is_some() {
            return Err(Error::KeyInvalid);
        }
        let held = Held {
            owner: doc.owner_id,
            id: doc.id,
            expires_at: doc.terms.expires_at,
        };
        held.check(now)?;
        self.meter.touch(doc.id);
        self.held.insert(since, hash, held);
        Ok(held)
    }

    /// Makes a key; the key itself is never to be had again.
    pub(crate) async fn create(&self, owner: UserId, name: &str, terms: &Terms) -> Result<(KeyDoc, String), Error> {
        let made = self.repo.add_key(owner, name, terms).await?;
        // Looked at only now: had the account ended before the key was there, nothing else would remove it.
        if self.gone.ending(owner).await?.is_some() {
            self.revoke_all(owner).await?;
            return Err(Error::AccountGone);
        }
        Ok(made)
    }

    /// Lists a person's keys, newest first.
    pub(crate) async fn list(&self, owner: UserId, limit: usize, cursor: Option<&str>) -> Result<Page<KeyDoc>, Fault> {
        self.repo.list_keys(owner, limit, cursor).await
    }

    /// Changes a key of `owner`: in force here at once, elsewhere within five seconds.
    pub(crate) async fn change(
        &self,
        owner: UserId,
        id: ApiKeyId,
        change: impl Fn(&mut KeyDoc),
    ) -> Result<KeyDoc, Error> {
        let changed = self.repo.change_key(owner, id, change).await?;
        self.held.forget(&changed.digest());
        self.governor.allowances.forget(Subject::Key(id));
        Ok(changed)
    }

    /// Returns what was spent of the budgets of `keys` by `now`, for each that has one, in their order.
    pub(crate) async fn spent(&self, keys: &[KeyDoc], now: Timestamp) -> Result<Vec<u64>, Error> {
        let account = |key: &KeyDoc| {
            key.terms.budget.map(|budget| AccountId {
                subject: Subject::Key(key.id),
                unit: Unit::Micros,
                window: budget.window,
            })
        };
        let asked: Vec<AccountId> = keys.iter().filter_map(account).collect();
        let found = self.repo.books.accounts(&asked).await?;
        let spent = |key: &KeyDoc| {
            let account = account(key)?;
            let doc: &LedgerDoc = found.iter().find(|doc| doc.id == account.to_string())?;
            (doc.period >= account.window.begin(now)).then_some(doc.spent)
        };
        Ok(keys.iter().map(|key| spent(key).unwrap_or(0)).collect())
    }

    /// Revokes a key of `owner`.
    pub(crate) async fn revoke(&self, owner: UserId, id: ApiKeyId) -> Result<(), Error> {
        let removed = self.repo.remove_key(owner, id).await?;
        self.end(&removed).await
    }

    async fn end(&self, key: &KeyDoc) -> Result<(), Error> {
        self.held.forget(&key.digest());
        let subject = Subject::Key(key.id);
        self.governor.allowances.forget(subject);
        Ok(self.governor.treasury.remove(subject).await?)
    }

    /// Revokes all keys of `owner`.
    pub(crate) async fn revoke_all(&self, owner: UserId) -> Result<(), Error> {
        for key in self.repo.remove_keys(owner).await? {
            self.end(&key).await?;
        }
        Ok(())
    }
}
