//! `social.account.v1`: what tells of a person whose account is gone is erased. Idempotent by itself.

use std::sync::Arc;

use async_trait::async_trait;
use bus::{Handler, Subscription};
use contracts::Event;
use contracts::auth::AccountEvent;
use contracts::event::topic;
use kernel::Fault;

use crate::app::App;

pub(crate) struct Erase(pub(crate) Arc<App>);

/// Returns the subscription of [`Erase`]. An erasure that fails is held back, never skipped.
pub(crate) fn subscription() -> Subscription {
    Subscription::new("ai-chat-host.erase", &[topic::ACCOUNT])
}

#[async_trait]
impl Handler for Erase {
    async fn handle(&self, event: &Event) -> Result<(), Fault> {
        match event.body::<AccountEvent>()? {
            AccountEvent::Deleted { user_id } => self.0.erase_person(user_id).await,
            _ => Ok(()),
        }
    }
}
