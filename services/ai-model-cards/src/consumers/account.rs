//! `social.account.v1`: an account that is gone takes drafts and reviews with it, and its cards off sale; one that
//! is banned, only these. Idempotent by itself.

use std::sync::Arc;

use async_trait::async_trait;
use bus::{Handler, Subscription};
use contracts::Event;
use contracts::auth::AccountEvent;
use contracts::event::topic;
use kernel::Fault;

use crate::app::App;

pub(crate) struct Accounts(pub(crate) Arc<App>);

/// Returns the subscription of [`Accounts`].
pub(crate) fn subscription() -> Subscription {
    Subscription::new("ai-model-cards.erase", &[topic::ACCOUNT])
}

#[async_trait]
impl Handler for Accounts {
    async fn handle(&self, event: &Event) -> Result<(), Fault> {
        match event.body::<AccountEvent>()? {
            AccountEvent::Deleted { user_id } => self.0.erase(user_id).await,
            AccountEvent::Banned { user_id, .. } => self.0.suspend_all_of(user_id).await,
            _ => Ok(()),
        }
    }
}
