//! Owns the telling of friendships to the two people.

use std::sync::Arc;

use contracts::Event;
use contracts::friendship::FriendshipEvent;
use kernel::{Fault, UserId};
use serde_json::json;

use crate::app::{App, show_presence};
use crate::batch::Batch;
use crate::domain::frame;

pub(super) fn hear(app: &Arc<App>, event: &Event, batch: &mut Batch) -> Result<(), Fault> {
    let mut tell = |to: UserId, t: &str, other: UserId| {
        if app.hub.has_user(to) {
            app.hub
                .to_user(to, &frame::user_event(t, &json!({"userId": other})), batch);
        }
    };
    match event.body()? {
        FriendshipEvent::Requested {
            from, to, request_id, ..
        } => {
            let frame = frame::user_event("friend.requested", &json!({"userId": from, "requestId": request_id}));
            app.hub.to_user(to, &frame, batch);
        }
        FriendshipEvent::Accepted { by, other, .. } => {
            tell(by, "friend.accepted", other);
            tell(other, "friend.accepted", by);
            if app.hub.has_user(by) || app.hub.has_user(other) {
                tokio::spawn(show_presence::introduce(app.clone(), by, other));
            }
        }
        FriendshipEvent::Removed { by, other, .. } => {
            tell(by, "friend.removed", other);
            tell(other, "friend.removed", by);
        }
        FriendshipEvent::Blocked { by, other, .. } => {
            tell(by, "friend.removed", other);
            // The blocked one is not told; for them the other is offline from now on.
            app.hub.to_user(other, &frame::presence(by, false), batch);
        }
        FriendshipEvent::Declined { .. } | FriendshipEvent::Unblocked { .. } => {}
    }
    Ok(())
}
