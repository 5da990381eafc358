//! `social.account.v1`: an erased account takes its timeline with it. Idempotent by itself.

use std::sync::Arc;

use async_trait::async_trait;
use bus::{Handler, Subscription};
use contracts::Event;
use contracts::auth::AccountEvent;
use contracts::event::topic;
use kernel::Fault;

use crate::app::App;

pub(crate) struct Accounts(pub(crate) Arc<App>);

/// Returns the subscription of [`Accounts`]. An erasure that fails is held back, never skipped.
pub(crate) fn subscription() -> Subscription {
    Subscription::new("feed.erase", &[topic::ACCOUNT])
}

#[async_trait]
impl Handler for Accounts {
    async fn handle(&self, event: &Event) -> Result<(), Fault> {
        match event.body::<AccountEvent>()? {
            AccountEvent::Deleted { user_id } => self.0.erase(user_id).await,
            _ => Ok(()),
        }
    }
}
