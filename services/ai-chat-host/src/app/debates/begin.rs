//! Owns the beginning of a debate: who may, with which agents, and the secret draw of who stands on which side.

use std::collections::HashSet;
use std::time::Duration;

use contracts::chat::{AgentPolicy, RoomSummary};
use kernel::{AgentId, ErrorCode, Fault, RoomId, UserId};

use crate::app::App;
use crate::domain::agent::AgentDoc;
use crate::domain::debate::{Beginning, DebateDoc, Refused, shuffled};
use crate::error::Error;

/// The time in which a person may begin a limited number of debates.
const HOUR: Duration = Duration::from_secs(3_600);

/// What a person wants debated.
pub(crate) struct Wish {
    pub(crate) room_id: RoomId,
    pub(crate) motion: String,
    pub(crate) agents: Vec<AgentId>,
    pub(crate) rounds: u32,
}

impl App {
    /// Begins a debate with the voting before it.
    pub(crate) async fn begin_debate(&self, user: UserId, wish: Wish) -> Result<DebateDoc, Error> {
        let room = self.room_of(user, wish.room_id).await?.ok_or(Refused::NoRoom)?;
        if room.agent_policy == AgentPolicy::Off {
            return Err(Refused::AgentsOff.into());
        }
        let agents = self.debaters(user, &room, &wish.agents).await?;
        let (now, limits) = (self.ambient.now(), &self.config.debates);
        let cap = u64::from(limits.per_owner_hour_max);
        if self.debates.docs.begun_by(user, now - HOUR, cap).await? >= cap {
            return Err(Refused::TooMany.into());
        }
        let mut badge = None;
        for agent in &agents {
            badge = match badge {
                None => self.gateway.badge(&agent.model).await?,
                badge => badge,
            };
        }
        // Whoever begins it must not know the sides either: the draw is of dice, not of the id.
        let drawn = shuffled(&agents, u128::from_le_bytes(self.ambient.bytes::<16>()));
        let beginning = Beginning {
            id: self.ambient.id(),
            room_id: room.id,
            owner_id: user,
            motion: wish.motion,
            rounds: wish.rounds,
            agents: drawn,
            badge,
        };
        let debate = DebateDoc::new(beginning, now, limits.voting_before());
        self.debates.docs.add(&debate).await?;
        self.tell_debate(&debate).await;
        Ok(debate)
    }

    /// Returns a room for one of its members.
    pub(super) async fn room_of(&self, user: UserId, room: RoomId) -> Result<Option<RoomSummary>, Fault> {
        match self.reader.room(room).await {
            Ok(room) => Ok(Some(room).filter(|room| room.members.contains(&user))),
            Err(fault) if fault.kind == ErrorCode::NotFound => Ok(None),
            Err(fault) => Err(fault),
        }
    }

    /// Returns the agents that are to debate: each sits in the room and is the person's to use.
    async fn debaters(&self, user: UserId, room: &RoomSummary, ids: &[AgentId]) -> Result<Vec<AgentDoc>, Error> {
        let agents = self.agents.enabled(ids).await?;
        let sits_here = |agent: &AgentDoc| room.agents.iter().any(|seat| seat.agent_id == agent.id);
        if agents.len() != ids.len() || !agents.iter().all(sits_here) {
            return Err(Refused::NoAgent.into());
        }
        for agent in &agents {
            if !self.may_use(user, agent).await? {
                return Err(Refused::NoAgent.into());
            }
            if agent.card.as_ref().is_some_and(|card| card.message_price.is_some()) && agent.owner_id != Some(user) {
                return Err(Refused::Priced.into());
            }
        }
        // The board knows them as one.
        let contenders: HashSet<AgentId> = agents.iter().map(AgentDoc::contender).collect();
        if contenders.len() < agents.len() {
            return Err(Refused::SameCard.into());
        }
        Ok(agents)
    }
}
