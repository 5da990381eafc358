//! What media tells the others: uploaded files, where they are to be had, and who uses them.

use async_trait::async_trait;
use kernel::{AssetId, Fault, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::event::{EventBody, Topic, topic};

/// What a file is, found by looking into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AssetKind {
    /// A still or animated picture.
    Image,
    /// A film.
    Video,
    /// Sound.
    Audio,
    /// Anything else that is accepted, such as a PDF.
    File,
}

/// Where an asset stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AssetStatus {
    /// It is all there, and looked at in a moment.
    Uploaded,
    /// It may be used.
    Ready,
    /// It may not be used.
    Rejected,
}

/// A size of an asset that may be fetched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AssetVariant {
    /// `original`, `large` (at most 1600 px), `medium` (800), `thumb` (320), `poster` of a film.
    pub name: String,
    /// Media type, such as `image/webp`.
    pub mime: String,
    /// Width in pixels; null where it has none.
    #[schema(required = true)]
    pub width: Option<u32>,
    /// Height in pixels; null where it has none.
    #[schema(required = true)]
    pub height: Option<u32>,
    /// Length in bytes.
    pub bytes: u64,
    /// Where it is fetched without a token, signed, for a short time.
    pub url: String,
}

/// An asset as those may see it who may see what it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MediaAsset)]
pub struct AssetView {
    /// Which.
    pub id: AssetId,
    /// Who uploaded it.
    pub owner_id: UserId,
    /// What it is.
    pub kind: AssetKind,
    /// Where it stands.
    pub status: AssetStatus,
    /// What it was called, without a path.
    pub file_name: String,
    /// What it shows, for those who cannot see it; empty when nobody has said it.
    pub alt: String,
    /// A blurred picture of it (https://blurha.sh); null for what is no picture.
    #[schema(required = true)]
    pub blurhash: Option<String>,
    /// Whether it moves.
    pub animated: bool,
    /// Sizes that may be fetched, the original first; empty until it is ready.
    pub variants: Vec<AssetVariant>,
    /// Until when the addresses hold.
    pub expires_at: Timestamp,
}

/// What other services may ask media.
#[async_trait]
pub trait MediaLibrary: Send + Sync {
    /// Returns those of `ids` (at most 200) that are there and ready, with fresh addresses. Asks nobody whether the reader may: who asks has.
    async fn views(&self, ids: &[AssetId]) -> Result<Vec<AssetView>, Fault>;
    /// Notes that something of `user` (`post:{id}`, `message:{id}`, `avatar:{id}`) uses assets, so that they are not swept as orphans. Fails with `Invalid` on
    /// `mediaIds` when one is not there, not ready, or another's. Idempotent.
    async fn claim(&self, user: UserId, ids: &[AssetId], used_by: &str) -> Result<(), Fault>;
    /// Notes that something uses no asset any more. Idempotent.
    async fn release(&self, ids: &[AssetId], used_by: &str) -> Result<(), Fault>;
    /// Keeps a file that the product has made for a person, such as an export, until `until`; returns its asset.
    async fn keep(&self, user: UserId, file_name: &str, bytes: Vec<u8>, until: Timestamp) -> Result<AssetId, Fault>;
}

/// Facts about an asset, on `media.asset.v1`, keyed by asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AssetEvent {
    /// Which.
    pub asset_id: AssetId,
    /// Whose.
    pub owner_id: UserId,
    /// What happened.
    #[serde(flatten)]
    pub change: AssetChange,
}

/// What happened to an asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum AssetChange {
    /// It is all there.
    Uploaded { bytes: u64 },
    /// It may be used.
    Ready { kind: AssetKind },
    /// It may not be used.
    Rejected { reason: String },
    /// It is gone.
    Deleted,
}

impl EventBody for AssetEvent {
    const TOPIC: Topic = topic::ASSET;
    const SOURCE: &'static str = "media";
    fn kind(&self) -> &'static str {
        match self.change {
            AssetChange::Uploaded { .. } => "asset.uploaded",
            AssetChange::Ready { .. } => "asset.ready",
            AssetChange::Rejected { .. } => "asset.rejected",
            AssetChange::Deleted => "asset.deleted",
        }
    }
    fn key(&self) -> String {
        self.asset_id.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The samples are the wire of version 1 for ever: what was written once must be readable by every later version.
    #[test]
    fn every_sample_of_version_1_is_read_and_written_the_same() {
        let samples: Vec<serde_json::Value> =
            serde_json::from_str(include_str!("../samples/media.asset.v1.json")).unwrap();
        let mut kinds = Vec::new();
        for sample in samples {
            let event: AssetEvent = serde_json::from_value(sample.clone()).unwrap();
            assert_eq!(serde_json::to_value(&event).unwrap(), sample);
            kinds.push(event.kind());
        }
        kinds.dedup();
        assert_eq!(kinds.len(), 4, "one sample of each");
    }
}
