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
use kernel::{Fault, RoomId};
use tokio_util::sync::CancellationToken;

use crate::app::{App, resync};

/// What is heard.
const TOPICS: &[contracts::Topic] =
    &[topic::MESSAGE, topic::ROOM, topic::RECEIPT, topic::RUN, topic::FRIENDSHIP, topic::ACCOUNT, topic::PROFILE];
/// Sockets that wait to be woken before a batch of events is at its end.
const WAKE_AT: usize = 8_192;

/// Hears the bus, until `stop`. Whatever was missed before it is heard is read from its owners.
pub(crate) async fn run(app: Arc<App>, stop: CancellationToken) -> Result<(), Fault> {
    let mut tail = app.deps.bus.tail(TOPICS).await?;
    let resyncing = tokio::spawn({
        let app = app.clone();
        async move { resync::run(&app).await }
    });
    let heard = stop.run_until_cancelled(async {
        while let Some(events) = tail.next().await {
            hear(&app, &events);
        }
    });
    let ended = heard.await.is_some();
    resyncing.abort();
    if ended { Err(Fault::unavailable("bus.tail_ended", "the tail ended", std::time::Duration::ZERO)) } else { Ok(()) }
}

/// Deals with events in order; sockets are woken once for all of them.
pub(crate) fn hear(app: &Arc<App>, events: &[Event]) {
    let mut batch = app.hub.batch();
    // Topics have no order among each other: a removal that stands behind a message in this batch comes first all the same.
    for event in events.iter().filter(|e| &*e.topic == topic::ROOM.name) {
        room::expel(app, event);
    }
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
