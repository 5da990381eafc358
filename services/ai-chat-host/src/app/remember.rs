//! Owns what agents keep in mind of a room: writes it after a reply, shows it to members, erases it for them. Refuses to
//! keep anything of a room, an agent or a person that is gone.

use kernel::{AgentId, ErrorCode, Fault, MessageId, RoomId, UserId};

use crate::app::App;
use crate::domain::memory::Fact;
use crate::domain::run::RunDoc;
use crate::error::Error;

impl App {
    /// Keeps what a run has noted; doing it again changes nothing. Looks once more afterwards: what was erased meanwhile is
    /// erased again.
    pub(crate) async fn remember(&self, run: &RunDoc) -> Result<(), Fault> {
        if run.noted.facts.is_empty() || self.config.memory_facts_max == 0 {
            return Ok(());
        }
        let from = Fact {
            text: String::new(),
            run_id: run.id,
            trigger_id: run.trigger_id,
            message_id: run.message_id,
            read: run.noted.read,
            at: self.ambient.now(),
        };
        let of = (run.agent_id, run.room_id);
        let facts_max = self.config.memory_facts_max;
        self.notes.remember(of, &run.noted, &from, facts_max).await?;
        let erased = !self.notes.gone_of(&run.noted.people).await?.is_empty();
        if erased || !self.sits_in(run.agent_id, run.room_id).await? {
            self.notes.remove_memory(run.agent_id, run.room_id).await?;
            return Ok(());
        }
        let answer = Some(run.message_id).filter(|_| !run.text.is_empty());
        for message in [Some(run.trigger_id), answer].into_iter().flatten() {
            if self.is_taken_back(run, message).await? {
                self.notes.unlearn(run.room_id, message, None).await?;
            }
        }
        Ok(())
    }

    /// Returns what an agent remembers of a room, oldest first, to a member.
    pub(crate) async fn memory(&self, user: UserId, agent: AgentId, room: RoomId) -> Result<Vec<Fact>, Error> {
        self.may_see_memory(user, agent, room).await?;
        Ok(self.notes.facts(agent, room).await?)
    }

    /// Erases it, for a member.
    pub(crate) async fn erase_memory(&self, user: UserId, agent: AgentId, room: RoomId) -> Result<(), Error> {
        self.may_see_memory(user, agent, room).await?;
        Ok(self.notes.remove_memory(agent, room).await?)
    }

    async fn may_see_memory(&self, user: UserId, agent: AgentId, room: RoomId) -> Result<(), Error> {
        if self.reader.is_member(room, user).await? && self.sits_in(agent, room).await? {
            Ok(())
        } else {
            Err(Error::NoMemory)
        }
    }

    /// Tells whether an agent is in a room now.
    pub(crate) async fn sits_in(&self, agent: AgentId, room: RoomId) -> Result<bool, Fault> {
        match self.reader.room(room).await {
            Ok(room) => Ok(room.agents.iter().any(|seat| seat.agent_id == agent)),
            Err(fault) if fault.kind == ErrorCode::NotFound => Ok(false),
            Err(fault) => Err(fault),
        }
    }

    /// Tells whether a message is gone, or was edited after a run had read it as its trigger.
    async fn is_taken_back(&self, run: &RunDoc, message: MessageId) -> Result<bool, Fault> {
        let read = run.noted.read.filter(|_| message == run.trigger_id);
        match self.reader.message(run.room_id, message).await {
            Ok(now) => Ok(now.deleted || read.is_some_and(|read| read.trigger_edited_at != now.edited_at)),
            Err(fault) if fault.kind == ErrorCode::NotFound => Ok(true),
            Err(fault) => Err(fault),
        }
    }
}
