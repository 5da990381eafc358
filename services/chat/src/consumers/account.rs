//! Owns what follows when an account is gone. Refuses to react to anything else about accounts.

use std::sync::Arc;

use async_trait::async_trait;
use bus::{Handler, Subscription};
use contracts::Event;
use contracts::auth::AccountEvent;
use contracts::event::topic;
use kernel::Fault;

use crate::app::App;

/// Erases who deleted their account. Doing it again finds nothing left to do, so it needs no inbox mark.
pub(crate) struct Erase(pub Arc<App>);

/// Returns the subscription of [`Erase`].
pub(crate) fn subscription() -> Subscription {
    Subscription::new("chat", &[topic::ACCOUNT])
}

#[async_trait]
impl Handler for Erase {
    async fn handle(&self, event: &Event) -> Result<(), Fault> {
        match event.body::<AccountEvent>()? {
            AccountEvent::Deleted { user_id } => Ok(self.0.erase_person(user_id).await?),
            _ => Ok(()),
        }
    }
}
