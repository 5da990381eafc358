//! Owns the forgetting of what this process remembers, when another process (or service) has changed it. A hint only:
//! what the tail misses, the short life of every remembered thing heals.

use std::sync::Arc;

use contracts::Event;
use contracts::chat::RoomEvent;
use contracts::event::topic;
use contracts::friendship::FriendshipEvent;
use contracts::user::ProfileEvent;
use futures::StreamExt as _;
use kernel::Fault;
use tokio_util::sync::CancellationToken;

use crate::app::App;

/// Follows rooms, friendships and profiles until `stop`.
pub(crate) async fn run(app: Arc<App>, stop: CancellationToken) -> Result<(), Fault> {
    let mut batches = app.bus.tail(&[topic::ROOM, topic::FRIENDSHIP, topic::PROFILE]).await?;
    loop {
        let batch = tokio::select! {
            () = stop.cancelled() => return Ok(()),
            batch = batches.next() => batch,
        };
        let Some(batch) = batch else {
            return Err(Fault::unavailable(
                "bus.tail_ended",
                "The tail ended.",
                std::time::Duration::from_secs(1),
            ));
        };
        for event in &batch {
            if let Err(fault) = forget(&app, event).await {
                tracing::warn!(topic = &*event.topic, id = %event.id, "not forgotten: {fault}");
            }
        }
    }
}

async fn forget(app: &App, event: &Event) -> Result<(), Fault> {
    if *event.topic == *topic::ROOM.name {
        let room: RoomEvent = event.body()?;
        app.rooms.outdate(room.room_id, room.version).await;
    } else if *event.topic == *topic::FRIENDSHIP.name {
        let (a, b) = event.body::<FriendshipEvent>()?.pair();
        app.blocks.invalidate(&(a.min(b), a.max(b)));
    } else if let ProfileEvent::Updated { profile, .. } = event.body()? {
        for room in app.repo.rooms_of(profile.id).await? {
            drop(app.rooms.close(room.id).await);
        }
    }
    Ok(())
}
