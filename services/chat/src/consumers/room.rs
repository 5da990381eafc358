//! Owns what follows when a room has ended. Refuses to react to anything else about rooms.

use std::sync::Arc;

use async_trait::async_trait;
use bus::{Handler, Subscription};
use contracts::Event;
use contracts::chat::{RoomChange, RoomEvent};
use contracts::event::topic;
use kernel::Fault;

use crate::app::App;

/// Purges rooms. Doing it again finds nothing left to do, so it needs no inbox mark.
pub(crate) struct Purge(pub Arc<App>);

/// Returns the subscription of [`Purge`].
pub(crate) fn subscription() -> Subscription {
    Subscription::new("chat.purge", &[topic::ROOM])
}

#[async_trait]
impl Handler for Purge {
    async fn handle(&self, event: &Event) -> Result<(), Fault> {
        let RoomEvent { room_id, change, .. } = event.body()?;
        match change {
            RoomChange::Deleted { .. } => Ok(self.0.purge_room(room_id).await?),
            _ => Ok(()),
        }
    }
}
