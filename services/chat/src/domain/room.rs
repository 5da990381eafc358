//! Owns a room as it is kept: its members, agents, pins and settings, and who may change which. Joining and leaving
//! have their own file, `seating`. Refuses to know the messages in it.

use contracts::chat::{AgentPolicy, Author, Role, RoomAgent, RoomChange, RoomKind};
use contracts::friendship::pair_key;
use kernel::{AgentId, MessageId, RoomId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::error::ChatError;

/// How many people a room holds.
pub(crate) const MEMBERS_MAX: usize = 1_000;
/// How many agents a room holds.
pub(crate) const AGENTS_MAX: usize = 16;
/// How many messages of a room may be pinned.
pub(crate) const PINS_MAX: usize = 50;
/// How many rooms a person may be in.
pub(crate) const ROOMS_PER_USER_MAX: usize = 500;

/// A person's place in a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Member {
    /// Who.
    pub user_id: UserId,
    /// What they may do.
    pub role: Role,
    /// Since when.
    pub joined_at: Timestamp,
    /// The room's highest seq then: what was said before is not unread to them.
    pub joined_seq: u64,
}

/// A room, as one document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Room {
    pub id: RoomId,
    pub kind: RoomKind,
    pub title: Option<String>,
    pub created_at: Timestamp,
    pub created_by: UserId,
    /// Changes when history was restored from a backup; a resume over another epoch is refused.
    pub epoch: String,
    /// Grows by one with each [`RoomChange`]; the `ETag`.
    pub version: u64,
    pub agent_policy: AgentPolicy,
    /// The agent that says who speaks, with the policy `moderator`; always one of the room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moderator_id: Option<AgentId>,
    /// Whether a person's message stops a reply that no person asked for.
    #[serde(default)]
    pub people_interrupt: bool,
    /// People, in the order in which they joined.
    pub members: Vec<Member>,
    /// The members' ids, in the same order, for the index of a person's rooms.
    pub(super) member_ids: Vec<UserId>,
    /// Agents with handle and name as they were when attached.
    pub agents: Vec<RoomAgent>,
    pub pinned: Vec<MessageId>,
    /// Names the two of a direct room, so that the same two have one room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direct_key: Option<String>,
}

/// What a room is made of.
pub(crate) struct Founding {
    pub id: RoomId,
    pub kind: RoomKind,
    pub title: Option<String>,
    pub by: UserId,
    /// The others.
    pub people: Vec<UserId>,
    pub agents: Vec<RoomAgent>,
    pub agent_policy: AgentPolicy,
    pub epoch: String,
    pub at: Timestamp,
}

/// Changes to a room's settings; what is absent stays.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    pub title: Option<String>,
    pub agent_policy: Option<AgentPolicy>,
    /// `Some(None)`: nobody in particular.
    pub moderator_id: Option<Option<AgentId>>,
    pub people_interrupt: Option<bool>,
}

impl Room {
    /// Founds a room. In a group and with an agent the founder is the owner; between two people nobody is.
    pub(crate) fn found(new: Founding) -> Result<(Self, RoomChange), ChatError> {
        let direct_key = match new.kind {
            RoomKind::Direct => Some(direct_key(new.by, &new.people, new.agents.iter().map(|a| a.agent_id))?),
            RoomKind::Group => None,
        };
        if direct_key.is_some() && new.title.is_some() {
            return Err(ChatError::invalid("title", "is for groups"));
        }
        let founder = if direct_key.is_some() && !new.people.is_empty() {
            Role::Member
        } else {
            Role::Owner
        };
        let mut room = Self {
            id: new.id,
            kind: new.kind,
            title: new.title,
            created_at: new.at,
            created_by: new.by,
            epoch: new.epoch,
            version: 1,
            agent_policy: new.agent_policy,
            moderator_id: None,
            people_interrupt: false,
            members: Vec::with_capacity(new.people.len() + 1),
            member_ids: Vec::with_capacity(new.people.len() + 1),
            agents: new.agents,
            pinned: Vec::new(),
            direct_key,
        };
        let seat = |user_id, role| Member {
            user_id,
            role,
            joined_at: new.at,
            joined_seq: 0,
        };
        room.push_member(seat(new.by, founder));
        for person in new.people {
            room.push_member(seat(person, Role::Member));
        }
        within("members of a room", room.members.len(), MEMBERS_MAX)?;
        within("agents in a room", room.agents.len(), AGENTS_MAX)?;
        let agents = room.agents.iter().map(|a| a.agent_id).collect();
        let created = RoomChange::Created {
            members: room.member_ids.clone(),
            agents,
        };
        Ok((room, created))
    }

    /// Returns a member's place.
    pub(crate) fn member(&self, user: UserId) -> Option<&Member> {
        self.members.iter().find(|m| m.user_id == user)
    }

    /// Returns the members' ids, in the order in which they joined.
    pub(crate) fn member_ids(&self) -> &[UserId] {
        &self.member_ids
    }

    /// Returns the other person of a direct room between two people: `Ok(None)` when there is none by design,
    /// `NobodyLeft` when the account is gone.
    pub(crate) fn peer_of(&self, user: UserId) -> Result<Option<UserId>, ChatError> {
        if self.kind == RoomKind::Group || !self.agents.is_empty() {
            return Ok(None);
        }
        let peer = self.member_ids.iter().copied().find(|m| *m != user);
        peer.map(Some).ok_or(ChatError::NobodyLeft)
    }

    /// Fails with `NotFound` for who is no member, since they may not see the room, and with `Forbidden` below `role`.
    pub(crate) fn require(&self, user: UserId, role: Role) -> Result<(), ChatError> {
        let mine = self.member(user).ok_or(ChatError::NotFound)?.role;
        if mine >= role {
            Ok(())
        } else {
            Err(ChatError::Forbidden)
        }
    }

    pub(super) fn group_only(&self) -> Result<(), ChatError> {
        if self.kind == RoomKind::Group {
            Ok(())
        } else {
            Err(ChatError::DirectRoom)
        }
    }

    pub(super) fn push_member(&mut self, member: Member) {
        self.member_ids.push(member.user_id);
        self.members.push(member);
    }

    /// Renames the room or lets its agents speak differently; by owner or admin. A moderator must be an agent of the room.
    pub(crate) fn change(&mut self, by: UserId, settings: &Settings) -> Result<Vec<RoomChange>, ChatError> {
        self.require(by, Role::Admin)?;
        if settings.title.is_some() {
            self.group_only()?;
        }
        let before = self.clone();
        self.title = settings.title.clone().or_else(|| self.title.take());
        self.agent_policy = settings.agent_policy.unwrap_or(self.agent_policy);
        self.moderator_id = settings.moderator_id.unwrap_or(self.moderator_id);
        self.people_interrupt = settings.people_interrupt.unwrap_or(self.people_interrupt);
        if self.moderator_id.is_some_and(|moderator| !self.has_agent(moderator)) {
            return Err(ChatError::invalid("moderatorId", "is no agent of this room"));
        }
        Ok(if *self == before {
            Vec::new()
        } else {
            vec![self.updated()]
        })
    }

    fn updated(&self) -> RoomChange {
        RoomChange::Updated {
            title: self.title.clone(),
            agent_policy: self.agent_policy,
            moderator_id: self.moderator_id,
            people_interrupt: self.people_interrupt,
        }
    }

    /// Ends the room; by its owner.
    pub(crate) fn close(&self, by: UserId) -> Result<Vec<RoomChange>, ChatError> {
        self.require(by, Role::Owner)?;
        Ok(vec![RoomChange::Deleted {
            members: self.member_ids.clone(),
        }])
    }

    /// Brings an agent in; by owner or admin of a group.
    pub(crate) fn attach(&mut self, by: UserId, agent: RoomAgent) -> Result<Vec<RoomChange>, ChatError> {
        self.require(by, Role::Admin)?;
        self.group_only()?;
        if self.has_agent(agent.agent_id) {
            return Ok(Vec::new());
        }
        within("agents in a room", self.agents.len() + 1, AGENTS_MAX)?;
        let agent_id = agent.agent_id;
        self.agents.push(agent);
        Ok(vec![RoomChange::AgentAttached { agent_id }])
    }

    /// Sends an agent away; by owner or admin of a group.
    pub(crate) fn detach(&mut self, by: UserId, agent: AgentId) -> Result<Vec<RoomChange>, ChatError> {
        self.require(by, Role::Admin)?;
        self.group_only()?;
        if !self.has_agent(agent) {
            return Err(ChatError::AgentNotFound);
        }
        self.agents.retain(|a| a.agent_id != agent);
        let mut changes = vec![RoomChange::AgentDetached { agent_id: agent }];
        if self.moderator_id == Some(agent) {
            self.moderator_id = None;
            changes.push(self.updated());
        }
        Ok(changes)
    }

    /// Tells whether an agent is in the room.
    pub(crate) fn has_agent(&self, agent: AgentId) -> bool {
        self.agents.iter().any(|a| a.agent_id == agent)
    }

    /// Fails unless a person may pin: owner and admins, in a direct room both.
    pub(crate) fn require_pinning(&self, user: UserId) -> Result<(), ChatError> {
        self.require(
            user,
            if self.kind == RoomKind::Direct {
                Role::Member
            } else {
                Role::Admin
            },
        )
    }

    /// Pins a message.
    pub(crate) fn pin(&mut self, by: UserId, message: MessageId) -> Result<Vec<RoomChange>, ChatError> {
        self.require_pinning(by)?;
        if self.pinned.contains(&message) {
            return Ok(Vec::new());
        }
        within("pinned messages", self.pinned.len() + 1, PINS_MAX)?;
        self.pinned.push(message);
        Ok(vec![RoomChange::MessagePinned { message_id: message }])
    }

    /// Takes a pin away; `forced` when its message was deleted.
    pub(crate) fn unpin(&mut self, by: UserId, message: MessageId, forced: bool) -> Result<Vec<RoomChange>, ChatError> {
        if !forced {
            self.require_pinning(by)?;
        }
        if !self.pinned.contains(&message) {
            return Ok(Vec::new());
        }
        self.pinned.retain(|m| *m != message);
        Ok(vec![RoomChange::MessageUnpinned { message_id: message }])
    }

    /// Fails unless a person may delete what `author` wrote: their own, as admin or owner anybody's, in a direct room
    /// an agent's.
    pub(crate) fn require_deleting(&self, user: UserId, author: &Author) -> Result<(), ChatError> {
        let direct_agent = self.kind == RoomKind::Direct && author.agent().is_some();
        let own = author.user() == Some(user) || direct_agent;
        self.require(user, if own { Role::Member } else { Role::Admin })
    }
}

/// Names the two of a direct room: one other person, or nobody else and one agent.
fn direct_key(by: UserId, people: &[UserId], agents: impl Iterator<Item = AgentId>) -> Result<String, ChatError> {
    let agents: Vec<AgentId> = agents.collect();
    match (people, agents.as_slice()) {
        ([person], []) => Ok(pair_key(by, *person)),
        ([], [agent]) => Ok(format!("{by}:{agent}")),
        _ => Err(ChatError::invalid(
            "memberIds",
            "a direct room is with one other person, or with one agent and nobody else",
        )),
    }
}

/// Fails with `LimitReached` when there would be more than `max`.
pub(super) fn within(what: &'static str, count: usize, max: usize) -> Result<(), ChatError> {
    if count > max {
        Err(ChatError::LimitReached { what, max })
    } else {
        Ok(())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use kernel::Ambient;

    use super::*;

    pub(crate) fn founded(kind: RoomKind, by: UserId, people: &[UserId], agents: usize) -> Result<Room, ChatError> {
        let ambient = Ambient::system();
        let agent = |_| RoomAgent {
            agent_id: ambient.id(),
            handle: "sage".into(),
            name: "Sage".into(),
            brought_by: None,
        };
        let new = Founding {
            id: ambient.id(),
            kind,
            title: None,
            by,
            people: people.to_vec(),
            agents: (0..agents).map(agent).collect(),
            agent_policy: AgentPolicy::Mention,
            epoch: "e".into(),
            at: ambient.now(),
        };
        Room::found(new).map(|(room, _)| room)
    }

    fn person() -> UserId {
        Ambient::system().id()
    }

    #[test]
    fn a_direct_room_has_one_name_from_both_sides_and_exactly_two_ends() {
        let (ada, bob) = (person(), person());
        let there = founded(RoomKind::Direct, ada, &[bob], 0).unwrap();
        let back = founded(RoomKind::Direct, bob, &[ada], 0).unwrap();
        assert_eq!(there.direct_key, back.direct_key);
        assert_eq!(there.peer_of(ada).unwrap(), Some(bob));
        for (people, agents) in [(vec![], 0), (vec![bob], 1), (vec![], 2), (vec![bob, person()], 0)] {
            assert!(founded(RoomKind::Direct, ada, &people, agents).is_err());
        }
    }

    #[test]
    fn between_two_people_nobody_owns_the_room_and_both_may_pin() {
        let (ada, bob) = (person(), person());
        let mut room = founded(RoomKind::Direct, ada, &[bob], 0).unwrap();
        let off = Settings {
            agent_policy: Some(AgentPolicy::Off),
            ..Settings::default()
        };
        assert!(room.close(ada).is_err() && room.change(ada, &off).is_err());
        let message = Ambient::system().id();
        assert_eq!(room.pin(bob, message).unwrap().len(), 1);
        assert!(
            room.pin(ada, message).unwrap().is_empty(),
            "a second pin changes nothing"
        );
        assert!(matches!(room.pin(person(), message), Err(ChatError::NotFound)));
    }

    #[test]
    fn an_agents_message_is_deleted_by_admins_or_by_its_direct_partner() {
        let (ada, bob) = (person(), person());
        let agent = Author::Agent {
            id: Ambient::system().id(),
            name: "Sage".into(),
        };
        let group = founded(RoomKind::Group, ada, &[bob], 1).unwrap();
        assert!(group.require_deleting(ada, &agent).is_ok() && group.require_deleting(bob, &agent).is_err());
        let direct = founded(RoomKind::Direct, bob, &[], 1).unwrap();
        assert!(direct.require_deleting(bob, &agent).is_ok());
        assert!(matches!(direct.require_deleting(ada, &agent), Err(ChatError::NotFound)));
    }
}
