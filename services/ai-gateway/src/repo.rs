//! Owns the keys, the sums of usage, added providers and who is gone in the store, and leads to the accounts. Refuses to keep a key in clear.

mod additions;
pub(crate) mod books;
mod providers;
mod sums;

use std::collections::HashSet;
use std::sync::Arc;

use contracts::Event;
use kernel::{Ambient, ApiKeyId, Fault, Page, Timestamp, UserId};
use store::{Change, Collection, Query, Spec, Store, StoreError};

use crate::domain::gone::{Ending, GoneDoc};
use crate::domain::key::{KEYS_PER_USER_MAX, KeyDoc, Terms};
use crate::domain::ledger::LedgerDoc;
use crate::domain::provider::ProviderDoc;
use crate::domain::subject::BudgetDoc;
use crate::domain::sum::{Sum, SumDoc};
use crate::domain::usage::{UsageDoc, UsageKey};
use crate::error::Error;
use additions::add_to_many;
use books::Books;

pub(crate) use sums::SumRepo;

/// `lastUsedAt` is written at most this often.
const LAST_USED_GRAIN: std::time::Duration = std::time::Duration::from_secs(60);
/// Documents that are read and written at once: in the embedded store one transaction, so that the calls under way wait once.
pub(crate) const WRITES_AT_ONCE: usize = 32;
/// Documents that erasing looks at in one go.
const ERASE_BATCH: usize = 500;

/// Every collection of the service, for whoever moves or counts all of its documents.
pub const COLLECTIONS: &[Spec] = &[
    Spec::of::<KeyDoc>(),
    Spec::of::<UsageDoc>(),
    Spec::of::<SumDoc>(),
    Spec::of::<GoneDoc>(),
    Spec::of::<ProviderDoc>(),
    Spec::of::<LedgerDoc>(),
    Spec::of::<BudgetDoc>(),
];

/// Keys, usage, added providers and who is gone.
pub(crate) struct Repo {
    keys: Collection<KeyDoc>,
    usage: Collection<UsageDoc>,
    gone: Collection<GoneDoc>,
    providers: Collection<ProviderDoc>,
    pub(crate) books: Books,
    ambient: Ambient,
}

impl Repo {
    pub(crate) async fn open(store: &Arc<dyn Store>, ambient: Ambient) -> Result<Self, StoreError> {
        Ok(Self {
            keys: Collection::open(store).await?,
            usage: Collection::open(store).await?,
            gone: Collection::open(store).await?,
            providers: Collection::open(store).await?,
            books: Books::open(store).await?,
            ambient,
        })
    }

    /// Makes a key in a free place of its owner; returns it with the key itself.
    pub(crate) async fn add_key(&self, owner: UserId, name: &str, terms: &Terms) -> Result<(KeyDoc, String), Error> {
        for _ in 0..KEYS_PER_USER_MAX {
            let taken: Vec<u32> = self.keys_of(owner).await?.iter().map(|k| k.slot).collect();
            let free = (0..KEYS_PER_USER_MAX).find(|slot| !taken.contains(slot));
            let slot = free.ok_or(Error::TooManyKeys(KEYS_PER_USER_MAX))?;
            let (doc, key) = KeyDoc::make(&self.ambient, owner, (name, terms), slot);
            match self.keys.insert(&doc, Vec::new()).await {
                Ok(()) => return Ok((doc, key)),
                // Another request of the same owner took the place.
                Err(StoreError::Unique { index }) if index == "slot" => {}
                Err(e) => return Err(e.into()),
            }
        }
        Err(Error::TooManyKeys(KEYS_PER_USER_MAX))
    }

    async fn keys_of(&self, owner: UserId) -> Result<Vec<KeyDoc>, StoreError> {
        self.keys
            .find(Query::on("owner").eq(owner).limit(KEYS_PER_USER_MAX as usize))
            .await
    }

    /// Lists a person's keys, newest first.
    pub(crate) async fn list_keys(
        &self,
        owner: UserId,
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Page<KeyDoc>, Fault> {
        self.keys
            .page(Query::on("owner").eq(owner).descending().limit(limit), cursor)
            .await
    }

    /// Finds a key.
    pub(crate) async fn key(&self, id: ApiKeyId) -> Result<Option<KeyDoc>, StoreError> {
        self.keys.get(id).await
    }

    /// Changes a key of `owner`; returns it as it is then.
    pub(crate) async fn change_key(
        &self,
        owner: UserId,
        id: ApiKeyId,
        change: impl Fn(&mut KeyDoc),
    ) -> Result<KeyDoc, Error> {
        let changed = self.keys.update(id, |mut key| {
            if key.owner_id != owner {
                return Err(Error::KeyNotFound);
            }
            change(&mut key);
            Ok(Change::Put(key.clone(), Vec::new(), key))
        });
        changed.await?.ok_or(Error::KeyNotFound)
    }

    /// Finds the key with this hash.
    pub(crate) async fn key_by_hash(&self, hash: &str) -> Result<Option<KeyDoc>, StoreError> {
        self.keys.find_one(Query::on("hash").eq(hash)).await
    }

    /// Removes a key of `owner`; returns it.
    pub(crate) async fn remove_key(&self, owner: UserId, id: ApiKeyId) -> Result<KeyDoc, Error> {
        let found = self
            .keys
            .get(id)
            .await?
            .filter(|k| k.owner_id == owner)
            .ok_or(Error::KeyNotFound)?;
        self.keys.delete(id).await?;
        Ok(found)
    }

    /// Notes of keys (at most 1,001) that they were used, unless that was noted just before.
    pub(crate) async fn touch_keys(&self, ids: &[ApiKeyId], at: Timestamp) -> Result<(), StoreError> {
        let mut items: Vec<(String, ())> = ids.iter().map(|id| (id.to_string(), ())).collect();
        let touched = self.keys.update_many(&mut items, |(), key| {
            let fresh = key.last_used_at.is_some_and(|last| at.since(last) < LAST_USED_GRAIN);
            Ok(if fresh {
                Change::Keep(())
            } else {
                Change::Put(
                    KeyDoc {
                        last_used_at: Some(at),
                        ..key
                    },
                    Vec::new(),
                    (),
                )
            })
        });
        touched.await.into_iter().try_for_each(|done| match done {
            // Whoever was faster has touched it, too.
            Ok(_) | Err(StoreError::Conflict) => Ok(()),
            Err(e) => Err(e),
        })
    }

    /// Adds to sums (at most 1,001) what events tell of, with these; returns what came of each.
    pub(crate) async fn add_usage(&self, more: Vec<(UsageKey, Vec<(Sum, Event)>)>) -> Vec<Result<(), StoreError>> {
        let mut items: Vec<_> = more.into_iter().map(|more| (more.0.id(), more)).collect();
        let begin = |(key, _): &(UsageKey, _)| UsageDoc::new(key);
        let add = |(_, more): &(_, Vec<(Sum, Event)>), mut doc: UsageDoc| {
            let events = doc.add(more);
            (doc, events)
        };
        add_to_many(&self.usage, &mut items, begin, add).await
    }

    /// Lists what a person used from a day to a day, as far as these are given, newest day first.
    pub(crate) async fn list_usage(
        &self,
        user: UserId,
        (from, to): (Option<String>, Option<String>),
        limit: usize,
        cursor: Option<&str>,
    ) -> Result<Page<UsageDoc>, Fault> {
        let mut query = Query::on("by_user").eq(user).descending().limit(limit);
        if let Some(from) = from {
            query = query.at_least(from);
        }
        if let Some(to) = to {
            query = query.at_most(to);
        }
        self.usage.page(query, cursor).await
    }

    /// Removes all keys of a person; returns them.
    pub(crate) async fn remove_keys(&self, owner: UserId) -> Result<Vec<KeyDoc>, StoreError> {
        let keys = self.keys_of(owner).await?;
        for key in &keys {
            self.keys.delete(key.id).await?;
        }
        Ok(keys)
    }

    /// Notes that an account ended; erased stays erased.
    pub(crate) async fn note_gone(&self, user: UserId, ending: Ending) -> Result<(), StoreError> {
        let later = |doc: GoneDoc| {
            Ok::<_, StoreError>(if doc.ending >= ending {
                Change::Keep(())
            } else {
                Change::Put(GoneDoc { ending, ..doc }, Vec::new(), ())
            })
        };
        if self.gone.update(user, later).await?.is_some() {
            return Ok(());
        }
        match self.gone.insert(&GoneDoc { id: user, ending }, Vec::new()).await {
            // Another replica was faster.
            Err(StoreError::Unique { .. }) => self.gone.update(user, later).await.map(drop),
            done => done,
        }
    }

    /// Lists those of `users` (at most 1,001) whose accounts ended.
    pub(crate) async fn gone_of(&self, users: &HashSet<UserId>) -> Result<Vec<GoneDoc>, StoreError> {
        let ids: Vec<String> = users.iter().map(UserId::to_string).collect();
        self.gone.get_many(&ids).await
    }

    /// Tells how the account of `user` ended, if it did.
    pub(crate) async fn gone(&self, user: UserId) -> Result<Option<Ending>, StoreError> {
        Ok(self.gone.get(user).await?.map(|doc| doc.ending))
    }

    /// Removes all that is known of what a person used.
    pub(crate) async fn remove_usage(&self, user: UserId) -> Result<(), StoreError> {
        loop {
            let docs = self
                .usage
                .find(Query::on("by_user").eq(user).limit(ERASE_BATCH))
                .await?;
            for doc in &docs {
                self.usage.delete(&doc.id).await?;
            }
            if docs.len() < ERASE_BATCH {
                return Ok(());
            }
        }
    }
}
