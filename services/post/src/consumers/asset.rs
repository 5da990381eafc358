//! `media.asset.v1`: an asset that is gone is dropped from posts. Idempotent by itself: no post has it afterwards.

use std::sync::Arc;

use async_trait::async_trait;
use bus::{Handler, Subscription};
use contracts::Event;
use contracts::event::topic;
use contracts::media::{AssetChange, AssetEvent};
use kernel::Fault;

use crate::app::App;

pub(crate) struct Drop(pub(crate) Arc<App>);

pub(crate) fn subscription() -> Subscription {
    Subscription::new("post.media", &[topic::ASSET])
}

#[async_trait]
impl Handler for Drop {
    async fn handle(&self, event: &Event) -> Result<(), Fault> {
        let asset: AssetEvent = event.body()?;
        match asset.change {
            AssetChange::Deleted => Ok(self.0.drop_asset(asset.asset_id).await?),
            _ => Ok(()),
        }
    }
}
