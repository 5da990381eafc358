//! Owns what each client operation does. Requests about one room stay in order; rooms do not wait for each other, and
//! nothing here holds up the delivery of frames.

use std::sync::Arc;

use contracts::realtime::{LiveFrame, room_channel};
use kernel::{Fault, RoomId, UserId};
use serde_json::json;

use super::{App, authenticate, follow_rooms};
use crate::conn::{Conn, Lane};
use crate::domain::frame::{self, RequestId};
use crate::domain::op::{Asked, Op};
use crate::error::RealtimeError;

/// Typing in one room is told again after this long.
const TYPING_PAUSE_MS: i64 = 1_000;

/// Takes a request of a signed-in connection into its lane.
pub(crate) fn accept(app: &Arc<App>, conn: &Arc<Conn>, asked: Asked) {
    let lane = asked.op.room();
    if let Some(asked) = conn.enter_lane(lane, asked) {
        tokio::spawn(work_off(app.clone(), conn.clone(), lane, asked));
    }
}

async fn work_off(app: Arc<App>, conn: Arc<Conn>, lane: Lane, first: Asked) {
    let mut next = Some(first);
    while let Some(asked) = next {
        perform(&app, &conn, asked).await;
        next = conn.next_in_lane(lane);
    }
}

async fn perform(app: &Arc<App>, conn: &Arc<Conn>, asked: Asked) {
    let Asked { id, op } = asked;
    let Some(who) = conn.who() else { return };
    let user = who.user;
    let room = op.room().map(|room| room.to_string());
    let done = match op {
        Op::Auth { token } => {
            authenticate::by_token(app, conn, &id, &token).await;
            Ok(())
        }
        Op::Sub { wishes, unknown } => {
            for name in unknown {
                let frame = frame::error(&id, Some(&name), &RealtimeError::UnknownRoom.into());
                conn.tell(&frame, app.hub.now_ms());
            }
            follow_rooms::follow(app, conn, user, &id, wishes).await;
            Ok(())
        }
        Op::Unsub { rooms } => {
            follow_rooms::unfollow(app, conn, &rooms);
            ok(app, conn, &id, &json!({}));
            Ok(())
        }
        Op::Send(message) => app.deps.chat_writer.send(user, message).await.map(|sent| {
            let message = &sent.message;
            ok(
                app,
                conn,
                &id,
                &json!({"messageId": message.id, "seq": message.seq, "repeat": sent.repeat}),
            );
        }),
        Op::Read { room, seq } => app
            .deps
            .chat_writer
            .mark_read(user, room, seq)
            .await
            .map(|(seq, unread)| {
                ok(app, conn, &id, &json!({"seq": seq, "unread": unread}));
            }),
        Op::Cancel { room, run } => app
            .deps
            .runs
            .cancel(user, room, run)
            .await
            .map(|()| ok(app, conn, &id, &json!({}))),
        Op::Typing { room } => types(app, conn, user, room).await,
        Op::Pong => Ok(()),
    };
    if let Err(fault) = done {
        refuse(app, conn, &id, room.as_deref(), &fault);
    }
}

fn ok(app: &App, conn: &Arc<Conn>, id: &RequestId, fields: &serde_json::Value) {
    conn.tell(&frame::answer("ok", id, fields), app.hub.now_ms());
}

/// Tells a client why its request was not done.
pub(crate) fn refuse(app: &App, conn: &Arc<Conn>, id: &RequestId, room: Option<&str>, fault: &Fault) {
    if fault.kind == kernel::ErrorCode::Internal {
        tracing::error!(conn = conn.id, cause = %fault.detail, "internal error on a socket");
    }
    conn.tell(&frame::error(id, room, fault), app.hub.now_ms());
}

async fn types(app: &App, conn: &Arc<Conn>, user: UserId, room: RoomId) -> Result<(), Fault> {
    if !conn.types(room, app.hub.now_ms(), TYPING_PAUSE_MS) {
        return Ok(());
    }
    let subscribes = app.hub.in_room(room, |r| r.subscribes(conn.id)).unwrap_or(false);
    if !subscribes && !app.deps.chat_reader.is_member(room, user).await? {
        return Err(RealtimeError::UnknownRoom.into());
    }
    let live = LiveFrame::Typing {
        room_id: room,
        user_id: Some(user),
        agent_id: None,
    };
    let payload = serde_json::to_vec(&live).map_err(Fault::internal)?;
    Ok(app.deps.ephemeral.publish(&room_channel(room), payload.into()).await?)
}
