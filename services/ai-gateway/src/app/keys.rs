//! Owns the check of gateway keys: remembered for five seconds at most, so that a revoked key stops working everywhere
//! within that, and here at once. Refuses to remember keys that do not hold.

use std::sync::Arc;
use std::time::Duration;

use kernel::{ApiKeyId, Fault, Page, UserId};
use moka::sync::Cache;

use crate::app::{Gone, Meter};
use crate::domain::key::{KeyDoc, hash};
use crate::error::Error;
use crate::repo::Repo;

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
    held: Cache<String, UserId>,
}

impl Keys {
    pub(crate) fn new(repo: Arc<Repo>, gone: Arc<Gone>, meter: Arc<Meter>) -> Self {
        Self {
            repo,
            gone,
            meter,
            held: Cache::builder()
                .max_capacity(KEY_CACHE_MAX)
                .time_to_live(KEY_CACHE_TTL)
                .build(),
        }
    }

    /// Returns whose key it is.
    pub(crate) async fn owner(&self, key: &str) -> Result<UserId, Error> {
        if key.len() > KEY_BYTES_MAX {
            return Err(Error::KeyInvalid);
        }
        let hash = hash(key);
        if let Some(owner) = self.held.get(&hash) {
            // A check that was under way while the account ended may have kept the key.
            return self.gone.known(owner).map_or(Ok(owner), |_| Err(Error::KeyInvalid));
        }
        let doc = self.repo.key_by_hash(&hash).await?.ok_or(Error::KeyInvalid)?;
        if self.gone.ending(doc.owner_id).await?.is_some() {
            return Err(Error::KeyInvalid);
        }
        self.meter.touch(doc.id);
        self.held.insert(hash, doc.owner_id);
        Ok(doc.owner_id)
    }

    /// Makes a key; the key itself is never to be had again.
    pub(crate) async fn create(&self, owner: UserId, name: &str) -> Result<(KeyDoc, String), Error> {
        let made = self.repo.add_key(owner, name).await?;
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

    /// Revokes a key of `owner`.
    pub(crate) async fn revoke(&self, owner: UserId, id: ApiKeyId) -> Result<(), Error> {
        let removed = self.repo.remove_key(owner, id).await?;
        self.held.invalidate(&removed.hash);
        Ok(())
    }

    /// Revokes all keys of `owner`.
    pub(crate) async fn revoke_all(&self, owner: UserId) -> Result<(), Error> {
        self.repo
            .remove_keys(owner)
            .await?
            .iter()
            .for_each(|hash| self.held.invalidate(hash));
        Ok(())
    }
}
