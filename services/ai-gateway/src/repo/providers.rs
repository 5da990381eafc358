//! Providers that administrators added, in the store.

use store::{Change, Query, StoreError};

use super::Repo;
use crate::domain::provider::{PROVIDERS_MAX, ProviderDoc};
use crate::error::Error;

impl Repo {
    /// Returns all of them, by name.
    pub(crate) async fn providers(&self) -> Result<Vec<ProviderDoc>, StoreError> {
        let all = Query::on("slot").limit(PROVIDERS_MAX as usize);
        let mut found = self.providers.find(all).await?;
        found.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(found)
    }

    /// Returns the one of this name.
    pub(crate) async fn provider(&self, name: &str) -> Result<Option<ProviderDoc>, StoreError> {
        self.providers.get(name).await
    }

    /// Puts `next` in the place of `seen`, or in a free one when nothing was seen. `ProviderChanged` when that is no longer
    /// how it stands.
    pub(crate) async fn put_provider(&self, seen: Option<&ProviderDoc>, next: &ProviderDoc) -> Result<(), Error> {
        let Some(seen) = seen else {
            return self.add_provider(next).await;
        };
        let replaced = self.providers.update(&next.id, |now| {
            if now != *seen {
                return Err(Error::ProviderChanged);
            }
            let next = ProviderDoc {
                slot: now.slot,
                ..next.clone()
            };
            Ok(Change::Put(next, Vec::new(), ()))
        });
        replaced.await?.ok_or(Error::ProviderChanged)
    }

    async fn add_provider(&self, next: &ProviderDoc) -> Result<(), Error> {
        for _ in 0..PROVIDERS_MAX {
            let taken: Vec<u32> = self.providers().await?.iter().map(|p| p.slot).collect();
            let free = (0..PROVIDERS_MAX).find(|slot| !taken.contains(slot));
            let slot = free.ok_or(Error::TooManyProviders(PROVIDERS_MAX))?;
            match self
                .providers
                .insert(&ProviderDoc { slot, ..next.clone() }, Vec::new())
                .await
            {
                Ok(()) => return Ok(()),
                // Another request took the place.
                Err(StoreError::Unique { index }) if index == "slot" => {}
                // Or the name.
                Err(StoreError::Unique { .. }) => return Err(Error::ProviderChanged),
                Err(e) => return Err(e.into()),
            }
        }
        Err(Error::TooManyProviders(PROVIDERS_MAX))
    }

    /// Removes the one of this name; tells whether it was there.
    pub(crate) async fn remove_provider(&self, name: &str) -> Result<bool, StoreError> {
        let removed = self
            .providers
            .update(name, |_| Ok::<_, StoreError>(Change::Remove(Vec::new(), ())));
        Ok(removed.await?.is_some())
    }
}
