//! `social.account.v1`: an erased account leaves its orders as bookkeeping, and nothing else. Idempotent by nature.

use std::sync::Arc;

use contracts::auth::AccountEvent;
use kernel::Fault;

use crate::app::App;

pub(super) async fn hear(app: &Arc<App>, event: AccountEvent) -> Result<(), Fault> {
    match event {
        AccountEvent::Deleted { user_id } => app.erase(user_id).await,
        _ => Ok(()),
    }
}
