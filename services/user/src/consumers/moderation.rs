//! `platform.moderation.v1`: user's own verdicts, carried out in case the process ended before it had. Idempotent by itself;
//! verdicts of others are about reports that are not here.

use std::sync::Arc;

use async_trait::async_trait;
use bus::{Handler, Subscription};
use contracts::Event;
use contracts::event::topic;
use contracts::user::ModerationEvent;
use kernel::Fault;

use crate::app::App;

pub(crate) struct CarryOut(pub(crate) Arc<App>);

pub(crate) fn subscription() -> Subscription {
    Subscription::new("user.moderation", &[topic::MODERATION])
}

#[async_trait]
impl Handler for CarryOut {
    async fn handle(&self, event: &Event) -> Result<(), Fault> {
        match event.body()? {
            ModerationEvent::Decided { case_id, .. } => Ok(self.0.carry_out(case_id).await?),
            _ => Ok(()),
        }
    }
}
