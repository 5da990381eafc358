//! Owns a connection's light seats: one in each room of its person, so that activity there is told.

use std::collections::HashSet;
use std::sync::Arc;

use kernel::{Fault, RoomId, UserId};

use super::App;
use crate::conn::Conn;

/// How often the list is read again because memberships changed meanwhile.
const READS_MAX: usize = 4;

/// Brings a connection's seats in line with the person's rooms.
pub(crate) async fn load(app: &App, conn: &Arc<Conn>, user: UserId) -> Result<(), Fault> {
    for _ in 0..READS_MAX {
        let changes = app.hub.changes_of(user);
        let rooms: HashSet<RoomId> = app.deps.chat_reader.rooms_of(user).await?.into_iter().collect();
        for room in &rooms {
            app.hub.seat_light(*room, conn);
        }
        // Seats of subscriptions stay: each is checked on its own, and the list may end before a person's rooms do.
        for room in conn.rooms().into_iter().filter(|room| !rooms.contains(room)) {
            let subscribes = app.hub.in_room(room, |r| r.subscribes(conn.id)).unwrap_or(false);
            if !subscribes {
                app.hub.unseat(room, conn);
            }
        }
        if app.hub.changes_of(user) == changes {
            break;
        }
    }
    Ok(())
}
