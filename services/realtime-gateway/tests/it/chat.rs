//! Owns a chat service in memory that a test holds in its hand: it commits, and tells the bus only when asked to.

use std::collections::{BTreeMap, HashSet};

use async_trait::async_trait;
use contracts::chat::{
    AgentPolicy, Author, ChatReader, ChatWriter, Message, Origin, RoomKind, RoomSummary, SendAgentMessage, SendMessage,
    Sent,
};
use kernel::{Ambient, Fault, MessageId, RoomId, UserId};
use parking_lot::Mutex;
use tokio::sync::watch;

pub(crate) struct Room {
    pub(crate) epoch: String,
    pub(crate) members: HashSet<UserId>,
    pub(crate) messages: Vec<Message>,
    /// Message and the head at which it was changed.
    pub(crate) changes: Vec<(MessageId, u64)>,
}

pub(crate) struct FakeChat {
    ambient: Ambient,
    pub(crate) rooms: Mutex<BTreeMap<RoomId, Room>>,
    /// What `send` has committed, for a test to tell the bus.
    pub(crate) sent: Mutex<Vec<Message>>,
    pub(crate) away: Mutex<bool>,
    pub(crate) reads: Mutex<u64>,
    /// Reads, by name, that wait until they are let go; each that waits is a receiver.
    pub(crate) held: watch::Sender<Vec<&'static str>>,
}

impl FakeChat {
    pub(crate) fn new(ambient: Ambient) -> Self {
        Self {
            ambient,
            rooms: Mutex::default(),
            sent: Mutex::default(),
            away: Mutex::default(),
            reads: Mutex::default(),
            held: watch::Sender::default(),
        }
    }

    pub(crate) fn room(&self, members: &[UserId]) -> RoomId {
        let id = self.ambient.id();
        let members = members.iter().copied().collect();
        let room = Room {
            epoch: "e1".into(),
            members,
            messages: Vec::new(),
            changes: Vec::new(),
        };
        self.rooms.lock().insert(id, room);
        id
    }

    pub(crate) fn with<T>(&self, room: RoomId, f: impl FnOnce(&mut Room) -> T) -> T {
        f(self.rooms.lock().get_mut(&room).unwrap())
    }

    pub(crate) fn commit(&self, room: RoomId, user: UserId, text: &str) -> Message {
        let id: MessageId = self.ambient.id();
        let now = self.ambient.now();
        self.with(room, |r| {
            let message = Message {
                id,
                room_id: room,
                seq: r.messages.len() as u64 + 1,
                client_id: Some(text.into()),
                author: Author::User {
                    id: user,
                    name: "somebody".into(),
                },
                origin: Origin::Human,
                text: text.into(),
                reply_to: None,
                mentions: vec![],
                attachment_ids: vec![],
                reactions: vec![],
                root_id: id,
                hop: 0,
                created_at: now,
                edited_at: None,
                deleted: false,
                version: 1,
                ai: None,
            };
            r.messages.push(message.clone());
            message
        })
    }

    pub(crate) fn edit(&self, room: RoomId, seq: u64, text: &str) -> Message {
        let now = self.ambient.now();
        self.with(room, |r| {
            let head = r.messages.len() as u64;
            let message = &mut r.messages[seq as usize - 1];
            (message.text, message.edited_at) = (text.into(), Some(now));
            message.version += 1;
            r.changes.push((message.id, head));
            message.clone()
        })
    }

    async fn pass(&self, read: &'static str) {
        let _ = self.held.subscribe().wait_for(|held| !held.contains(&read)).await;
    }

    fn check(&self) -> Result<(), Fault> {
        *self.reads.lock() += 1;
        if *self.away.lock() {
            return Err(Fault::unavailable(
                "store.unavailable",
                "away",
                std::time::Duration::from_millis(10),
            ));
        }
        Ok(())
    }
}

fn not_found() -> Fault {
    Fault::not_found("chat.not_found")
}

#[async_trait]
impl ChatReader for FakeChat {
    async fn room(&self, room: RoomId) -> Result<RoomSummary, Fault> {
        self.check()?;
        let rooms = self.rooms.lock();
        let r = rooms.get(&room).ok_or_else(not_found)?;
        Ok(RoomSummary {
            id: room,
            kind: RoomKind::Group,
            title: None,
            epoch: r.epoch.clone(),
            last_seq: r.messages.len() as u64,
            agent_policy: AgentPolicy::Off,
            moderator_id: None,
            people_interrupt: false,
            members: r.members.iter().copied().collect(),
            agents: vec![],
        })
    }
    async fn is_member(&self, room: RoomId, user: UserId) -> Result<bool, Fault> {
        self.pass("is_member").await;
        self.check()?;
        Ok(self.rooms.lock().get(&room).is_some_and(|r| r.members.contains(&user)))
    }
    async fn head(&self, room: RoomId, user: UserId) -> Result<(String, u64), Fault> {
        self.check()?;
        let rooms = self.rooms.lock();
        let r = rooms
            .get(&room)
            .filter(|r| r.members.contains(&user))
            .ok_or_else(not_found)?;
        Ok((r.epoch.clone(), r.messages.len() as u64))
    }
    async fn read_seqs(&self, _: RoomId, users: &[UserId]) -> Result<Vec<u64>, Fault> {
        Ok(vec![0; users.len()])
    }
    async fn rooms_of(&self, user: UserId) -> Result<Vec<RoomId>, Fault> {
        self.pass("rooms_of").await;
        self.check()?;
        Ok(self
            .rooms
            .lock()
            .iter()
            .filter(|(_, r)| r.members.contains(&user))
            .map(|(id, _)| *id)
            .collect())
    }
    async fn messages(&self, room: RoomId, after: u64, upto: u64, limit: usize) -> Result<Vec<Message>, Fault> {
        self.check()?;
        let range = |m: &&Message| m.seq > after && m.seq <= upto;
        Ok(self.with(room, |r| r.messages.iter().filter(range).take(limit).cloned().collect()))
    }
    async fn changed_since(&self, room: RoomId, upto: u64, limit: usize) -> Result<Vec<Message>, Fault> {
        self.check()?;
        let changed = |r: &mut Room| {
            let ids: HashSet<_> = r
                .changes
                .iter()
                .filter(|(_, head)| *head >= upto)
                .map(|(id, _)| *id)
                .collect();
            r.messages
                .iter()
                .filter(|m| m.seq <= upto && ids.contains(&m.id))
                .take(limit)
                .cloned()
                .collect()
        };
        Ok(self.with(room, changed))
    }
    async fn message(&self, room: RoomId, message: MessageId) -> Result<Message, Fault> {
        self.with(room, |r| r.messages.iter().find(|m| m.id == message).cloned())
            .ok_or_else(not_found)
    }
}

#[async_trait]
impl ChatWriter for FakeChat {
    async fn send(&self, user: UserId, message: SendMessage) -> Result<Sent, Fault> {
        let room = message.room_id;
        if !self.is_member(room, user).await? {
            return Err(not_found());
        }
        let known = |m: &&Message| m.client_id.as_ref() == Some(&message.client_id) && m.author.user() == Some(user);
        if let Some(first) = self.with(room, |r| r.messages.iter().find(known).cloned()) {
            return Ok(Sent {
                message: first,
                repeat: true,
            });
        }
        let stored = self.commit(room, user, &message.client_id);
        self.sent.lock().push(stored.clone());
        Ok(Sent {
            message: stored,
            repeat: false,
        })
    }
    async fn send_as_agent(&self, _: SendAgentMessage) -> Result<Sent, Fault> {
        Err(not_found())
    }
    async fn mark_read(&self, user: UserId, room: RoomId, seq: u64) -> Result<(u64, u64), Fault> {
        let (_, head) = self.head(room, user).await?;
        Ok((seq.min(head), head - seq.min(head)))
    }
}
