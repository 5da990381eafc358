//! `chat.message.v1` and `chat.room.v1`: new messages may give agents a turn; changed rooms are read anew, and agents
//! that left stop speaking, remember nothing and count no more against what their buyers may use; what was deleted or edited is taken out of summaries and memories. Everything here is idempotent by the runs' unique key, so that no inbox mark is needed.

use std::sync::Arc;

use async_trait::async_trait;
use bus::Handler;
use contracts::Event;
use contracts::chat::{MessageEvent, RoomChange, RoomEvent};
use contracts::event::topic;
use kernel::Fault;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::app::App;

pub(crate) struct Chat(pub(crate) Arc<App>);

#[async_trait]
impl Handler for Chat {
    async fn handle(&self, event: &Event) -> Result<(), Fault> {
        if *event.topic == *topic::ROOM.name {
            return self.room_changed(event.body()?).await;
        }
        if event.is("message.deleted") || event.is("message.edited") {
            return match self.is_without_agents(event) {
                true => Ok(()),
                false => self.0.unsay(event.body::<MessageEvent>()?.message()).await,
            };
        }
        if !event.is("message.sent") || self.is_of_no_concern(event)? {
            return Ok(());
        }
        self.0.hear(event.body::<MessageEvent>()?.message()).await
    }
}

/// What is read of a message in a room that is known to have no agents, which most rooms are.
#[derive(Deserialize)]
struct Glance {
    message: Pointers,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Pointers {
    #[serde(default)]
    reply_to: Option<IgnoredAny>,
    #[serde(default)]
    mentions: Vec<IgnoredAny>,
}

impl Chat {
    /// Tells whether the room is known to have no agents: then nothing is kept of it either.
    fn is_without_agents(&self, event: &Event) -> bool {
        event.key.parse().is_ok_and(|room| self.0.is_known_without_agents(room))
    }

    /// A message that points at somebody may point at an agent who has just come: then the room is read anew.
    fn is_of_no_concern(&self, event: &Event) -> Result<bool, Fault> {
        if !self.is_without_agents(event) {
            return Ok(false);
        }
        let Pointers { reply_to, mentions } = event.body::<Glance>()?.message;
        Ok(reply_to.is_none() && mentions.is_empty())
    }

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
            (Some(room), Some(agent)) => {
                self.0.silence(event.room_id, Some(agent)).await?;
                self.0.forget_seat(agent, event.room_id, room.agents.is_empty()).await
            }
            (None, _) => {
                self.0.silence(event.room_id, None).await?;
                self.0.forget_all_of(event.room_id).await
            }
        }
    }
}
