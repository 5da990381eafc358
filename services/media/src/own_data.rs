//! Owns what media shows a person: their files, with signed addresses from which the bytes are fetched. Refuses to show where bytes lie.

use async_trait::async_trait;
use contracts::own_data::{OwnData, OwnItem};
use kernel::{Fault, LIMIT_MAX, Page, UserId};

use crate::app::App;

#[async_trait]
impl OwnData for App {
    async fn own_data(&self, user: UserId, cursor: Option<&str>) -> Result<Page<OwnItem>, Fault> {
        let page = self.repo.page(user, LIMIT_MAX, cursor).await?;
        let items = page.items.iter().map(|asset| {
            let data = serde_json::to_value(self.own_view(asset)).map_err(Fault::internal)?;
            let kind = "files".to_owned();
            Ok(OwnItem { kind, data })
        });
        Ok(Page {
            items: items.collect::<Result<_, Fault>>()?,
            next_cursor: page.next_cursor,
        })
    }
}
