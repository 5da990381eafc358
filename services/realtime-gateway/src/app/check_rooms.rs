//! Owns the look at rooms' heads and members: the bus is a hint, and what it lost is found here.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use contracts::chat::RoomSummary;
use futures::StreamExt as _;
use kernel::{ErrorCode, Fault, RoomId, UserId};
use tokio_util::sync::CancellationToken;

use super::{App, repair_room};
use crate::domain::frame;
use crate::domain::room::Reader as _;

/// Heads that are read at once.
const ROOMS_AT_ONCE: usize = 8;

/// Looks at rooms every `recheckMs`, until `stop`.
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

/// Looks at the rooms with subscriptions; at the heads of those in which nothing has happened since the last look.
async fn check(app: &Arc<App>, round: usize) {
    let rooms = app.hub.rooms(|room| {
        // Another subscriber is asked about each time, so that a lost removal is found too.
        let subscribers = room.subscriptions();
        let turn = round.checked_rem(subscribers)?;
        Some((room.busy, room.subscribers().nth(turn)?.user()?))
    });
    futures::stream::iter(rooms)
        .for_each_concurrent(ROOMS_AT_ONCE, |(room, (busy, user))| async move {
            if busy {
                look_at_member(app, room, user).await;
            } else {
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

/// The messages of a busy room show what was lost of them, but no removal.
async fn look_at_member(app: &App, room: RoomId, user: UserId) {
    match app.deps.chat_reader.is_member(room, user).await {
        Ok(true) => {}
        Ok(false) => expel(app, user, room),
        Err(fault) => tracing::debug!(%room, %fault, "a membership could not be read"),
    }
}

/// Reads a room again and takes out everybody here who is not a member; `None` when the room is gone.
pub(crate) async fn check_members(app: &App, room: RoomId) -> Result<Option<RoomSummary>, Fault> {
    // Before the members are read: whoever comes meanwhile was a member later than that.
    let here = app
        .hub
        .in_room(room, |r| r.readers().filter_map(|c| c.user()).collect::<HashSet<_>>());
    match app.deps.chat_reader.room(room).await {
        Ok(summary) => {
            let members: HashSet<UserId> = summary.members.iter().copied().collect();
            for user in here.into_iter().flatten().filter(|user| !members.contains(user)) {
                expel(app, user, room);
            }
            repair_room::note_epoch(app, room, &summary.epoch.as_str().into(), summary.last_seq);
            Ok(Some(summary))
        }
        Err(fault) if fault.kind == ErrorCode::NotFound => {
            app.hub.expel_all(room);
            Ok(None)
        }
        Err(fault) => Err(fault),
    }
}

/// Takes a person out of a room and tells them so.
pub(crate) fn expel(app: &App, user: UserId, room: RoomId) {
    app.hub.expel(user, room);
    let frame = frame::user_event("room.removed", &serde_json::json!({"roomId": room}));
    app.hub.to_user(user, &frame, &mut app.hub.batch());
}
