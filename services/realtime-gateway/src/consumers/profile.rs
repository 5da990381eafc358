//! Owns what a changed wish to be seen means for presence. Other changes of profiles are not told live.

use std::sync::Arc;

use contracts::Event;
use contracts::user::ProfileEvent;
use kernel::Fault;

use crate::app::{App, show_presence};

pub(super) fn hear(app: &Arc<App>, event: &Event) -> Result<(), Fault> {
    if !event.kind.contains("privacy_changed") {
        return Ok(());
    }
    if let ProfileEvent::PrivacyChanged { user_id, privacy, .. } = event.body()?
        && app.hub.has_user(user_id)
    {
        tokio::spawn(show_presence::wish_changed(app.clone(), user_id, privacy.presence));
    }
    Ok(())
}
