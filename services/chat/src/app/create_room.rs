//! Opens a room. A direct room between the same two is the same room.

use contracts::Event;
use contracts::chat::{AgentPolicy, RoomEvent, RoomKind};
use kernel::{AgentId, RoomId, UserId};
use store::StoreError;

use crate::app::App;
use crate::domain::room::{Founding, Room};
use crate::error::ChatError;

/// A wish for a room.
pub(crate) struct RoomWish {
    pub kind: RoomKind,
    pub title: Option<String>,
    pub member_ids: Vec<UserId>,
    pub agent_ids: Vec<AgentId>,
    pub agent_policy: AgentPolicy,
}

/// A room that is open now.
pub(crate) struct Opened {
    pub id: RoomId,
    /// Whether it was opened by this wish.
    pub new: bool,
}

impl App {
    /// Opens a room for `by` with the people and agents of `wish`, or finds the direct room that the two have.
    pub(crate) async fn create_room(&self, by: UserId, wish: RoomWish) -> Result<Opened, ChatError> {
        let people = distinct(wish.member_ids, Some(by));
        let agents = self.admit_agents(by, &distinct(wish.agent_ids, None)).await?;
        let founding = Founding {
            id: self.ambient.id(),
            kind: wish.kind,
            title: wish.title,
            by,
            people: people.clone(),
            agents,
            agent_policy: wish.agent_policy,
            epoch: self.ambient.token::<6>(),
            at: self.ambient.now(),
        };
        let (room, change) = Room::found(founding)?;
        if let Some(key) = &room.direct_key {
            // A block hides the room from both as a way in; what stands in it they may still read.
            self.require_reachable(by, &people).await?;
            if let Some(id) = self.known_direct(key).await? {
                return Ok(Opened { id, new: false });
            }
        }
        self.admit(by, &people).await?;
        self.require_space(by).await?;
        let event = RoomEvent {
            room_id: room.id,
            version: room.version,
            by,
            change,
        };
        let events = vec![Event::new(&self.ambient, &event)?];
        match (self.repo.rooms.insert(&room, events).await, &room.direct_key) {
            (Ok(()), _) => Ok(Opened { id: room.id, new: true }),
            // The other one, or another device, was faster.
            (Err(StoreError::Unique { .. }), Some(key)) => {
                let id = self.known_direct(key).await?.ok_or(ChatError::RoomChanged)?;
                Ok(Opened { id, new: false })
            }
            (Err(e), _) => Err(e.into()),
        }
    }

    async fn known_direct(&self, key: &str) -> Result<Option<RoomId>, ChatError> {
        Ok(self.repo.direct_room(key).await?.map(|room| room.id))
    }
}

/// Returns `ids` each once, in order, without `but`.
fn distinct<T: Copy + Eq + std::hash::Hash>(ids: Vec<T>, but: Option<T>) -> Vec<T> {
    let mut seen: std::collections::HashSet<T> = but.into_iter().collect();
    ids.into_iter().filter(|id| seen.insert(*id)).collect()
}
