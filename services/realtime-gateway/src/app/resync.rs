//! Owns what is done when the bus begins to be heard, again or for the first time: everything that may have been missed
//! is read from its owner: memberships, messages, ended sessions.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use kernel::{ErrorCode, Fault, RoomId};

use super::{App, authenticate, check_rooms, load_rooms, repair_room};
use crate::conn::Conn;
use crate::domain::room::Gap;
use crate::error::Close;

/// Questions that are asked at once.
const AT_ONCE: usize = 16;
/// Before a question is asked again that its owner could not answer.
const PAUSE: Duration = Duration::from_millis(500);

/// Tells whether a question must be asked again, since its owner is away, and waits until it is time to.
async fn is_open(answer: Result<(), Fault>) -> bool {
    let Err(fault) = answer else { return false };
    tracing::warn!(%fault, "what the bus may have lost could not be read");
    if fault.kind != ErrorCode::Unavailable {
        return false;
    }
    tokio::time::sleep(PAUSE).await;
    true
}

/// Ends the sockets whose sessions have ended.
pub(crate) async fn people(app: &Arc<App>) {
    futures::stream::iter(app.hub.connections())
        .for_each_concurrent(AT_ONCE, |conn| async move {
            while is_open(check_session(app, &conn).await).await {}
        })
        .await;
}

async fn check_session(app: &App, conn: &Conn) -> Result<(), Fault> {
    if let Some(who) = conn.who()
        && authenticate::look_for_revocation(app, who).await?
    {
        conn.end(Close::SessionEnded, app.hub.now_ms());
    }
    Ok(())
}

/// Lets no message out of rooms where a removal may have been missed, until their members have been read. Returns those
/// rooms; the reading goes on by itself, even if the bus breaks again.
pub(crate) fn hold_rooms(app: &Arc<App>) -> HashSet<RoomId> {
    let rooms = app.hub.rooms(|room| (room.subscriptions() > 0).then_some(()));
    let held: Vec<(RoomId, Gap)> = rooms
        .into_iter()
        .filter_map(|(room, ())| Some((room, app.hub.in_room(room, |r| r.check_head(0, true))??)))
        .collect();
    let ids = held.iter().map(|(room, _)| *room).collect();
    let app = app.clone();
    tokio::spawn(async move {
        futures::stream::iter(held)
            .for_each_concurrent(AT_ONCE, |(room, gap)| repair_room::repair(app.clone(), room, gap))
            .await;
    });
    ids
}

/// Brings seats, memberships and messages up to date; of the rooms that are `held` only the seats.
pub(crate) async fn rooms(app: &Arc<App>, held: HashSet<RoomId>) {
    futures::stream::iter(app.hub.connections())
        .for_each_concurrent(AT_ONCE, |conn| async move {
            if let Some(who) = conn.who() {
                while is_open(load_rooms::load(app, &conn, who.user).await).await {}
            }
        })
        .await;
    let mut rooms = app.hub.rooms(|room| (room.subscriptions() > 0).then_some(()));
    rooms.retain(|(room, ())| !held.contains(room));
    futures::stream::iter(rooms)
        .for_each_concurrent(AT_ONCE, |(room, ())| async move {
            while is_open(resync_room(app, room).await).await {}
        })
        .await;
}

async fn resync_room(app: &Arc<App>, room: RoomId) -> Result<(), Fault> {
    if let Some(summary) = check_rooms::check_members(app, room).await?
        && let Some(gap) = app
            .hub
            .in_room(room, |r| r.check_head(summary.last_seq, true))
            .flatten()
    {
        repair_room::begin(app, room, gap);
    }
    Ok(())
}
