//! The use cases, and what they share: documents, objects, addresses and limits.

pub(crate) mod library;
pub(crate) mod look;
pub(crate) mod places;
pub(crate) mod resume;
pub(crate) mod sweep;
pub(crate) mod take_in;
#[cfg(test)]
mod tests;
pub(crate) mod upload;

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use contracts::media::{AssetChange, AssetStatus, AssetVariant, AssetView};
use kernel::{Ambient, AssetId, Fault, Page, UserId};
use serde::Serialize;
use store::{Change, StoreError};
use tokio::sync::{Notify, Semaphore};
use utoipa::ToSchema;

use self::places::{Place, Places, Taken};
use crate::address::Signer;
use crate::config::Config;
use crate::domain::asset::{Arrival, Asset, Variant};
use crate::domain::shelf::Room;
use crate::error::Error;
use crate::film::Stills;
use crate::objects::Objects;
use crate::repo::Repo;

/// Folder in the data directory where films lie while a still is taken; what a killed process left there is removed at the start.
pub(crate) const SCRATCH: &str = "media.scratch";

/// What handlers, consumers and workers work with.
pub(crate) struct App {
    pub(crate) repo: Repo,
    pub(crate) objects: Objects,
    pub(crate) signer: Signer,
    pub(crate) stills: Option<Stills>,
    pub(crate) config: Config,
    pub(crate) ambient: Ambient,
    /// Where films lie while a still is taken; on the disk of the process.
    pub(crate) scratch: PathBuf,
    /// Told when there is something to be looked at or removed.
    pub(crate) work: Notify,
    /// Threads that unpack pictures.
    pub(crate) cpu: Arc<Semaphore>,
    uploads: Places<UserId>,
    /// Uploads that a request adds to at the moment.
    adding: Places<AssetId>,
    downloads: Places<IpAddr>,
}

/// An asset as its owner sees it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OwnAsset {
    #[serde(flatten)]
    pub(crate) asset: AssetView,
    /// Length in bytes as it was uploaded.
    pub(crate) bytes: u64,
    /// Why it was rejected: `not_taken`, `too_large`, `too_many_pixels`, `unreadable`, `took_too_long`; else null.
    #[schema(required = true)]
    pub(crate) reason: Option<String>,
    /// When it was uploaded.
    pub(crate) created_at: kernel::Timestamp,
}

impl App {
    pub(crate) fn new(repo: Repo, objects: Objects, signer: Signer, deps: &crate::Deps) -> Self {
        let config = deps.config.clone();
        Self {
            repo,
            objects,
            signer,
            stills: Stills::find(config.ffmpeg.as_deref(), config.times.still_seconds_max),
            ambient: deps.ambient.clone(),
            scratch: deps.data_dir.join(SCRATCH),
            work: Notify::new(),
            cpu: Arc::new(Semaphore::new(config.limits.workers)),
            uploads: Places::new(config.limits.uploads_max, config.limits.uploads_person_max),
            adding: Places::new(config.limits.uploads_max, 1),
            downloads: Places::new(config.limits.downloads_max, config.limits.downloads_address_max),
            config,
        }
    }

    /// Makes the scratch folder, empty.
    pub(crate) fn clear_scratch(&self) -> Result<(), Fault> {
        let clear = || {
            if self.scratch.exists() {
                std::fs::remove_dir_all(&self.scratch)?;
            }
            std::fs::create_dir_all(&self.scratch)
        };
        clear().map_err(|e| Fault::internal(format!("{}: {e}", self.scratch.display())))
    }

    /// Takes a place for a request of `user` that brings bytes.
    pub(crate) fn place_to_bring(&self, user: UserId) -> Result<Place<UserId>, Error> {
        Ok(self.uploads.take(Some(user))?)
    }

    /// Takes the one place for a request that adds to an upload.
    pub(crate) fn place_to_add(&self, id: AssetId) -> Result<Place<AssetId>, Error> {
        self.adding.take(Some(id)).map_err(|why| match why {
            Taken::All => Error::Busy,
            Taken::Own => Error::Adding,
        })
    }

    /// Takes a place for a request from `address` that fetches bytes.
    pub(crate) fn place_to_fetch(&self, address: Option<IpAddr>) -> Result<Place<IpAddr>, Error> {
        Ok(self.downloads.take(address)?)
    }

    pub(crate) fn room(&self) -> Room {
        Room {
            bytes_max: self.config.limits.person_bytes_max,
            count_max: self.config.limits.person_files_max,
        }
    }

    /// Holds room for a file that is to come.
    pub(crate) async fn hold(&self, user: UserId, id: AssetId, bytes: u64) -> Result<(), Error> {
        let (now, room) = (self.ambient.now(), self.room());
        self.repo.shelve(user, |shelf| shelf.hold(id, bytes, now, room)).await
    }

    /// Takes back what was begun: objects, then the room that was held.
    pub(crate) async fn undo(&self, user: UserId, id: AssetId) {
        let undone = async {
            self.objects.remove_all_but(id, &[]).await?;
            self.repo
                .shelve(user, |shelf| {
                    shelf.drop_hold(id);
                    Ok(())
                })
                .await
        };
        // The sweep finds what is held for too long.
        if let Err(e) = undone.await {
            tracing::warn!(%id, "an upload was not cleared away: {e}");
        }
    }

    /// Makes an asset of what has come in. Idempotent by its id.
    pub(crate) async fn arrive(&self, arrival: Arrival) -> Result<Asset, Error> {
        let now = self.ambient.now();
        let asset = Asset::arrived(arrival, now, now + self.config.times.orphan());
        let bytes = asset.counted;
        let event = self.repo.event(&asset, AssetChange::Uploaded { bytes })?;
        match self.repo.assets.insert(&asset, vec![event]).await {
            Ok(()) => {}
            // It came before; it may have been removed since.
            Err(StoreError::Unique { .. }) => drop(self.repo.asset(asset.id).await?),
            Err(e) => return Err(e.into()),
        }
        self.settle(&asset).await?;
        metrics::counter!("media_uploads_total").increment(1);
        metrics::counter!("media_upload_bytes_total").increment(bytes);
        self.work.notify_one();
        Ok(asset)
    }

    /// Counts an asset that has come, once. Only one whose account went while it came is removed: after an outage the sweep counts it.
    pub(crate) async fn settle(&self, asset: &Asset) -> Result<(), Error> {
        let settled = self
            .repo
            .shelve(asset.owner_id, |shelf| shelf.settle(asset.id, asset.counted))
            .await;
        if matches!(settled, Err(Error::NotFound)) {
            self.repo.remove(asset.id, |_| true).await?;
            self.work.notify_one();
        }
        settled
    }

    /// Takes back what was begun, unless it has become an asset: then its bytes are that one's.
    pub(crate) async fn undo_unless_asset(&self, user: UserId, id: AssetId) {
        match self.repo.assets.get(id).await {
            Ok(None) => self.undo(user, id).await,
            Ok(Some(_)) => {}
            // The sweep finds what is held for too long.
            Err(e) => tracing::warn!(%id, "an upload was not cleared away: {e}"),
        }
    }

    /// Shows an asset with fresh addresses.
    pub(crate) fn view(&self, asset: &Asset) -> AssetView {
        let until = self.signer.until(self.ambient.now());
        let ready = asset.status == AssetStatus::Ready;
        let variants = asset.variants.iter().filter(|_| ready).map(|v| AssetVariant {
            name: v.name.clone(),
            mime: v.mime.clone(),
            width: v.width,
            height: v.height,
            bytes: v.bytes(),
            url: self.signer.address(asset.id, &v.name, until),
        });
        AssetView {
            id: asset.id,
            owner_id: asset.owner_id,
            kind: asset.kind,
            status: asset.status,
            file_name: asset.file_name.clone(),
            alt: asset.alt.clone(),
            blurhash: asset.blurhash.clone(),
            animated: asset.animated,
            variants: variants.collect(),
            expires_at: until,
        }
    }

    pub(crate) fn own_view(&self, asset: &Asset) -> OwnAsset {
        // What the product made does not count.
        let bytes = match asset.counted {
            0 => asset.variants.first().map_or(0, Variant::bytes),
            counted => counted,
        };
        OwnAsset {
            asset: self.view(asset),
            bytes,
            reason: asset.reason.clone(),
            created_at: asset.created_at,
        }
    }

    pub(crate) async fn mine(&self, user: UserId, limit: usize, cursor: Option<&str>) -> Result<Page<OwnAsset>, Fault> {
        let page = self.repo.page(user, limit, cursor).await?;
        Ok(page.map(|asset| self.own_view(&asset)))
    }

    /// Says what an asset shows.
    pub(crate) async fn describe(&self, user: UserId, id: AssetId, alt: &str) -> Result<OwnAsset, Error> {
        let described = self.repo.assets.update(id, |mut asset| {
            if asset.owner_id != user || !asset.is_there() {
                return Err(Error::NotFound);
            }
            if asset.alt == alt {
                return Ok(Change::Keep(asset));
            }
            asset.alt = alt.to_owned();
            Ok(Change::Put(asset.clone(), Vec::new(), asset))
        });
        let asset = described.await?.ok_or(Error::NotFound)?;
        Ok(self.own_view(&asset))
    }

    /// Removes an asset of its owner, whatever uses it.
    pub(crate) async fn delete(&self, user: UserId, id: AssetId) -> Result<(), Error> {
        self.repo.asset_of(user, id).await?;
        if !self.repo.remove(id, |asset| asset.owner_id == user).await? {
            return Err(Error::NotFound);
        }
        self.work.notify_one();
        Ok(())
    }

    /// Removes all that an erased person has, and lets nothing more come. Idempotent by itself.
    pub(crate) async fn erase(&self, user: UserId) -> Result<(), Error> {
        let now = self.ambient.now();
        // First, so that what comes in from now on is refused.
        self.repo
            .shelve(user, |shelf| {
                if shelf.erased_at.is_none() {
                    shelf.erase(now);
                }
                Ok(())
            })
            .await?;
        loop {
            let uploads = self.repo.uploads_of(user).await?;
            if uploads.is_empty() {
                break;
            }
            for upload in uploads {
                self.terminate(&upload).await?;
            }
        }
        loop {
            let assets = self.repo.some_of(user).await?;
            if assets.is_empty() {
                break;
            }
            for asset in assets {
                self.repo.remove(asset.id, |_| true).await?;
            }
        }
        self.work.notify_one();
        Ok(())
    }
}
