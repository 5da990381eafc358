//! Owns what happens when messages of a room were missed: the store is read and the room goes on behind what it held
//! back; when that fails for good, everybody there is told to reload.

use std::sync::Arc;
use std::time::Duration;

use kernel::{Fault, RoomId};

use super::{App, catch_up};
use crate::domain::frame;
use crate::domain::room::Gap;

/// How often a gap is read before it is given up.
const TRIES_MAX: u32 = 7;
/// The first pause between two tries; doubled each time.
const PAUSE: Duration = Duration::from_millis(20);

/// Begins a repair.
pub(crate) fn begin(app: &Arc<App>, room: RoomId, gap: Gap) {
    metrics::counter!("realtime_gaps_total").increment(1);
    tokio::spawn(repair(app.clone(), room, gap));
}

async fn repair(app: Arc<App>, room: RoomId, gap: Gap) {
    let (mut gap, mut pause) = (gap, PAUSE);
    for _ in 0..TRIES_MAX {
        if app.hub.in_room(room, |r| r.repair_overflowed()).unwrap_or(true) {
            break;
        }
        match fill(&app, room, gap).await {
            Ok(None) => return,
            Ok(Some(next)) => gap = next,
            Err(fault) => {
                tracing::debug!(%room, %fault, "a gap is not filled yet");
                tokio::time::sleep(pause).await;
                pause *= 2;
            }
        }
    }
    tracing::warn!(%room, after = gap.after, upto = gap.upto, "a gap was given up");
    metrics::counter!("realtime_resumes_total", "outcome" => "room_reset").increment(1);
    let mut batch = app.hub.batch();
    app.hub
        .in_room(room, |r| r.give_up(gap.upto, &frame::reset(room, None), &mut batch));
}

/// Reads a gap and hands it to the room; returns what is missing still.
async fn fill(app: &Arc<App>, room: RoomId, gap: Gap) -> Result<Option<Gap>, Fault> {
    let max = app.config().resume_messages_max;
    let limit = usize::try_from(max).unwrap_or(usize::MAX);
    if gap.upto - gap.after > max {
        return give_up(app, room, gap);
    }
    let found = catch_up::messages(app, room, gap.after, gap.upto).await?;
    // Changes to older messages may have been lost together with the messages.
    let Some(changed) = catch_up::changes(app, room, gap.after, limit).await? else {
        return give_up(app, room, gap);
    };
    let mut batch = app.hub.batch();
    Ok(app
        .hub
        .in_room(room, |r| r.repaired(&changed, &found, &mut batch))
        .flatten())
}

fn give_up(app: &App, room: RoomId, gap: Gap) -> Result<Option<Gap>, Fault> {
    metrics::counter!("realtime_resumes_total", "outcome" => "room_reset").increment(1);
    let mut batch = app.hub.batch();
    app.hub
        .in_room(room, |r| r.give_up(gap.upto, &frame::reset(room, None), &mut batch));
    Ok(None)
}

/// Takes note of a room's epoch. Another one than before resets everybody there: offsets of the old one mean nothing.
pub(crate) fn note_epoch(app: &App, room: RoomId, epoch: &Arc<str>, head: u64) {
    let mut batch = app.hub.batch();
    app.hub.in_room(room, |r| match &r.epoch {
        Some(known) if known == epoch => {}
        None => r.epoch = Some(epoch.clone()),
        Some(_) => r.turn_epoch(
            epoch.clone(),
            head,
            &frame::reset(room, Some((head, epoch))),
            &mut batch,
        ),
    });
}
