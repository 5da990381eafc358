//! Chat, faked: rooms and messages in memory, mentions by `@handle`, and a queue of what chat would publish.

use std::collections::HashMap;

use async_trait::async_trait;
use contracts::Event;
use contracts::chat::{
    AgentPolicy, Author, ChatReader, ChatWriter, Mention, Message, MessageEvent, Origin, RoomAgent, RoomChange,
    RoomEvent, RoomKind, RoomSummary, SendAgentMessage, SendMessage, Sent,
};
use kernel::{AgentId, Ambient, ErrorCode, Fault, MessageId, RoomId, UserId};
use parking_lot::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

#[derive(Default)]
struct Inside {
    rooms: HashMap<RoomId, RoomSummary>,
    messages: HashMap<RoomId, Vec<Message>>,
    /// The next sends of agents that fail, as when chat is away.
    failures: u32,
    /// The next sends of agents that are done, and whose answer is lost.
    lost_answers: u32,
    sends: u32,
    room_reads: u32,
}

pub struct FakeChat {
    ambient: Ambient,
    inside: Mutex<Inside>,
    events: UnboundedSender<Event>,
}

impl FakeChat {
    pub fn new(ambient: Ambient) -> (Self, UnboundedReceiver<Event>) {
        let (events, receiver) = unbounded_channel();
        (
            Self {
                ambient,
                inside: Mutex::default(),
                events,
            },
            receiver,
        )
    }

    pub fn room(&self, kind: RoomKind, policy: AgentPolicy, members: &[UserId], agents: &[(AgentId, &str)]) -> RoomId {
        let id: RoomId = self.ambient.id();
        let agent = |(agent_id, handle): &(AgentId, &str)| RoomAgent {
            agent_id: *agent_id,
            brought_by: members.first().copied(),
            handle: (*handle).into(),
            name: (*handle).into(),
        };
        let room = RoomSummary {
            id,
            kind,
            title: None,
            epoch: "1".into(),
            last_seq: 0,
            agent_policy: policy,
            moderator_id: None,
            people_interrupt: false,
            members: members.to_vec(),
            agents: agents.iter().map(agent).collect(),
        };
        self.inside.lock().rooms.insert(id, room);
        id
    }

    pub fn set_policy(&self, room: RoomId, agent_policy: AgentPolicy, by: UserId) {
        self.set_room(room, by, |room| room.agent_policy = agent_policy);
    }

    pub fn set_room(&self, id: RoomId, by: UserId, set: impl FnOnce(&mut RoomSummary)) {
        let room = {
            let mut inside = self.inside.lock();
            let room = inside.rooms.get_mut(&id).unwrap();
            set(room);
            room.clone()
        };
        let change = RoomChange::Updated {
            title: None,
            agent_policy: room.agent_policy,
            moderator_id: room.moderator_id,
            people_interrupt: room.people_interrupt,
        };
        self.publish_room(id, by, change);
    }

    pub fn detach(&self, room: RoomId, agent: AgentId, by: UserId) {
        self.inside
            .lock()
            .rooms
            .get_mut(&room)
            .unwrap()
            .agents
            .retain(|a| a.agent_id != agent);
        self.publish_room(room, by, RoomChange::AgentDetached { agent_id: agent });
    }

    pub fn remove_member(&self, room: RoomId, user: UserId) {
        self.inside
            .lock()
            .rooms
            .get_mut(&room)
            .unwrap()
            .members
            .retain(|m| *m != user);
    }

    /// Deletes a message, as chat does; returns the event, without publishing it.
    pub fn deleted(&self, room: RoomId, message: MessageId) -> Event {
        let changed = self.change(room, message, |message| {
            message.text.clear();
            message.deleted = true;
        });
        Event::new(&self.ambient, &MessageEvent::Deleted(changed)).unwrap()
    }

    pub fn edited(&self, room: RoomId, message: MessageId, text: &str) -> Event {
        let now = self.ambient.now();
        let changed = self.change(room, message, |message| {
            message.text = text.into();
            message.edited_at = Some(now);
        });
        Event::new(&self.ambient, &MessageEvent::Edited(changed)).unwrap()
    }

    fn change(&self, room: RoomId, message: MessageId, change: impl Fn(&mut Message)) -> Message {
        let mut inside = self.inside.lock();
        let mut all = inside.messages.get_mut(&room).unwrap().iter_mut();
        let found = all.find(|m| m.id == message).unwrap();
        change(found);
        found.version += 1;
        found.clone()
    }

    /// Ends a room, as chat does; returns the event.
    pub fn closed(&self, room: RoomId, by: UserId) -> Event {
        self.inside.lock().rooms.remove(&room);
        let change = RoomChange::Deleted { members: vec![by] };
        let event = RoomEvent {
            room_id: room,
            version: 9,
            by,
            change,
        };
        Event::new(&self.ambient, &event).unwrap()
    }

    /// Lets the answers to the next sends of agents be lost.
    pub fn lose_answers(&self, count: u32) {
        self.inside.lock().lost_answers = count;
    }

    pub fn fail_sends(&self, count: u32) {
        self.inside.lock().failures = count;
    }

    pub fn agent_sends(&self) -> u32 {
        self.inside.lock().sends
    }

    /// Returns how often a room was read as a whole.
    pub fn room_reads(&self) -> u32 {
        self.inside.lock().room_reads
    }

    pub fn history(&self, room: RoomId) -> Vec<Message> {
        self.inside.lock().messages.get(&room).cloned().unwrap_or_default()
    }

    /// A person speaks; returns the event that chat publishes, without publishing it.
    pub fn said(&self, room: RoomId, user: UserId, text: &str, reply_to: Option<MessageId>) -> (Message, Event) {
        let author = Author::User {
            id: user,
            name: "Ada".into(),
        };
        let id: MessageId = self.ambient.id();
        let message = self.add(room, id, author, Origin::Human, text, reply_to, id, 0, None);
        (
            message.clone(),
            Event::new(&self.ambient, &MessageEvent::Sent(message)).unwrap(),
        )
    }

    /// A person speaks, and it is published.
    pub fn say(&self, room: RoomId, user: UserId, text: &str) -> Message {
        let (message, event) = self.said(room, user, text, None);
        self.events.send(event).unwrap();
        message
    }

    pub fn reply(&self, room: RoomId, user: UserId, to: MessageId, text: &str) -> Message {
        let (message, event) = self.said(room, user, text, Some(to));
        self.events.send(event).unwrap();
        message
    }

    fn publish_room(&self, room_id: RoomId, by: UserId, change: RoomChange) {
        let event = RoomEvent {
            room_id,
            version: 2,
            by,
            change,
        };
        // Nobody may be listening just now.
        let _ = self.events.send(Event::new(&self.ambient, &event).unwrap());
    }

    #[expect(clippy::too_many_arguments, reason = "a message has many parts")]
    fn add(
        &self,
        room: RoomId,
        id: MessageId,
        author: Author,
        origin: Origin,
        text: &str,
        reply_to: Option<MessageId>,
        root_id: MessageId,
        hop: u32,
        ai: Option<contracts::chat::AiInfo>,
    ) -> Message {
        let mut inside = self.inside.lock();
        let summary = inside.rooms.get_mut(&room).unwrap();
        summary.last_seq += 1;
        let seq = summary.last_seq;
        let named = |agent: &&RoomAgent| text.contains(&format!("@{}", agent.handle));
        let mentions = summary
            .agents
            .iter()
            .filter(named)
            .map(|a| Mention::Agent { id: a.agent_id })
            .collect();
        let message = Message {
            id,
            room_id: room,
            seq,
            client_id: None,
            author,
            origin,
            text: text.into(),
            reply_to,
            mentions,
            attachment_ids: Vec::new(),
            reactions: Vec::new(),
            root_id,
            hop,
            created_at: self.ambient.now(),
            edited_at: None,
            deleted: false,
            version: 1,
            ai,
        };
        inside.messages.entry(room).or_default().push(message.clone());
        message
    }
}

fn away() -> Fault {
    Fault::new(ErrorCode::Unavailable, "chat.away", "Chat is away.")
}

fn none<T>() -> Result<T, Fault> {
    Err(Fault::not_found("chat.not_found"))
}

#[async_trait]
impl ChatReader for FakeChat {
    async fn room(&self, room: RoomId) -> Result<RoomSummary, Fault> {
        let mut inside = self.inside.lock();
        inside.room_reads += 1;
        inside.rooms.get(&room).cloned().map_or_else(none, Ok)
    }
    async fn is_member(&self, room: RoomId, user: UserId) -> Result<bool, Fault> {
        Ok(self
            .inside
            .lock()
            .rooms
            .get(&room)
            .is_some_and(|r| r.members.contains(&user)))
    }
    async fn head(&self, _: RoomId, _: UserId) -> Result<(String, u64), Fault> {
        none()
    }
    async fn read_seqs(&self, _: RoomId, users: &[UserId]) -> Result<Vec<u64>, Fault> {
        Ok(vec![0; users.len()])
    }
    async fn rooms_of(&self, _: UserId) -> Result<Vec<RoomId>, Fault> {
        Ok(Vec::new())
    }
    async fn messages(&self, room: RoomId, after: u64, upto: u64, limit: usize) -> Result<Vec<Message>, Fault> {
        let all = self.history(room);
        Ok(all
            .into_iter()
            .filter(|m| m.seq > after && m.seq <= upto)
            .take(limit)
            .collect())
    }
    async fn changed_since(&self, _: RoomId, _: u64, _: usize) -> Result<Vec<Message>, Fault> {
        Ok(Vec::new())
    }
    async fn message(&self, room: RoomId, message: MessageId) -> Result<Message, Fault> {
        self.history(room)
            .into_iter()
            .find(|m| m.id == message)
            .map_or_else(none, Ok)
    }
}

#[async_trait]
impl ChatWriter for FakeChat {
    async fn send(&self, _: UserId, _: SendMessage) -> Result<Sent, Fault> {
        none()
    }
    async fn send_as_agent(&self, message: SendAgentMessage) -> Result<Sent, Fault> {
        let before = self
            .history(message.room_id)
            .into_iter()
            .find(|m| m.id == message.message_id);
        {
            let mut inside = self.inside.lock();
            inside.sends += 1;
            if inside.failures > 0 {
                inside.failures -= 1;
                return Err(away());
            }
            let room = inside.rooms.get(&message.room_id);
            let sits_here = room.is_some_and(|r| r.agents.iter().any(|a| a.agent_id == message.agent_id));
            // What was sent stays sent, whoever has left since.
            if let Some(message) = before {
                return Ok(Sent { message, repeat: true });
            }
            if !sits_here {
                return none();
            }
        }
        let author = Author::Agent {
            id: message.agent_id,
            name: message.agent_name,
        };
        let SendAgentMessage {
            message_id,
            room_id,
            text,
            reply_to,
            root_id,
            hop,
            ai,
            ..
        } = message;
        let message = self.add(
            room_id,
            message_id,
            author,
            Origin::Agent,
            &text,
            Some(reply_to),
            root_id,
            hop,
            Some(ai),
        );
        let event = Event::new(&self.ambient, &MessageEvent::Sent(message.clone()))?;
        let _ = self.events.send(event);
        let mut inside = self.inside.lock();
        if inside.lost_answers > 0 {
            inside.lost_answers -= 1;
            return Err(away());
        }
        Ok(Sent { message, repeat: false })
    }
    async fn mark_read(&self, _: UserId, _: RoomId, _: u64) -> Result<(u64, u64), Fault> {
        none()
    }
}
