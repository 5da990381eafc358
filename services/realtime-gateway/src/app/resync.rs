//! Owns what is done when the bus begins to be heard, again or for the first time: everything that may have been missed
//! is read from its owner: memberships, messages, ended sessions.

use std::collections::HashSet;
use std::sync::Arc;

use futures::StreamExt as _;
use kernel::{ErrorCode, RoomId, UserId};

use super::{App, authenticate, check_rooms, load_rooms, repair_room};
use crate::domain::room::Reader as _;
use crate::error::Close;

/// Questions that are asked at once.
const AT_ONCE: usize = 16;

/// Ends the sockets whose sessions have ended.
pub(crate) async fn people(app: &Arc<App>) {
    futures::stream::iter(app.hub.connections())
        .for_each_concurrent(AT_ONCE, |conn| async move {
            if let Some(who) = conn.who()
                && authenticate::is_revoked(app, who).await
            {
                conn.end(Close::SessionEnded, app.hub.now_ms());
            }
        })
        .await;
}

/// Brings seats, memberships and messages up to date.
pub(crate) async fn rooms(app: &Arc<App>) {
    futures::stream::iter(app.hub.connections())
        .for_each_concurrent(AT_ONCE, |conn| async move {
            if let Some(who) = conn.who()
                && let Err(fault) = load_rooms::load(app, &conn, who.user).await
            {
                tracing::warn!(%fault, "a list of rooms could not be read again");
            }
        })
        .await;
    let rooms = app.hub.rooms(|room| (room.subscriptions() > 0).then_some(()));
    futures::stream::iter(rooms)
        .for_each_concurrent(AT_ONCE, |(room, ())| resync_room(app, room))
        .await;
}

async fn resync_room(app: &Arc<App>, room: RoomId) {
    match app.deps.chat_reader.room(room).await {
        Ok(summary) => {
            let members: HashSet<UserId> = summary.members.iter().copied().collect();
            let here = app
                .hub
                .in_room(room, |r| r.readers().filter_map(|c| c.user()).collect::<HashSet<_>>());
            for user in here.into_iter().flatten().filter(|user| !members.contains(user)) {
                check_rooms::expel(app, user, room);
            }
            repair_room::note_epoch(app, room, &summary.epoch.into(), summary.last_seq);
            if let Some(gap) = app
                .hub
                .in_room(room, |r| r.check_head(summary.last_seq, true))
                .flatten()
            {
                repair_room::begin(app, room, gap);
            }
        }
        Err(fault) if fault.kind == ErrorCode::NotFound => app.hub.expel_all(room),
        Err(fault) => tracing::warn!(%room, %fault, "a room could not be read again"),
    }
}
