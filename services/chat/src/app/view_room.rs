//! Looks at a room as a member: from memory when it is there, else from the store with everybody's present names.

use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;

use contracts::chat::RoomAgent;
use kernel::{AgentId, RoomId, UserId};

use crate::app::App;
use crate::domain::room::Room;
use crate::error::ChatError;
use crate::room_cache::{Person, RoomView};

/// Most ids in one question to another service.
const ASK_MAX: usize = 1_000;
/// How often something is decided anew because the room changed under it.
const ATTEMPTS_MAX: usize = 8;

/// Does `attempt`, and does it again, with the room as it is then, while it fails with `RoomChanged`.
pub(crate) async fn as_the_room_is<T, Fut>(mut attempt: impl FnMut() -> Fut) -> Result<T, ChatError>
where
    Fut: Future<Output = Result<T, ChatError>>,
{
    for _ in 0..ATTEMPTS_MAX {
        match attempt().await {
            Err(ChatError::RoomChanged) => {}
            done => return done,
        }
    }
    Err(ChatError::RoomChanged)
}

impl App {
    /// Returns a room, or `NotFound`.
    pub(crate) async fn view(&self, room: RoomId) -> Result<Arc<RoomView>, ChatError> {
        let found = self.rooms.get_or_load(room, || self.load(room)).await?;
        found.ok_or(ChatError::NotFound)
    }

    /// Returns a room that `user` is a member of, or `NotFound`.
    pub(crate) async fn view_for(&self, user: UserId, room: RoomId) -> Result<Arc<RoomView>, ChatError> {
        let view = self.view(room).await?;
        if view.role_of(user).is_some() {
            Ok(view)
        } else {
            Err(ChatError::NotFound)
        }
    }

    async fn load(&self, id: RoomId) -> Result<Option<RoomView>, ChatError> {
        let Some(mut room) = self.repo.rooms.get(id).await? else {
            return Ok(None);
        };
        let people = self.people(room.member_ids()).await?;
        let agents = self
            .agents_now(room.agents.iter().map(|a| a.agent_id).collect())
            .await?;
        rename_agents(&mut room, &agents);
        Ok(Some(RoomView::new(room, people)))
    }

    /// Returns how people are called now.
    pub(crate) async fn people(&self, ids: &[UserId]) -> Result<HashMap<UserId, Person>, ChatError> {
        let mut people = HashMap::with_capacity(ids.len());
        for some in ids.chunks(ASK_MAX) {
            for profile in self.users.profiles(some).await? {
                people.insert(
                    profile.id,
                    Person {
                        handle: profile.handle,
                        name: profile.display_name,
                    },
                );
            }
        }
        Ok(people)
    }

    /// Returns how agents are called now; one that is disabled is left out.
    pub(crate) async fn agents_now(&self, mut ids: Vec<AgentId>) -> Result<HashMap<AgentId, RoomAgent>, ChatError> {
        ids.sort_unstable();
        ids.dedup();
        let mut agents = HashMap::with_capacity(ids.len());
        for some in ids.chunks(ASK_MAX) {
            for agent in self.agents.agents(some).await? {
                agents.insert(
                    agent.id,
                    RoomAgent {
                        agent_id: agent.id,
                        handle: agent.handle,
                        name: agent.name,
                        brought_by: None,
                    },
                );
            }
        }
        Ok(agents)
    }
}

/// Puts present names in the place of those from when the agents were attached.
pub(crate) fn rename_agents(room: &mut Room, now: &HashMap<AgentId, RoomAgent>) {
    for agent in &mut room.agents {
        if let Some(named) = now.get(&agent.agent_id) {
            agent.handle.clone_from(&named.handle);
            agent.name.clone_from(&named.name);
        }
    }
}
