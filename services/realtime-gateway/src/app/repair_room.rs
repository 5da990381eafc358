//! Owns what happens when messages of a room were missed: the store is read and the room goes on behind what it held
//! back; when that fails for good, everybody there is told to reload. Removals may have been missed too: without a look
//! at the members nothing goes out.

use std::sync::Arc;
use std::time::Duration;

use kernel::{Fault, RoomId};

use super::{App, catch_up, check_rooms};
use crate::domain::frame;
use crate::domain::room::Gap;

/// How often a gap is read before it is given up.
const TRIES_MAX: u32 = 7;
/// The first pause between two tries; doubled each time.
const PAUSE: Duration = Duration::from_millis(20);
/// The longest pause between two tries.
const PAUSE_MAX: Duration = Duration::from_secs(2);

/// Begins a repair.
pub(crate) fn begin(app: &Arc<App>, room: RoomId, gap: Gap) {
    metrics::counter!("realtime_gaps_total").increment(1);
    tokio::spawn(repair(app.clone(), room, gap));
}

/// Repairs a room that holds everything back behind `gap`.
pub(crate) async fn repair(app: Arc<App>, room: RoomId, mut gap: Gap) {
    let (mut tries, mut pause) = (0, PAUSE);
    while tries < TRIES_MAX {
        match app.hub.in_room(room, |r| r.repair_overflowed()) {
            None => return,
            Some(true) => break,
            Some(false) => {}
        }
        let filled = match check_rooms::check_members(&app, room).await {
            Ok(None) => return,
            Ok(Some(summary)) => {
                tries += 1;
                gap.upto = gap.upto.max(summary.last_seq);
                fill(&app, room, gap).await
            }
            // Not a try: what is held stays held until it is known who may have it.
            Err(fault) => Err(fault),
        };
        match filled {
            Ok(None) => return,
            Ok(Some(next)) => gap = next,
            Err(fault) => {
                tracing::debug!(%room, %fault, "a gap is not filled yet");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(PAUSE_MAX);
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
