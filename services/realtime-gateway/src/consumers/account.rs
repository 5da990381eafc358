//! Owns what ended sessions and banned or erased accounts mean for open sockets: their end, within a second.

use std::sync::Arc;

use contracts::Event;
use contracts::auth::AccountEvent;
use kernel::{Fault, SessionId, UserId};
use serde_json::json;

use crate::app::App;
use crate::batch::Batch;
use crate::domain::frame;
use crate::domain::room::Reader as _;
use crate::error::Close;

pub(super) fn hear(app: &Arc<App>, event: &Event, batch: &mut Batch) -> Result<(), Fault> {
    match event.body()? {
        AccountEvent::SessionRevoked { user_id, session_id }
        | AccountEvent::RefreshReuseDetected { user_id, session_id } => {
            end(app, user_id, Some(session_id), Close::SessionEnded, batch);
        }
        AccountEvent::Banned { user_id, .. } => end(app, user_id, None, Close::Banned, batch),
        AccountEvent::Deleted { user_id } => end(app, user_id, None, Close::SessionEnded, batch),
        AccountEvent::Registered { .. } | AccountEvent::EmailVerified { .. } | AccountEvent::PasswordChanged { .. } => {
        }
    }
    Ok(())
}

/// Ends a person's sockets, or those of one session.
fn end(app: &App, user: UserId, session: Option<SessionId>, close: Close, batch: &mut Batch) {
    let revoked = frame::user_event("session.revoked", &json!({}));
    for conn in app.hub.conns_of(user) {
        if session.is_some_and(|session| conn.who().is_none_or(|who| who.session != session)) {
            continue;
        }
        if close == Close::SessionEnded {
            conn.push(&revoked, batch);
        }
        let now = batch.now_ms;
        batch.wake(conn.outbox(|o| o.end(close, now)));
    }
}
