//! Owns what changes of rooms mean here: who is told, who gets a seat, and who loses it at once.

use std::sync::Arc;

use contracts::Event;
use contracts::chat::{RoomChange, RoomEvent};
use kernel::{Fault, RoomId, UserId};
use serde_json::json;

use crate::app::App;
use crate::batch::Batch;
use crate::domain::frame;

/// Takes away the seats that an event ends, before anything else of its batch goes out.
pub(super) fn expel(app: &Arc<App>, event: &Event) {
    if !(event.kind.contains(".member_removed.") || event.kind.contains("room.deleted.")) {
        return;
    }
    let Ok(room) = event.body::<RoomEvent>() else { return };
    match room.change {
        RoomChange::MemberRemoved { user_id } => app.hub.expel(user_id, room.room_id),
        RoomChange::Deleted { .. } => app.hub.expel_all(room.room_id),
        _ => {}
    }
}

pub(super) fn hear(app: &Arc<App>, event: &Event, batch: &mut Batch) -> Result<(), Fault> {
    let RoomEvent {
        room_id: room,
        by,
        change,
        ..
    } = event.body()?;
    let (t, d) = match change {
        RoomChange::Created { members, .. } => {
            members.into_iter().for_each(|user| added(app, user, room, batch));
            return Ok(());
        }
        RoomChange::Deleted { members } => {
            members.into_iter().for_each(|user| removed(app, user, room, batch));
            return Ok(());
        }
        RoomChange::MemberAdded { user_id, role } => {
            added(app, user_id, room, batch);
            ("room.member_added", json!({"userId": user_id, "role": role, "by": by}))
        }
        RoomChange::MemberRemoved { user_id } => {
            removed(app, user_id, room, batch);
            if app.hub.has_user(user_id) {
                tokio::spawn(check_removal(app.clone(), user_id, room));
            }
            ("room.member_removed", json!({"userId": user_id, "by": by}))
        }
        RoomChange::RoleChanged { user_id, role } => {
            ("room.role_changed", json!({"userId": user_id, "role": role, "by": by}))
        }
        RoomChange::Updated {
            title,
            agent_policy,
            moderator_id,
            people_interrupt,
        } => (
            "room.updated",
            json!({
                "title": title, "agentPolicy": agent_policy, "moderatorId": moderator_id, "peopleInterrupt": people_interrupt,
            }),
        ),
        RoomChange::AgentAttached { agent_id } => ("room.agent_attached", json!({"agentId": agent_id, "by": by})),
        RoomChange::AgentDetached { agent_id } => ("room.agent_detached", json!({"agentId": agent_id, "by": by})),
        RoomChange::MessagePinned { message_id } => ("message.pinned", json!({"messageId": message_id, "by": by})),
        RoomChange::MessageUnpinned { message_id } => ("message.unpinned", json!({"messageId": message_id, "by": by})),
    };
    app.hub
        .in_room(room, |r| r.event(&frame::room_event(t, room, &d), batch));
    Ok(())
}

fn added(app: &App, user: UserId, room: RoomId, batch: &mut Batch) {
    if app.hub.has_user(user) {
        app.hub.admit(user, room);
        app.hub
            .to_user(user, &frame::user_event("room.added", &json!({"roomId": room})), batch);
    }
}

fn removed(app: &App, user: UserId, room: RoomId, batch: &mut Batch) {
    if app.hub.has_user(user) {
        app.hub.expel(user, room);
        app.hub.to_user(
            user,
            &frame::user_event("room.removed", &json!({"roomId": room})),
            batch,
        );
    }
}

/// An old removal may be told again after the person came back: then they are told that too.
async fn check_removal(app: Arc<App>, user: UserId, room: RoomId) {
    if matches!(app.deps.chat_reader.is_member(room, user).await, Ok(true)) {
        added(&app, user, room, &mut app.hub.batch());
    }
}
