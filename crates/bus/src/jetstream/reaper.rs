//! Owns what the bus does by itself: it cleans up after members of this process that are gone without having given up what they held, and
//! has the server looked at after a broken connection. Refuses to touch what belongs to another process.

use std::sync::Arc;
use std::time::Duration;

use super::Shared;
use super::board::{Holder, Record};

/// How often it looks even without having been told.
const TICK: Duration = Duration::from_secs(1);

/// Frees what dead members of this process hold, until the bus closes.
pub(super) async fn run(shared: Arc<Shared>) {
    let mut tick = tokio::time::interval(TICK);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = shared.left.notified() => {}
            _ = tick.tick() => {}
            () = shared.board.left() => return,
        }
        if shared.board.stale_for().is_none() {
            clean(&shared).await;
            report(shared.watchman.look(&shared).await);
        }
    }
}

async fn clean(shared: &Shared) {
    let ours = &shared.board.session;
    let is_gone = |h: &Holder| h.session == *ours && !shared.members.lock().contains(&h.member);
    for (key, revision, record) in shared.board.list("member.") {
        let member = key.rsplit('.').next().unwrap_or_default().to_owned();
        let holder = match record {
            Record::Member { session, .. } => Holder { session, member },
            _ => continue,
        };
        if is_gone(&holder) {
            report(shared.board.swap(&key, revision, None).await);
        }
    }
    for (key, _, record) in shared.board.list("seat.") {
        let Record::Seat(seat) = record else { continue };
        if let Some(holder) = seat.holder.filter(is_gone) {
            report(shared.seats.give(&key, &holder, 0, seat.done).await);
        }
    }
}

fn report<T>(end: Result<T, crate::BusError>) {
    if let Err(error) = end {
        tracing::debug!(%error, "the next look does it");
    }
}
