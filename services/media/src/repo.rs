//! Owns the documents: assets, uploads under way, and how much room each person takes.

use std::sync::Arc;

use contracts::Event;
use contracts::media::{AssetChange, AssetEvent};
use kernel::{Ambient, AssetId, Fault, Page, Timestamp, UserId};
use store::{Change, Collection, Query, Spec, Store, StoreError};

use crate::domain::asset::Asset;
use crate::domain::shelf::{NoRoom, Shelf};
use crate::domain::upload::Upload;
use crate::error::Error;

/// Documents that a worker reads at once.
pub(crate) const BATCH: usize = 64;
/// How often a person's room is opened anew when two made it at once.
const OPEN_TRIES: u32 = 3;

/// Every collection of the service, for whoever moves or counts all of its documents.
pub const COLLECTIONS: &[Spec] = &[Spec::of::<Asset>(), Spec::of::<Upload>(), Spec::of::<Shelf>()];

/// The collections.
pub(crate) struct Repo {
    pub(crate) assets: Collection<Asset>,
    pub(crate) uploads: Collection<Upload>,
    pub(crate) shelves: Collection<Shelf>,
    pub(crate) ambient: Ambient,
}

impl Repo {
    pub(crate) async fn open(store: &Arc<dyn Store>, ambient: Ambient) -> Result<Self, StoreError> {
        Ok(Self {
            assets: Collection::open(store).await?,
            uploads: Collection::open(store).await?,
            shelves: Collection::open(store).await?,
            ambient,
        })
    }

    /// Makes the event that tells of a change of an asset.
    pub(crate) fn event(&self, asset: &Asset, change: AssetChange) -> Result<Event, Fault> {
        let body = AssetEvent {
            asset_id: asset.id,
            owner_id: asset.owner_id,
            change,
        };
        Event::new(&self.ambient, &body)
    }

    /// Returns an asset that is there.
    pub(crate) async fn asset(&self, id: AssetId) -> Result<Asset, Error> {
        let found = self.assets.get(id).await?;
        found.filter(Asset::is_there).ok_or(Error::NotFound)
    }

    /// Returns an asset of `owner`; to others it is not there.
    pub(crate) async fn asset_of(&self, owner: UserId, id: AssetId) -> Result<Asset, Error> {
        let asset = self.asset(id).await?;
        Some(asset).filter(|a| a.owner_id == owner).ok_or(Error::NotFound)
    }

    /// Returns an upload of `owner` whose time is not over; to others it is not there.
    pub(crate) async fn upload_of(&self, owner: UserId, id: AssetId) -> Result<Upload, Error> {
        let found = self.uploads.get(id).await?;
        found
            .filter(|u| u.owner_id == owner && u.expires_at > self.ambient.now())
            .ok_or(Error::NotFound)
    }

    /// Lists what a person has uploaded, newest first.
    pub(crate) async fn page(&self, owner: UserId, limit: usize, cursor: Option<&str>) -> Result<Page<Asset>, Fault> {
        let query = Query::on("listed").eq(owner).descending().limit(limit);
        self.assets.page(query, cursor).await
    }

    /// Returns some of a person's assets that are there.
    pub(crate) async fn some_of(&self, owner: UserId) -> Result<Vec<Asset>, StoreError> {
        self.assets.find(Query::on("listed").eq(owner).limit(BATCH)).await
    }

    /// Returns some of a person's uploads.
    pub(crate) async fn uploads_of(&self, owner: UserId) -> Result<Vec<Upload>, StoreError> {
        self.uploads.find(Query::on("owner").eq(owner).limit(BATCH)).await
    }

    /// Returns uploads whose time is over.
    pub(crate) async fn expired(&self, now: Timestamp) -> Result<Vec<Upload>, StoreError> {
        self.uploads.find(Query::on("expires").at_most(now).limit(BATCH)).await
    }

    /// Returns uploads that were whole at `at` and have not become assets.
    pub(crate) async fn whole(&self, at: Timestamp) -> Result<Vec<Upload>, StoreError> {
        self.uploads.find(Query::on("whole").at_most(at).limit(BATCH)).await
    }

    /// Returns shelves on which something has stood since `at`.
    pub(crate) async fn stale_shelves(&self, at: Timestamp) -> Result<Vec<Shelf>, StoreError> {
        self.shelves.find(Query::on("oldest").at_most(at).limit(BATCH)).await
    }

    /// Returns assets whose work may be taken up.
    pub(crate) async fn due(&self, now: Timestamp) -> Result<Vec<Asset>, StoreError> {
        self.assets.find(Query::on("due").at_most(now).limit(BATCH)).await
    }

    /// Returns assets that nothing uses, for long enough.
    pub(crate) async fn orphans(&self, now: Timestamp) -> Result<Vec<Asset>, StoreError> {
        self.assets.find(Query::on("orphan").at_most(now).limit(BATCH)).await
    }

    /// Takes an asset from everybody, telling so. `still` says whether it is to be, when it is read.
    pub(crate) async fn remove(&self, id: AssetId, still: impl Fn(&Asset) -> bool) -> Result<bool, Error> {
        let now = self.ambient.now();
        let removed = self.assets.update(id, |mut asset| {
            if !still(&asset) || !asset.remove(now) {
                return Ok::<_, Error>(Change::Keep(false));
            }
            let event = self.event(&asset, AssetChange::Deleted)?;
            Ok(Change::Put(asset, vec![event], true))
        });
        Ok(removed.await?.unwrap_or(false))
    }

    /// Changes how much room a person takes.
    pub(crate) async fn shelve(
        &self,
        user: UserId,
        step: impl Fn(&mut Shelf) -> Result<(), NoRoom>,
    ) -> Result<(), Error> {
        for _ in 0..OPEN_TRIES {
            let done = self.shelves.update(user, |mut shelf| {
                let before = shelf.clone();
                step(&mut shelf)?;
                Ok::<_, Error>(match shelf == before {
                    true => Change::Keep(()),
                    false => Change::Put(shelf, Vec::new(), ()),
                })
            });
            if done.await?.is_some() {
                return Ok(());
            }
            let mut fresh = Shelf::new(user);
            step(&mut fresh)?;
            match self.shelves.insert(&fresh, Vec::new()).await {
                Ok(()) => return Ok(()),
                // Somebody else's upload was the person's first.
                Err(StoreError::Unique { .. }) => {}
                Err(e) => return Err(e.into()),
            }
        }
        Err(StoreError::Busy.into())
    }
}
