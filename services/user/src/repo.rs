//! Owns the profiles in the store, and answers other services from there.

use std::sync::Arc;

use async_trait::async_trait;
use contracts::Event;
use contracts::user::{Privacy, Profile, ProfileEvent, UserDirectory};
use kernel::{Ambient, Fault, Timestamp, UserId};
use store::{Change, Collection, Query, Spec, Store, StoreError};

use crate::domain::profile::ProfileDoc;
use crate::domain::report::ReportDoc;
use crate::error::Error;

/// Every collection of the service, for whoever moves or counts all of its documents.
pub const COLLECTIONS: &[Spec] = &[Spec::of::<ProfileDoc>(), Spec::of::<ReportDoc>()];

/// The profiles.
pub(crate) struct Profiles {
    docs: Collection<ProfileDoc>,
    ambient: Ambient,
}

impl Profiles {
    pub(crate) async fn open(store: &Arc<dyn Store>, ambient: Ambient) -> Result<Self, StoreError> {
        Ok(Self {
            docs: Collection::open(store).await?,
            ambient,
        })
    }

    pub(crate) fn docs(&self) -> &Collection<ProfileDoc> {
        &self.docs
    }

    /// Returns a visible profile with its version.
    pub(crate) async fn active(&self, id: UserId) -> Result<(ProfileDoc, u64), Error> {
        let found = self.docs.get_versioned(id).await?;
        found
            .filter(|(doc, _)| doc.pending_since.is_none())
            .ok_or(Error::NotFound)
    }

    /// Changes a profile by a pure function, at the version the caller has seen when there is one; returns the result and its version.
    pub(crate) async fn change(
        &self,
        id: UserId,
        seen: impl Fn(u64) -> Result<(), Fault>,
        change: impl Fn(&mut ProfileDoc),
    ) -> Result<(ProfileDoc, u64), Error> {
        loop {
            let (before, version) = self.active(id).await?;
            seen(version).map_err(|_| Error::Stale)?;
            let mut doc = before.clone();
            change(&mut doc);
            let doc = doc.indexed();
            if doc == before {
                return Ok((before, version));
            }
            let mut events = Vec::new();
            if doc.public() != before.public() {
                events.push(self.event(&ProfileEvent::Updated {
                    profile: doc.public(),
                    version: version + 1,
                })?);
            }
            if doc.privacy != before.privacy {
                let event = ProfileEvent::PrivacyChanged {
                    user_id: id,
                    privacy: doc.privacy,
                    version: version + 1,
                };
                events.push(self.event(&event)?);
            }
            let write = store::Write {
                op: store::Op::Replace(store::RawDocument::of(&doc)?, version),
                events,
                mark: None,
            };
            match self.docs.store().write(write).await {
                Ok(version) => return Ok((doc, version)),
                Err(StoreError::Conflict) => {}
                Err(StoreError::Unique { index }) if index == "handle" => return Err(Error::HandleTaken),
                Err(e) => return Err(e.into()),
            }
        }
    }

    /// Removes a profile; its handle is free again.
    pub(crate) async fn remove(&self, id: UserId) -> Result<(), StoreError> {
        self.docs.delete(id).await
    }

    /// Returns claims that have been pending since before `before`, at most 100.
    pub(crate) async fn stale_claims(&self, before: Timestamp) -> Result<Vec<ProfileDoc>, StoreError> {
        self.docs.find(Query::on("pending").less_than(before)).await
    }

    fn event(&self, event: &ProfileEvent) -> Result<Event, Fault> {
        Event::new(&self.ambient, event)
    }
}

#[async_trait]
impl UserDirectory for Profiles {
    async fn profiles(&self, ids: &[UserId]) -> Result<Vec<Profile>, Fault> {
        let ids: Vec<String> = ids.iter().take(1000).map(ToString::to_string).collect();
        let docs = self.docs.get_many(&ids).await?;
        Ok(docs
            .iter()
            .filter(|d| d.pending_since.is_none())
            .map(ProfileDoc::public)
            .collect())
    }

    async fn by_handle(&self, handle: &str) -> Result<Option<Profile>, Fault> {
        let found = self.docs.find_one(Query::on("handle").eq(handle)).await?;
        Ok(found.filter(|d| d.pending_since.is_none()).map(|d| d.public()))
    }

    async fn privacy(&self, id: UserId) -> Result<Privacy, Fault> {
        Ok(self.docs.get(id).await?.map(|d| d.privacy).unwrap_or_default())
    }

    async fn claim(&self, id: UserId, handle: &str, display_name: &str) -> Result<Profile, Fault> {
        let doc = ProfileDoc::claim(id, handle, display_name, self.ambient.now())?;
        match self.docs.insert(&doc, Vec::new()).await {
            Ok(()) => Ok(doc.public()),
            Err(StoreError::Unique { .. }) => match self.docs.get(id).await? {
                Some(same) if same.handle == handle => Ok(same.public()),
                _ => Err(Error::HandleTaken.into()),
            },
            Err(e) => Err(e.into()),
        }
    }

    async fn activate(&self, id: UserId) -> Result<(), Fault> {
        let done = self.docs.update(id, |mut doc: ProfileDoc| {
            if doc.pending_since.take().is_none() {
                return Ok(Change::Keep(()));
            }
            let doc = doc.indexed();
            let event = self.event(&ProfileEvent::Created {
                profile: doc.public(),
                version: 2,
            })?;
            Ok::<_, Error>(Change::Put(doc, vec![event], ()))
        });
        done.await?.ok_or_else(|| Error::NotFound.into())
    }

    async fn release(&self, id: UserId) -> Result<(), Fault> {
        let done = self.docs.update(id, |doc: ProfileDoc| {
            let pending = doc.pending_since.is_some();
            Ok::<_, Error>(if pending {
                Change::Remove(Vec::new(), ())
            } else {
                Change::Keep(())
            })
        });
        done.await?;
        Ok(())
    }
}
