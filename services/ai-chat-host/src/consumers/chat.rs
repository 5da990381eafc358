//! `chat.message.v1` and `chat.room.v1`: new messages may give agents a turn; changed rooms are read anew, and agents
//! that left stop speaking. Everything here is idempotent by the runs' unique key, so that no inbox mark is needed.

use std::sync::Arc;

use async_trait::async_trait;
use bus::Handler;
use contracts::Event;
use contracts::chat::{MessageEvent, RoomChange, RoomEvent};
use contracts::event::topic;
use kernel::Fault;

use crate::app::App;

pub(crate) struct Chat(pub(crate) Arc<App>);

#[async_trait]
impl Handler for Chat {
    async fn handle(&self, event: &Event) -> Result<(), Fault> {
        if *event.topic == *topic::ROOM.name {
            return self.room_changed(event.body()?).await;
        }
        match event.body::<MessageEvent>()? {
            MessageEvent::Sent(message) => self.0.hear(&message).await,
            MessageEvent::Edited(_) | MessageEvent::Deleted(_) | MessageEvent::Reacted(_) => Ok(()),
        }
    }
}

impl Chat {
    async fn room_changed(&self, event: RoomEvent) -> Result<(), Fault> {
        self.0.forget_room(event.room_id);
        let left = match event.change {
            RoomChange::AgentDetached { agent_id } => Some(agent_id),
            RoomChange::Deleted { .. } => None,
            _ => return Ok(()),
        };
        // The event may be an old one: the room as it is now decides.
        let room = self.0.room_view(event.room_id, true).await?;
        match (room, left) {
            (Some(room), Some(agent)) if room.agents.iter().any(|seat| seat.agent == agent) => Ok(()),
            (Some(_), None) => Ok(()),
            (_, left) => self.0.silence(event.room_id, left).await,
        }
    }
}
