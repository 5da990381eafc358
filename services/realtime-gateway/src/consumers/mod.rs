//! Owns the hearing of the bus: every replica is told every event, and what nobody here needs is skipped unread.
//! Refuses to treat the bus as the truth: whoever misses something here gets it from the store.

mod account;
mod friendship;
mod message;
mod profile;
mod receipt;
mod room;
mod run;

use std::sync::Arc;

use contracts::Event;
use contracts::event::topic;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use kernel::{Fault, RoomId};
use tokio_util::sync::CancellationToken;

use crate::app::{App, resync};

/// What happens in rooms. One tail, so that a backend that keeps the order of topics keeps it here.
const ROOMS: &[contracts::Topic] = &[topic::MESSAGE, topic::ROOM, topic::RECEIPT, topic::RUN];
/// What happens to people: another tail, so that the end of a session never waits behind a burst of messages.
const PEOPLE: &[contracts::Topic] = &[topic::ACCOUNT, topic::FRIENDSHIP, topic::PROFILE];
/// Bytes of events that are fanned out before sockets get their turn.
const PIECE_BYTES: usize = 64 * 1024;
/// Sockets that wait to be woken before a batch of events is at its end.
const WAKE_AT: usize = 8_192;

/// Hears what happens in rooms, until `stop`. Whatever was missed before is read from its owners.
pub(crate) async fn hear_rooms(app: Arc<App>, stop: CancellationToken) -> Result<(), Fault> {
    let tail = app.deps.bus.tail(ROOMS).await?;
    // Before the first word from it: what follows a removal that was missed must not go out.
    let held = resync::hold_rooms(&app);
    until_ended(&app, tail, resync::rooms(&app, held), stop).await
}

/// Hears what happens to people, until `stop`. Sessions that have ended before are found.
pub(crate) async fn hear_people(app: Arc<App>, stop: CancellationToken) -> Result<(), Fault> {
    let tail = app.deps.bus.tail(PEOPLE).await?;
    until_ended(&app, tail, resync::people(&app), stop).await
}

async fn until_ended(
    app: &Arc<App>,
    mut tail: BoxStream<'static, Vec<Event>>,
    resync: impl Future<Output = ()>,
    stop: CancellationToken,
) -> Result<(), Fault> {
    // What is told from now on is heard while the rest is read.
    let hearing = async {
        while let Some(events) = tail.next().await {
            hear_batch(app, &events).await;
        }
        Err(Fault::unavailable(
            "bus.tail_ended",
            "the tail ended",
            std::time::Duration::ZERO,
        ))
    };
    let reading = async {
        resync.await;
        std::future::pending().await
    };
    tokio::select! {
        () = stop.cancelled() => Ok(()),
        ended = hearing => ended,
        never = reading => never,
    }
}

/// Deals with a batch from the bus. Between pieces of it the sockets that were told get their turn: a burst must not
/// make quick readers look slow.
async fn hear_batch(app: &Arc<App>, events: &[Event]) {
    // Topics have no order among each other: a removal that stands behind a message in this batch comes first all the same.
    for event in events.iter().filter(|e| &*e.topic == topic::ROOM.name) {
        room::expel(app, event);
    }
    let mut rest = events;
    while !rest.is_empty() {
        let mut bytes = 0_usize;
        let full = rest.iter().position(|event| {
            bytes += event.bytes.len();
            bytes >= PIECE_BYTES
        });
        let (piece, after) = rest.split_at(full.map_or(rest.len(), |at| at + 1));
        hear(app, piece);
        rest = after;
        tokio::task::yield_now().await;
    }
}

/// Deals with events in order; sockets are woken once for all of them.
fn hear(app: &Arc<App>, events: &[Event]) {
    let mut batch = app.hub.batch();
    for event in events {
        let told = match &*event.topic {
            name if name == topic::MESSAGE.name => message::hear(app, event, &mut batch),
            name if name == topic::ROOM.name => room::hear(app, event, &mut batch),
            name if name == topic::RECEIPT.name => receipt::hear(app, event, &mut batch),
            name if name == topic::RUN.name => run::hear(app, event, &mut batch),
            name if name == topic::FRIENDSHIP.name => friendship::hear(app, event, &mut batch),
            name if name == topic::ACCOUNT.name => account::hear(app, event, &mut batch),
            name if name == topic::PROFILE.name => profile::hear(app, event),
            _ => Ok(()),
        };
        if let Err(fault) = told {
            tracing::warn!(id = %event.id, kind = &*event.kind, %fault, "an event that cannot be read");
        }
        if batch.waiting() >= WAKE_AT {
            batch.flush();
        }
    }
}

/// Returns the room whose key an event has, when somebody here is in it.
fn room_here(app: &App, event: &Event) -> Option<RoomId> {
    event.key.parse().ok().filter(|room| app.hub.has_room(*room))
}
