//! Owns a short memory of rooms as turns see them, so that rooms without agents cost next to nothing. Refuses to be
//! trusted for more than a second: rights are checked anew before a model is asked.

use std::sync::Arc;
use std::time::Duration;

use contracts::chat::RoomSummary;
use kernel::{ErrorCode, Fault, RoomId};
use moka::sync::Cache;

use crate::app::App;
use crate::domain::agent::{AgentDoc, ReplyPolicy};
use crate::domain::turn::weighing::Traits;
use crate::domain::turn::{Room, Seat};

/// How long a room is remembered when nobody says that it changed.
const REMEMBERED: Duration = Duration::from_secs(1);
/// How many rooms are remembered.
const ROOMS_MAX: u64 = 10_000;

/// What is remembered of a room.
#[derive(Clone)]
struct Known {
    room: Arc<Room>,
    /// No agent sits in it, not even a disabled one, of whom something may be kept.
    is_without_agents: bool,
}

/// The memory of rooms.
pub(crate) struct Rooms(Cache<RoomId, Known>);

impl Default for Rooms {
    fn default() -> Self {
        Self(
            Cache::builder()
                .max_capacity(ROOMS_MAX)
                .time_to_live(REMEMBERED)
                .build(),
        )
    }
}

impl App {
    /// Forgets a room that has changed.
    pub(crate) fn forget_room(&self, room: RoomId) {
        self.rooms.0.invalidate(&room);
    }

    /// Tells whether a room is remembered, and remembered without agents, enabled or not.
    pub(crate) fn is_known_without_agents(&self, room: RoomId) -> bool {
        self.rooms.0.get(&room).is_some_and(|known| known.is_without_agents)
    }

    /// Forgets all rooms, when an agent has changed.
    pub(crate) fn forget_rooms(&self) {
        self.rooms.0.invalidate_all();
    }

    /// Returns a room as turns see it, read anew when `fresh`; `None` when it is gone.
    pub(crate) async fn room_view(&self, room: RoomId, fresh: bool) -> Result<Option<Arc<Room>>, Fault> {
        if let Some(known) = self.rooms.0.get(&room).filter(|_| !fresh) {
            return Ok(Some(known.room));
        }
        let summary = match self.reader.room(room).await {
            Ok(summary) => summary,
            Err(fault) if fault.kind == ErrorCode::NotFound => return Ok(None),
            Err(fault) => return Err(fault),
        };
        let ids: Vec<_> = summary.agents.iter().map(|agent| agent.agent_id).collect();
        let agents = if ids.is_empty() {
            Vec::new()
        } else {
            self.agents.enabled(&ids).await?
        };
        let known = Known {
            room: Arc::new(view(&summary, &agents)),
            is_without_agents: ids.is_empty(),
        };
        self.rooms.0.insert(room, known.clone());
        Ok(Some(known.room))
    }
}

fn view(room: &RoomSummary, agents: &[AgentDoc]) -> Room {
    let seat = |agent: &AgentDoc| Seat {
        agent: agent.id,
        always: agent.reply_policy == ReplyPolicy::Always,
        handle: agent.handle.clone(),
        talkativeness: agent.talkativeness,
        traits: Traits::of(&agent.name, &agent.handle, &agent.description),
    };
    Room {
        id: room.id,
        kind: room.kind,
        policy: room.agent_policy,
        people: room.members.len(),
        agents: agents.iter().map(seat).collect(),
        moderator: room.moderator_id,
        people_interrupt: room.people_interrupt,
    }
}
