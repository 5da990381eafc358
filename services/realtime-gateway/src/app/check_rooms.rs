//! Owns the look at the heads of idle rooms: the bus is a hint, and what it lost is found here.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use kernel::{ErrorCode, Fault, RoomId, UserId};
use tokio_util::sync::CancellationToken;

use super::{App, repair_room};
use crate::domain::frame;
use crate::domain::room::Reader as _;

/// Heads that are read at once.
const ROOMS_AT_ONCE: usize = 8;

/// Looks at idle rooms every `recheckMs`, until `stop`.
pub(crate) async fn run(app: Arc<App>, stop: CancellationToken) -> Result<(), Fault> {
    let mut clock = tokio::time::interval(Duration::from_millis(app.config().recheck_ms.into()));
    clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    clock.tick().await;
    let mut round = 0;
    while stop.run_until_cancelled(clock.tick()).await.is_some() {
        round += 1;
        check(&app, round).await;
    }
    Ok(())
}

/// Looks at the rooms with subscriptions in which nothing has happened since the last look.
async fn check(app: &Arc<App>, round: usize) {
    let rooms = app.hub.rooms(|room| {
        // Another subscriber is asked about each time, so that a lost removal is found too.
        let subscribers = room.subscriptions();
        let turn = round.checked_rem(subscribers)?;
        (!room.busy).then(|| room.subscribers().nth(turn)?.user())
    });
    futures::stream::iter(rooms)
        .for_each_concurrent(ROOMS_AT_ONCE, |(room, user)| async move {
            if let Some(user) = user {
                look(app, room, user).await;
            }
        })
        .await;
    for (room, ()) in app.hub.rooms(|room| room.busy.then_some(())) {
        app.hub.in_room(room, |r| r.busy = false);
    }
}

async fn look(app: &Arc<App>, room: RoomId, user: UserId) {
    match app.deps.chat_reader.head(room, user).await {
        Ok((epoch, head)) => {
            repair_room::note_epoch(app, room, &epoch.into(), head);
            if let Some(gap) = app.hub.in_room(room, |r| r.check_head(head, false)).flatten() {
                repair_room::begin(app, room, gap);
            }
        }
        Err(fault) if fault.kind == ErrorCode::NotFound => expel(app, user, room),
        Err(fault) => tracing::debug!(%room, %fault, "a head could not be read"),
    }
}

/// Takes a person out of a room and tells them so.
pub(crate) fn expel(app: &App, user: UserId, room: RoomId) {
    app.hub.expel(user, room);
    let frame = frame::user_event("room.removed", &serde_json::json!({"roomId": room}));
    app.hub.to_user(user, &frame, &mut app.hub.batch());
}
