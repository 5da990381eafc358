//! `social.account.v1`: an ended session takes its devices along, a ban every way out, an erased account everything. Idempotent by nature.

use contracts::auth::AccountEvent;
use kernel::Fault;

use crate::app::App;

pub(super) async fn hear(app: &App, event: AccountEvent) -> Result<(), Fault> {
    match event {
        AccountEvent::Deleted { user_id } => app.erase(user_id).await,
        AccountEvent::Banned { user_id, .. } => Ok(app.silence(user_id).await?),
        AccountEvent::SessionRevoked { session_id, .. } | AccountEvent::RefreshReuseDetected { session_id, .. } => {
            Ok(app.repo.drop_devices_of_session(session_id).await?)
        }
        AccountEvent::Registered { .. } | AccountEvent::EmailVerified { .. } | AccountEvent::PasswordChanged { .. } => {
            Ok(())
        }
    }
}
