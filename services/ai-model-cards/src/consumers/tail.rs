//! Owns hearing of what other replicas did to cards, for the index of this one. A hint only: what the tail misses, the next walk
//! through the store heals.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use contracts::ai_model_cards::{CardEvent, ReservationChange, ReservationEvent};
use contracts::event::topic;
use contracts::{Event, EventBody as _};
use futures::StreamExt as _;
use kernel::{CardId, Fault};
use tokio_util::sync::CancellationToken;

use crate::app::App;

/// Follows cards and sales until `stop`.
pub(crate) async fn run(app: Arc<App>, stop: CancellationToken) -> Result<(), Fault> {
    let mut batches = app.bus.tail(&[topic::CARD, topic::RESERVATION]).await?;
    // What happened between the building of the index and now, or while nobody listened.
    app.shelf.rebuild(true).await?;
    loop {
        let batch = tokio::select! {
            () = stop.cancelled() => return Ok(()),
            batch = batches.next() => batch,
        };
        let Some(batch) = batch else {
            return Err(Fault::unavailable(
                "bus.tail_ended",
                "The tail ended.",
                Duration::from_secs(1),
            ));
        };
        // A card that is sold often is read once for a batch.
        let changed: BTreeSet<CardId> = batch.iter().filter_map(changed).collect();
        for id in changed {
            app.shelf.refresh(id).await;
        }
    }
}

fn changed(event: &Event) -> Option<CardId> {
    if *event.topic == *CardEvent::TOPIC.name {
        return Some(event.body::<CardEvent>().ok()?.card_id);
    }
    let reservation: ReservationEvent = event.body().ok()?;
    (reservation.change == ReservationChange::Committed).then_some(reservation.card_id)
}
