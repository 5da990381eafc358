//! `social.account.v1`: a banned person's keys stop working and kept answers go, an erased one's usage and budget go too, and none
//! come after. Idempotent by itself.

use std::sync::Arc;

use async_trait::async_trait;
use bus::Handler;
use contracts::Event;
use contracts::auth::AccountEvent;
use kernel::Fault;

use crate::app::App;
use crate::domain::gone::Ending;
use crate::domain::subject::Subject;

pub(crate) struct Accounts(pub(crate) Arc<App>);

#[async_trait]
impl Handler for Accounts {
    async fn handle(&self, event: &Event) -> Result<(), Fault> {
        match event.body::<AccountEvent>()? {
            AccountEvent::Banned { user_id, .. } => {
                self.0.gone.note(user_id, Ending::Banned).await?;
                self.0.forget_answers(user_id);
                Ok(self.0.keys.revoke_all(user_id).await?)
            }
            AccountEvent::Deleted { user_id } => {
                self.0.gone.note(user_id, Ending::Erased).await?;
                self.0.forget_answers(user_id);
                self.0.keys.revoke_all(user_id).await?;
                self.0.remove_budget(Subject::User(user_id)).await?;
                Ok(self.0.meter.forget(user_id).await?)
            }
            _ => Ok(()),
        }
    }
}
