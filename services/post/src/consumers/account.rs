//! `social.account.v1`: an erased account takes with it all that the person wrote and felt. Idempotent by itself: what
//! was erased is not found again.

use std::sync::Arc;

use async_trait::async_trait;
use bus::{Handler, Subscription};
use contracts::Event;
use contracts::auth::AccountEvent;
use contracts::event::topic;
use kernel::Fault;

use crate::app::App;

pub(crate) struct Erase(pub(crate) Arc<App>);

pub(crate) fn subscription() -> Subscription {
    Subscription::new("post", &[topic::ACCOUNT])
}

#[async_trait]
impl Handler for Erase {
    async fn handle(&self, event: &Event) -> Result<(), Fault> {
        match event.body::<AccountEvent>()? {
            AccountEvent::Deleted { user_id } => Ok(self.0.erase(user_id).await?),
            _ => Ok(()),
        }
    }
}
