//! `social.account.v1`: an erased account takes its files and uploads with it. Idempotent by itself.

use std::sync::Arc;

use async_trait::async_trait;
use bus::Handler;
use contracts::Event;
use contracts::auth::AccountEvent;
use kernel::Fault;

use crate::app::App;

pub(crate) struct Accounts(pub(crate) Arc<App>);

#[async_trait]
impl Handler for Accounts {
    async fn handle(&self, event: &Event) -> Result<(), Fault> {
        match event.body::<AccountEvent>()? {
            AccountEvent::Deleted { user_id } => Ok(self.0.erase(user_id).await?),
            _ => Ok(()),
        }
    }
}
