//! Makes pushes out: one for each device of who wants it, once for each opening of an item. Not for what was read meanwhile, and not
//! before quiet hours are over. The item itself says that this is to be done, so that no crash forgets it.

use std::time::Duration;

use futures::StreamExt as _;
use kernel::Fault;

use super::App;
use crate::domain::item::Item;
use crate::domain::push::Push;

/// Items of one round.
const ITEMS_MAX: usize = 100;
/// How long an item waits whose pushes could not be made out.
const AGAIN: Duration = Duration::from_secs(15);

impl App {
    /// Makes out what is due; returns how many items that were.
    pub(crate) async fn plan_pushes(&self) -> Result<usize, Fault> {
        let items = self.repo.to_push(ITEMS_MAX).await?;
        let found = items.len();
        let plans = futures::stream::iter(items).map(|item| self.plan_or_postpone(item));
        let at_once = self.repo.config.push_parallel;
        plans.buffer_unordered(at_once).collect::<Vec<()>>().await;
        Ok(found)
    }

    /// An item that fails waits a little, so that those behind it do not.
    async fn plan_or_postpone(&self, item: Item) {
        let Err(fault) = self.plan(&item).await else { return };
        tracing::warn!(%fault, item = %item.id, "the pushes of an item wait: they cannot be made out");
        let again = self.repo.ambient.now() + AGAIN;
        if let Err(error) = self.repo.set_push_due(&item, Some(again)).await {
            tracing::warn!(%error, item = %item.id, "and cannot be put off");
        }
    }

    async fn plan(&self, item: &Item) -> Result<(), Fault> {
        let (repo, now) = (&self.repo, self.repo.ambient.now());
        let wishes = repo.preferences_of(item.user_id).await?;
        if item.read_at.is_none() && wishes.channels(item.kind).push {
            if let Some(until) = wishes.quiet_until(now) {
                return Ok(repo.set_push_due(item, Some(until)).await?);
            }
            for device in repo.devices_of(item.user_id).await? {
                repo.make_out(&Push::of(item, &device, now, repo.config.push_ttl()))
                    .await?;
            }
            // An account that was erased in this moment has been looked through before they were there.
            if !repo.gone_of(&[item.user_id]).await?.is_empty() {
                repo.drop_queued_of(item.user_id).await?;
            }
        }
        // Last: until here a crash makes the same pushes out again, which have the same ids.
        Ok(repo.set_push_due(item, None).await?)
    }
}
