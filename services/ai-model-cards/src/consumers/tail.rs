//! Owns hearing of what other replicas did to cards, and how sellers are called now, for the index of this one. A hint only: what the tail misses, the next walk
//! through the store heals.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use contracts::ai_model_cards::{CardEvent, ReservationChange, ReservationEvent};
use contracts::event::topic;
use contracts::user::ProfileEvent;
use contracts::{Event, EventBody as _};
use futures::StreamExt as _;
use kernel::{CardId, Fault, UserId};
use tokio_util::sync::CancellationToken;

use crate::app::App;

/// Follows cards and sales until `stop`.
pub(crate) async fn run(app: Arc<App>, stop: CancellationToken) -> Result<(), Fault> {
    let mut batches = app.bus.tail(&[topic::CARD, topic::RESERVATION, topic::PROFILE]).await?;
    // What happened between the building of the index and now, or while nobody listened.
    app.shelf.rebuild().await?;
    app.mark_all().await?;
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
        // A card that is changed often is read once for a batch, and one that is sold often is counted once a round.
        let changed: BTreeSet<CardId> = batch.iter().filter_map(changed).collect();
        for id in changed {
            app.shelf.refresh(id).await;
        }
        let called: BTreeSet<UserId> = batch.iter().filter_map(called_otherwise).collect();
        if !called.is_empty() {
            app.shelf.refresh_of(&called).await;
        }
        for id in batch.iter().filter_map(sold) {
            app.repo.tallies.mark(id, []);
        }
    }
}

fn changed(event: &Event) -> Option<CardId> {
    let of_a_card = *event.topic == *CardEvent::TOPIC.name;
    Some(event.body::<CardEvent>().ok().filter(|_| of_a_card)?.card_id)
}

/// Who has just joined sells nothing yet.
fn called_otherwise(event: &Event) -> Option<UserId> {
    let of_a_person = *event.topic == *ProfileEvent::TOPIC.name;
    match event.body::<ProfileEvent>().ok().filter(|_| of_a_person)? {
        ProfileEvent::Updated { profile, .. } => Some(profile.id),
        ProfileEvent::PrivacyChanged { user_id, .. } => Some(user_id),
        ProfileEvent::Created { .. } => None,
    }
}

fn sold(event: &Event) -> Option<CardId> {
    let of_a_hold = *event.topic == *ReservationEvent::TOPIC.name;
    let reservation = event.body::<ReservationEvent>().ok().filter(|_| of_a_hold)?;
    (reservation.change == ReservationChange::Committed).then_some(reservation.card_id)
}
