//! `social.account.v1`: a finished sign-up makes the profile visible, an erased account takes it away, with every report by or
//! about the person. Both are
//! idempotent by themselves, so that no inbox mark is needed.

use std::sync::Arc;

use async_trait::async_trait;
use bus::Handler;
use contracts::Event;
use contracts::auth::AccountEvent;
use contracts::user::UserDirectory as _;
use kernel::{ErrorCode, Fault};

use crate::app::App;

pub(crate) struct Accounts(pub(crate) Arc<App>);

#[async_trait]
impl Handler for Accounts {
    async fn handle(&self, event: &Event) -> Result<(), Fault> {
        match event.body::<AccountEvent>()? {
            AccountEvent::Registered { user_id, .. } => match self.0.profiles.activate(user_id).await {
                // Erased before we heard of the sign-up.
                Err(fault) if fault.kind == ErrorCode::NotFound => Ok(()),
                other => other,
            },
            AccountEvent::Deleted { user_id } => Ok(self.0.forget(user_id).await?),
            _ => Ok(()),
        }
    }
}
