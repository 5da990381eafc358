//! Owns the shapes of chat's answers that no other service needs. `Message` and its parts stand in `contracts`.
//! Refuses to know how they come about.

use contracts::chat::{AgentPolicy, Message, Role, RoomAgent, RoomKind};
use contracts::media::AssetView;
use kernel::{AgentId, MessageId, RoomId, Timestamp, UserId};
use serde::Serialize;
use utoipa::ToSchema;

/// The largest `seq` in a request: what JavaScript's numbers hold exactly.
pub(crate) const SEQ_MAX: u64 = 9_007_199_254_740_991;

/// A room as one of its members sees it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Room {
    /// Id.
    pub id: RoomId,
    /// Direct or group.
    pub kind: RoomKind,
    /// Title of a group.
    #[schema(required = true)]
    pub title: Option<String>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: UserId,
    /// Changes when history was restored; a resume over another epoch is refused.
    pub epoch: String,
    /// The highest seq, 0 when nothing was said.
    pub last_seq: u64,
    /// When its agents speak.
    pub agent_policy: AgentPolicy,
    /// The agent that says who speaks, with the policy `moderator`; null: the first agent.
    #[schema(required = true)]
    pub moderator_id: Option<AgentId>,
    /// Whether a person's message stops a reply that no person asked for.
    pub people_interrupt: bool,
    /// People, in the order in which they joined; in a list at most 10.
    pub members: Vec<RoomMember>,
    /// How many people.
    pub member_count: usize,
    /// Agents.
    pub agents: Vec<RoomAgent>,
    /// Pinned messages, oldest pin first.
    pub pinned: Vec<MessageId>,
    /// What I may do.
    pub my_role: Role,
    /// How far I have read.
    pub read_seq: u64,
    /// How many messages of others are after that.
    pub unread: u64,
    /// The newest message.
    #[schema(required = true)]
    pub last_message: Option<Message>,
    /// When somebody last spoke; when it was opened, if nobody did. A list is ordered by it, newest first.
    pub updated_at: Timestamp,
}

/// A person in a room.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RoomMember {
    /// Who.
    pub user_id: UserId,
    /// Unique name; empty when the account is gone.
    pub handle: String,
    /// Name on screen.
    pub display_name: String,
    /// What they may do.
    pub role: Role,
    /// Since when they are here.
    pub joined_at: Timestamp,
    /// How far they have read, 0 when they never did. A list of rooms does not tell it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub read_seq: Option<u64>,
}

/// What a message carries.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Attachments {
    /// The message.
    pub message_id: MessageId,
    /// Its media, in its order, with addresses that hold for a short time; without those that are gone.
    pub assets: Vec<AssetView>,
}

/// What messages carry, in no order that means anything.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AttachmentPage {
    /// One for each message that carries something.
    pub items: Vec<Attachments>,
}

/// A page of a room's history, ascending by seq.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MessagePage {
    /// The messages.
    pub items: Vec<Message>,
    /// What to pass as `cursor` to go on in the same direction; null at the end, and with `around`.
    #[schema(required = true)]
    pub next_cursor: Option<String>,
    /// Whether there are older ones.
    pub has_more_before: bool,
    /// Whether there are newer ones.
    pub has_more_after: bool,
}

/// How far I have read in a room.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReadMarker {
    /// Which room.
    pub room_id: RoomId,
    /// Read up to here.
    pub seq: u64,
    /// How many messages of others are after that.
    pub unread: u64,
}
