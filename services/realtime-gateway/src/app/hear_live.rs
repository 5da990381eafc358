//! Owns the listening to live channels: pieces of replies, typing, presence, and what other services tell one person.

use std::collections::HashSet;
use std::sync::Arc;

use bytes::Bytes;
use contracts::realtime::LiveFrame;
use futures::FutureExt as _;
use kernel::{Fault, UserId};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::App;
use crate::batch::Batch;
use crate::domain::frame;

/// Payloads that are dealt with before sockets are woken.
const BATCH_MAX: usize = 256;

/// Hears the wanted live channels, until `stop`.
pub(crate) async fn run(app: Arc<App>, stop: CancellationToken) -> Result<(), Fault> {
    let channels = &app.hub.channels;
    let mut subscriber = app.deps.ephemeral.subscriber().await?;
    let mut have = HashSet::new();
    let mut again = channels.restart();
    loop {
        channels.settle(subscriber.as_mut(), &mut have).await?;
        if std::mem::take(&mut again) {
            lose_texts(&app);
        }
        let first = tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = channels.changed() => continue,
            next = subscriber.next() => next,
        };
        let Some((channel, payload)) = first else {
            return Err(Fault::internal("the live channels were closed"));
        };
        if subscriber.missed() {
            lose_texts(&app);
        }
        let mut batch = app.hub.batch();
        hear(&app, &channel, &payload, &mut batch);
        for _ in 1..BATCH_MAX {
            match subscriber.next().now_or_never() {
                Some(Some((channel, payload))) => hear(&app, &channel, &payload, &mut batch),
                _ => break,
            }
        }
    }
}

/// Notes that nobody here may have all of the replies being written: pieces of them were published that were not heard.
fn lose_texts(app: &App) {
    let rooms = app.hub.rooms(|r| Some(r.subscribers().cloned().collect::<Vec<_>>()));
    for (room, conns) in rooms {
        conns.iter().for_each(|conn| conn.outbox(|o| o.lose(room)));
    }
}

fn hear(app: &App, channel: &str, payload: &Bytes, batch: &mut Batch) {
    let live: LiveFrame = match serde_json::from_slice(payload) {
        Ok(live) => live,
        Err(error) => {
            tracing::warn!(channel, %error, "a live frame that cannot be read");
            return;
        }
    };
    match live {
        LiveFrame::AiDelta {
            room_id,
            message_id,
            run_id,
            agent_id,
            attempt,
            pos,
            text,
        } => {
            let piece = frame::Piece {
                r: room_id,
                message_id,
                run_id,
                agent_id,
                attempt,
                pos,
                text: &text,
            };
            app.hub.in_room(room_id, |r| r.piece(&frame::ai(&piece), batch));
        }
        LiveFrame::Typing {
            room_id,
            user_id,
            agent_id,
        } => {
            let mut d = serde_json::Map::new();
            d.extend(user_id.map(|id| ("userId".to_owned(), json!(id))));
            d.extend(agent_id.map(|id| ("agentId".to_owned(), json!(id))));
            let frame = frame::typing(room_id, &Value::Object(d));
            app.hub.in_room(room_id, |r| r.event_but(&frame, user_id, batch));
        }
        LiveFrame::Presence { user_id, online } => {
            if let Some(user) = person(channel) {
                app.hub.to_user(user, &frame::presence(user_id, online), batch);
            }
        }
        LiveFrame::UserEvent { t, d } => {
            if let Some(user) = person(channel).filter(|_| is_name(&t)) {
                app.hub.to_user(user, &frame::user_event(&t, &d), batch);
            }
        }
        LiveFrame::RoomEvent { room_id, t, d, fades } if is_name(&t) => {
            app.hub.in_room(room_id, |r| {
                if fades {
                    r.event_but(&frame::fading_event(&t, room_id, &d), None, batch);
                } else {
                    r.event(&frame::room_event(&t, room_id, &d), batch);
                }
            });
        }
        LiveFrame::RoomEvent { .. } => {}
    }
}

/// Tells whether a name may stand in a frame as it is.
fn is_name(t: &str) -> bool {
    !t.is_empty() && t.bytes().all(|b| b.is_ascii_alphanumeric() || b"._".contains(&b))
}

/// Returns whose channel it is.
fn person(channel: &str) -> Option<UserId> {
    channel.strip_prefix("live:user:")?.parse().ok()
}
