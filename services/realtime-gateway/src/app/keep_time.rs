//! Owns the one clock of all sockets: pings, deadlines, expiry, stuck outboxes. Refuses to keep a timer per socket.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use kernel::{Fault, RoomId};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::{App, catch_up};
use crate::conn::{Conn, Due, Times};
use crate::domain::frame::{self, Frame};
use crate::domain::room::Reader as _;
use crate::error::Close;

/// Between two looks at all sockets.
const TICK: Duration = Duration::from_millis(500);
/// Rooms whose replies are read at once.
const ROOMS_AT_ONCE: usize = 16;
/// How long an end may wait for what is queued.
const END_MAX_MS: i64 = 1_000;

/// Looks at all sockets, until `stop`.
pub(crate) async fn run(app: Arc<App>, stop: CancellationToken) -> Result<(), Fault> {
    let config = app.config();
    let times = Times {
        auth_ms: config.auth_ms.into(),
        warning_ms: config.auth_warning_ms.into(),
        ping_ms: config.ping_ms.into(),
    };
    let pings = [frame::ping(false), frame::ping(true)];
    let mut clock = tokio::time::interval(TICK);
    clock.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    while stop.run_until_cancelled(clock.tick()).await.is_some() {
        let (connections, subscriptions) = app.hub.counts();
        metrics::gauge!("realtime_connections").set(f64::from(i32::try_from(connections).unwrap_or(i32::MAX)));
        metrics::gauge!("realtime_subscriptions").set(f64::from(i32::try_from(subscriptions).unwrap_or(i32::MAX)));
        let mut lost = HashMap::<RoomId, Vec<Arc<Conn>>>::new();
        for conn in app.hub.connections() {
            for room in look(&app, &conn, &times, &pings) {
                lost.entry(room).or_default().push(conn.clone());
            }
        }
        if !lost.is_empty() {
            tokio::spawn(regain_all(app.clone(), lost));
        }
    }
    Ok(())
}

/// Looks at a socket; returns the rooms in which it has lost something of the replies being written.
fn look(app: &Arc<App>, conn: &Arc<Conn>, times: &Times, [ping, probe]: &[Arc<Frame>; 2]) -> Vec<RoomId> {
    let mut batch = app.hub.batch();
    let now = batch.now_ms;
    match conn.due(now, times) {
        Due::Nothing => {}
        Due::Ping { probe: false } => conn.push(ping, &mut batch),
        Due::Ping { probe: true } => conn.push(probe, &mut batch),
        Due::Warn(left) => conn.push(&Frame::kept(&json!({"op": "auth_expiring", "inMs": left})), &mut batch),
        Due::Close(Close::Idle) => batch.wake(conn.outbox(|o| o.end_at_once(Close::Idle, now))),
        Due::Close(close) => conn.end(close, now),
    }
    let bounds = app.config().bounds();
    let (waker, lost) = conn.outbox(|o| (o.check_age(now, &bounds, END_MAX_MS), o.begin_regain(&bounds)));
    batch.wake(waker);
    lost
}

/// Gives readers, who have lost something of the replies being written in a room, the text so far: one read for all of a room.
async fn regain_all(app: Arc<App>, lost: HashMap<RoomId, Vec<Arc<Conn>>>) {
    futures::stream::iter(lost)
        .for_each_concurrent(ROOMS_AT_ONCE, |(room, conns)| regain(&app, room, conns))
        .await;
}

async fn regain(app: &Arc<App>, room: RoomId, conns: Vec<Arc<Conn>>) {
    let texts = catch_up::texts(app, room).await.ok();
    let mut batch = app.hub.batch();
    let now = batch.now_ms;
    for conn in conns {
        let given = app.hub.in_room(room, |r| {
            let live = texts.as_ref().is_some_and(|texts| r.set_texts(conn.id, texts));
            let given: Option<&[Arc<Frame>]> = match &texts {
                Some(texts) if live => Some(texts),
                // It could not be read, or a resume is under way: again at the next look.
                _ if r.subscribes(conn.id) => None,
                // Who has left the room is given nothing of it.
                _ => Some(&[]),
            };
            conn.outbox(|o| o.regain(room, given, now))
        });
        batch.wake(given.unwrap_or_else(|| conn.outbox(|o| o.regain(room, Some(&[]), now))));
    }
}
