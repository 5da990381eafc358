//! What chat tells the others: rooms, messages, receipts; and how they write and read them.

use async_trait::async_trait;
use kernel::{AgentId, AssetId, Cost, Fault, MessageId, RoomId, RunId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::event::{EventBody, Topic, topic};

/// Direct rooms have two members at most and never change them; groups do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoomKind {
    /// Between two people, or a person and an agent.
    Direct,
    /// Anything else.
    Group,
}

/// What a member may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Talks.
    Member,
    /// Also manages members, agents, pins and others' messages.
    Admin,
    /// Also deletes the room and appoints admins.
    Owner,
}

/// When agents of a room speak without being mentioned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum AgentPolicy {
    /// Only when mentioned or replied to.
    #[default]
    Mention,
    /// One agent after the other answers each human message.
    RoundRobin,
    /// All agents answer each human message.
    Everyone,
    /// Those answer whom the message concerns, who like to talk and have not just spoken.
    Weighted,
    /// One agent of the room says who answers each human message.
    Moderator,
    /// Never, not even when mentioned.
    Off,
}

/// Who wrote a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Author {
    /// A person.
    User {
        /// Who.
        id: UserId,
        /// Display name when written.
        name: String,
    },
    /// An agent.
    Agent {
        /// Which.
        id: AgentId,
        /// Name when written.
        name: String,
    },
    /// The room itself.
    System {
        /// The room's id.
        id: RoomId,
        /// Always `system`.
        name: String,
    },
}

impl Author {
    /// Returns the author's id as text, unique over people and agents.
    pub fn id(&self) -> String {
        match self {
            Self::User { id, .. } => id.to_string(),
            Self::Agent { id, .. } => id.to_string(),
            Self::System { id, .. } => id.to_string(),
        }
    }
    /// Returns the person, when it is one.
    pub fn user(&self) -> Option<UserId> {
        if let Self::User { id, .. } = self {
            Some(*id)
        } else {
            None
        }
    }
    /// Returns the agent, when it is one.
    pub fn agent(&self) -> Option<AgentId> {
        if let Self::Agent { id, .. } = self {
            Some(*id)
        } else {
            None
        }
    }
    /// Returns the name when written.
    pub fn name(&self) -> &str {
        match self {
            Self::User { name, .. } | Self::Agent { name, .. } | Self::System { name, .. } => name,
        }
    }
}

/// Where a message comes from. Set by the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// A person.
    Human,
    /// An agent.
    Agent,
    /// The product.
    System,
}

/// Someone named in a message with `@handle`, resolved by the server among the room's members and agents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Mention {
    /// A person.
    User {
        /// Who.
        id: UserId,
    },
    /// An agent.
    Agent {
        /// Which.
        id: AgentId,
    },
}

/// A reaction with its count. In events `userIds` holds the first 20; in answers to one reader `mine` is set instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MessageReaction)]
pub struct Reaction {
    /// The emoji.
    pub emoji: String,
    /// How many people.
    pub count: u32,
    /// Whether the reader is one of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mine: Option<bool>,
    /// The first 20 people, in events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_ids: Option<Vec<UserId>>,
}

/// How an agent's message came about and how it ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AiInfo {
    /// The run that wrote it.
    pub run_id: RunId,
    /// The model's name.
    pub model: String,
    /// How it ended.
    pub state: AiState,
    /// Tokens read.
    pub prompt_tokens: u32,
    /// Tokens written.
    pub completion_tokens: u32,
    /// What it cost, all attempts together; an estimate where the provider did not count; null where the model has no price.
    #[serde(default)]
    #[schema(required = true)]
    pub cost: Option<Cost>,
    /// Whether it is a scripted demo reply and no AI model.
    pub demo: bool,
}

/// How an agent's message ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AiState {
    /// In full.
    Complete,
    /// The host died or lost its floor; the text is what there was.
    Interrupted,
    /// A person stopped it.
    Cancelled,
    /// The provider failed.
    Failed,
}

/// A message as everybody in the room sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// Id.
    pub id: MessageId,
    /// Room.
    pub room_id: RoomId,
    /// Place in the room, from 1, without gaps.
    pub seq: u64,
    /// What the sender called it.
    #[schema(required = true)]
    pub client_id: Option<String>,
    /// Who.
    pub author: Author,
    /// Where from.
    pub origin: Origin,
    /// Text, at most 8,000 characters (agents: 32,000); empty when deleted.
    pub text: String,
    /// The message it answers.
    #[schema(required = true)]
    pub reply_to: Option<MessageId>,
    /// Who is named in it.
    pub mentions: Vec<Mention>,
    /// Attached media.
    pub attachment_ids: Vec<AssetId>,
    /// Reactions, oldest kind first.
    pub reactions: Vec<Reaction>,
    /// The human message that began the cascade (itself for a human's).
    pub root_id: MessageId,
    /// How many agent turns away from the root.
    pub hop: u32,
    /// When sent.
    pub created_at: Timestamp,
    /// When last edited.
    #[schema(required = true)]
    pub edited_at: Option<Timestamp>,
    /// Whether it is deleted.
    pub deleted: bool,
    /// Grows with each change, from 1.
    pub version: u64,
    /// How an agent wrote it.
    #[schema(required = true)]
    pub ai: Option<AiInfo>,
}

/// Facts about a room, on `chat.room.v1`, keyed by room.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RoomEvent {
    /// Which room.
    pub room_id: RoomId,
    /// The room's version after it.
    pub version: u64,
    /// Who did it.
    pub by: UserId,
    /// What.
    pub change: RoomChange,
}

/// What happened to a room.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum RoomChange {
    /// The room exists, with these members and agents.
    Created { members: Vec<UserId>, agents: Vec<AgentId> },
    /// Title or how agents speak changed.
    Updated {
        title: Option<String>,
        agent_policy: AgentPolicy,
        #[serde(default)]
        moderator_id: Option<AgentId>,
        #[serde(default)]
        people_interrupt: bool,
    },
    /// A person joined.
    MemberAdded { user_id: UserId, role: Role },
    /// A person left or was removed; nothing after this is theirs.
    MemberRemoved { user_id: UserId },
    /// A person may do something else now.
    RoleChanged { user_id: UserId, role: Role },
    /// An agent joined.
    AgentAttached { agent_id: AgentId },
    /// An agent left.
    AgentDetached { agent_id: AgentId },
    /// A message was pinned.
    MessagePinned { message_id: MessageId },
    /// A message is no longer pinned.
    MessageUnpinned { message_id: MessageId },
    /// The room is gone; these were its members.
    Deleted { members: Vec<UserId> },
}

impl EventBody for RoomEvent {
    const TOPIC: Topic = topic::ROOM;
    const SOURCE: &'static str = "chat";
    fn kind(&self) -> &'static str {
        match self.change {
            RoomChange::Created { .. } => "room.created",
            RoomChange::Updated { .. } => "room.updated",
            RoomChange::MemberAdded { .. } => "room.member_added",
            RoomChange::MemberRemoved { .. } => "room.member_removed",
            RoomChange::RoleChanged { .. } => "room.role_changed",
            RoomChange::AgentAttached { .. } => "room.agent_attached",
            RoomChange::AgentDetached { .. } => "room.agent_detached",
            RoomChange::MessagePinned { .. } => "room.message_pinned",
            RoomChange::MessageUnpinned { .. } => "room.message_unpinned",
            RoomChange::Deleted { .. } => "room.deleted",
        }
    }
    fn key(&self) -> String {
        self.room_id.to_string()
    }
    fn sequence(&self) -> Option<u64> {
        Some(self.version)
    }
}

/// Facts about messages, on `chat.message.v1`, keyed by room. Each carries the message as it is after the change.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "event", content = "message", rename_all = "snake_case")]
pub enum MessageEvent {
    /// It was sent.
    Sent(Message),
    /// Its text changed.
    Edited(Message),
    /// It was deleted.
    Deleted(Message),
    /// Its reactions changed.
    Reacted(Message),
}

impl MessageEvent {
    /// Returns the message as it is after the change.
    pub fn message(&self) -> &Message {
        match self {
            Self::Sent(m) | Self::Edited(m) | Self::Deleted(m) | Self::Reacted(m) => m,
        }
    }
}

impl EventBody for MessageEvent {
    const TOPIC: Topic = topic::MESSAGE;
    const SOURCE: &'static str = "chat";
    fn kind(&self) -> &'static str {
        match self {
            Self::Sent(_) => "message.sent",
            Self::Edited(_) => "message.edited",
            Self::Deleted(_) => "message.deleted",
            Self::Reacted(_) => "message.reacted",
        }
    }
    fn key(&self) -> String {
        self.message().room_id.to_string()
    }
    fn sequence(&self) -> Option<u64> {
        Some(self.message().seq)
    }
}

/// A read marker moved, on `chat.receipt.v1`, keyed by `room:user`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReceiptEvent {
    /// Which room.
    pub room_id: RoomId,
    /// Whose marker.
    pub user_id: UserId,
    /// Read up to here.
    pub seq: u64,
    /// What is still unread after it.
    pub unread: u64,
}

impl EventBody for ReceiptEvent {
    const TOPIC: Topic = topic::RECEIPT;
    const SOURCE: &'static str = "chat";
    fn kind(&self) -> &'static str {
        "receipt.read"
    }
    fn key(&self) -> String {
        format!("{}:{}", self.room_id, self.user_id)
    }
    fn sequence(&self) -> Option<u64> {
        Some(self.seq)
    }
}

/// What a person sends.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SendMessage {
    /// Where.
    pub room_id: RoomId,
    /// The sender's own name for it, 1-64 characters; makes the send idempotent for ever.
    pub client_id: String,
    /// Text, 1-8,000 characters.
    pub text: String,
    /// The message it answers.
    #[serde(default)]
    pub reply_to: Option<MessageId>,
    /// Attached media.
    #[serde(default)]
    pub attachment_ids: Vec<AssetId>,
}

/// What an agent's host sends when a run has ended. Idempotent by `message_id`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SendAgentMessage {
    /// The id under which its deltas were streamed.
    pub message_id: MessageId,
    /// Where.
    pub room_id: RoomId,
    /// Who.
    pub agent_id: AgentId,
    /// The agent's name.
    pub agent_name: String,
    /// Text, at most 32,000 characters.
    pub text: String,
    /// The message that it answers (the trigger).
    pub reply_to: MessageId,
    /// The human message that began the cascade.
    pub root_id: MessageId,
    /// How many agent turns away from the root.
    pub hop: u32,
    /// How it came about.
    pub ai: AiInfo,
}

/// The answer to a send.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Sent {
    /// The message.
    pub message: Message,
    /// Whether it had been sent before, under the same client id.
    pub repeat: bool,
}

/// Writes to rooms, for other services.
#[async_trait]
pub trait ChatWriter: Send + Sync {
    /// Sends for a person: durable on return. `NotFound` (`chat.not_found`) when not a member.
    async fn send(&self, user: UserId, message: SendMessage) -> Result<Sent, Fault>;
    /// Sends what an agent wrote. `NotFound` when the room is gone or the agent has been detached.
    async fn send_as_agent(&self, message: SendAgentMessage) -> Result<Sent, Fault>;
    /// Moves a person's read marker forward; returns `(marker, unread)` after it.
    async fn mark_read(&self, user: UserId, room: RoomId, seq: u64) -> Result<(u64, u64), Fault>;
}

/// An agent in a room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoomAgent {
    /// Which.
    pub agent_id: AgentId,
    /// Its handle, for mentions.
    pub handle: String,
    /// Its name.
    pub name: String,
    /// Who brought it in; it may speak by that person's entitlement.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brought_by: Option<UserId>,
}

/// A room as other services need it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RoomSummary {
    /// Which.
    pub id: RoomId,
    /// Direct or group.
    pub kind: RoomKind,
    /// Title of a group.
    pub title: Option<String>,
    /// Changes when history was restored; a resume over another epoch is refused.
    pub epoch: String,
    /// The highest seq.
    pub last_seq: u64,
    /// When agents speak.
    pub agent_policy: AgentPolicy,
    /// The agent that says who speaks, when the policy is `moderator`; none: the first agent.
    #[serde(default)]
    pub moderator_id: Option<AgentId>,
    /// Whether a person's message stops a reply that no person asked for.
    #[serde(default)]
    pub people_interrupt: bool,
    /// People.
    pub members: Vec<UserId>,
    /// Agents.
    pub agents: Vec<RoomAgent>,
}

/// Reads rooms, for other services. Does not check who asks, except where a user is named.
#[async_trait]
pub trait ChatReader: Send + Sync {
    /// Returns a room, or `NotFound`.
    async fn room(&self, room: RoomId) -> Result<RoomSummary, Fault>;
    /// Tells whether a person is a member now. Cheap.
    async fn is_member(&self, room: RoomId, user: UserId) -> Result<bool, Fault>;
    /// Returns the room's epoch and highest seq for a member; `NotFound` when not one. Cheap.
    async fn head(&self, room: RoomId, user: UserId) -> Result<(String, u64), Fault>;
    /// Returns how far each of `users` (at most 1,000) has read a room, in their order; 0 for who has read nothing of it. Whether they are members, or
    /// whether there is such a room, does not matter.
    async fn read_seqs(&self, room: RoomId, users: &[UserId]) -> Result<Vec<u64>, Fault>;
    /// Returns the rooms of a person, at most 500.
    async fn rooms_of(&self, user: UserId) -> Result<Vec<RoomId>, Fault>;
    /// Returns messages with `after < seq <= upto`, ascending, at most `limit` (and 1,000).
    async fn messages(&self, room: RoomId, after: u64, upto: u64, limit: usize) -> Result<Vec<Message>, Fault>;
    /// Returns messages at or below `upto` that were changed since message `upto` was sent, at most `limit`.
    async fn changed_since(&self, room: RoomId, upto: u64, limit: usize) -> Result<Vec<Message>, Fault>;
    /// Returns one message, or `NotFound`.
    async fn message(&self, room: RoomId, message: MessageId) -> Result<Message, Fault>;
}
