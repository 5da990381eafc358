//! What other services ask: views, claims, and files that the product makes.

use std::collections::{HashMap, HashSet};

use async_trait::async_trait;
use bytes::Bytes;
use contracts::media::{AssetChange, AssetKind, AssetStatus, AssetView, MediaLibrary};
use kernel::{AssetId, ErrorCode, Fault, Timestamp, UserId};
use store::Change;

use super::App;
use crate::domain::asset::{Arrival, Asset, CLAIM_BYTES_MAX, Variant};
use crate::domain::{kind, name};
use crate::error::Error;
use crate::objects::PIECE_BYTES;

/// Most assets of one question.
const IDS_MAX: usize = 200;

fn not_usable() -> Fault {
    Fault::invalid(
        "mediaIds",
        "has a file that is not there, not ready, or another person's",
    )
}

impl App {
    async fn claim_one(&self, user: UserId, id: AssetId, used_by: &str) -> Result<(), Error> {
        let claimed = self.repo.assets.update(id, |mut asset| {
            if asset.owner_id != user || !asset.is_ready() {
                return Err(Error::Other(not_usable()));
            }
            let before = asset.clone();
            asset
                .claim(used_by)
                .map_err(|()| Error::TooMany("things that use this file"))?;
            Ok(match asset == before {
                true => Change::Keep(()),
                false => Change::Put(asset, Vec::new(), ()),
            })
        });
        claimed.await?.ok_or_else(|| Error::Other(not_usable()))
    }

    async fn release_one(&self, id: AssetId, used_by: &str) -> Result<(), Error> {
        let orphan_at = self.ambient.now() + self.config.times.orphan();
        let released = self.repo.assets.update(id, |mut asset| {
            Ok::<_, Error>(match asset.release(used_by, orphan_at) {
                true => Change::Put(asset, Vec::new(), ()),
                false => Change::Keep(()),
            })
        });
        released.await?;
        Ok(())
    }
}

#[async_trait]
impl MediaLibrary for App {
    async fn views(&self, ids: &[AssetId]) -> Result<Vec<AssetView>, Fault> {
        let asked: Vec<String> = ids.iter().take(IDS_MAX).map(ToString::to_string).collect();
        let found = self.repo.assets.get_many(&asked).await?;
        let ready: HashMap<AssetId, Asset> = found.into_iter().filter(Asset::is_ready).map(|a| (a.id, a)).collect();
        let mut seen = HashSet::new();
        let once = ids.iter().take(IDS_MAX).filter(|id| seen.insert(**id));
        Ok(once
            .filter_map(|id| ready.get(id))
            .map(|asset| self.view(asset))
            .collect())
    }

    async fn claim(&self, user: UserId, ids: &[AssetId], used_by: &str) -> Result<(), Fault> {
        if used_by.is_empty() || used_by.len() > CLAIM_BYTES_MAX || ids.len() > IDS_MAX {
            return Err(Fault::invalid(
                "mediaIds",
                "are too many, or used by something without a name",
            ));
        }
        // All are looked at before the first is written, so that a wrong one is mostly found before anything is to be undone.
        let asked: Vec<String> = ids.iter().map(ToString::to_string).collect();
        let found = self.repo.assets.get_many(&asked).await?;
        let usable: HashSet<AssetId> = found
            .iter()
            .filter(|a| a.is_ready() && a.owner_id == user)
            .map(|a| a.id)
            .collect();
        if !ids.iter().all(|id| usable.contains(id)) {
            return Err(not_usable());
        }
        let claimed_before: HashSet<AssetId> = found
            .iter()
            .filter(|a| a.claims.iter().any(|c| c == used_by))
            .map(|a| a.id)
            .collect();
        for (n, id) in ids.iter().enumerate() {
            if let Err(e) = self.claim_one(user, *id, used_by).await {
                for undone in ids.iter().take(n).filter(|id| !claimed_before.contains(id)) {
                    self.release_one(*undone, used_by).await?;
                }
                return Err(e.into());
            }
        }
        Ok(())
    }

    async fn release(&self, ids: &[AssetId], used_by: &str) -> Result<(), Fault> {
        for id in ids {
            self.release_one(*id, used_by).await?;
        }
        Ok(())
    }

    async fn keep(&self, user: UserId, file_name: &str, bytes: Vec<u8>, until: Timestamp) -> Result<AssetId, Fault> {
        let (id, now, bytes) = (self.ambient.id::<AssetId>(), self.ambient.now(), Bytes::from(bytes));
        if bytes.is_empty() || bytes.len() as u64 > self.config.limits.file_bytes_max {
            return Err(Fault::new(
                ErrorCode::TooLarge,
                "media.too_large",
                "It is empty, or too large.",
            ));
        }
        let found = kind::sniff(&bytes);
        let mut pieces = Vec::new();
        for start in (0..bytes.len()).step_by(PIECE_BYTES) {
            let piece = bytes.slice(start..bytes.len().min(start + PIECE_BYTES));
            pieces.push(self.objects.put(id, piece).await.map_err(Fault::from)?);
        }
        let arrival = Arrival {
            id,
            owner_id: user,
            kind: AssetKind::File,
            file_name: name::clean(file_name),
            alt: String::new(),
            source: Vec::new(),
        };
        let mut asset = Asset::arrived(arrival, now, until);
        asset.status = AssetStatus::Ready;
        asset.done();
        asset.variants = vec![Variant {
            name: "original".into(),
            // It is handed out as a download, whatever it is.
            mime: found
                .filter(|f| f.kind == AssetKind::File)
                .map_or("application/octet-stream", |f| f.mime)
                .into(),
            width: None,
            height: None,
            pieces,
        }];
        let kept = AssetChange::Uploaded {
            bytes: bytes.len() as u64,
        };
        let ready = AssetChange::Ready { kind: asset.kind };
        let events = vec![self.repo.event(&asset, kept)?, self.repo.event(&asset, ready)?];
        if let Err(e) = self.repo.assets.insert(&asset, events).await {
            self.objects.remove_all_but(id, &[]).await.map_err(Fault::from)?;
            return Err(e.into());
        }
        Ok(id)
    }
}
