//! `social.account.v1`: an erased account's personal data goes; the books stay. Idempotent by itself.

use std::sync::Arc;

use async_trait::async_trait;
use bus::{Handler, Subscription};
use contracts::Event;
use contracts::auth::AccountEvent;
use contracts::event::topic;
use kernel::Fault;

use crate::app::App;

pub(crate) struct Accounts(pub(crate) Arc<App>);

pub(crate) fn subscription() -> Subscription {
    Subscription::new("payments.erase", &[topic::ACCOUNT])
}

#[async_trait]
impl Handler for Accounts {
    async fn handle(&self, event: &Event) -> Result<(), Fault> {
        match event.body::<AccountEvent>()? {
            AccountEvent::Deleted { user_id } => Ok(self.0.erase(user_id).await?),
            _ => Ok(()),
        }
    }
}
