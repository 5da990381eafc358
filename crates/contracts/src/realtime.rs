//! What travels on the live channels: things nobody misses after a restart. Published through the ephemeral port's
//! pub/sub, delivered by the realtime gateway to the sockets of a room or a person.

use kernel::{AgentId, MessageId, RoomId, RunId, UserId};
use serde::{Deserialize, Serialize};

/// The live channel of a room.
pub fn room_channel(room: RoomId) -> String {
    format!("live:room:{room}")
}

/// The live channel of a person.
pub fn user_channel(user: UserId) -> String {
    format!("live:user:{user}")
}

/// The ephemeral set of places at which a person has a socket open now: who is online has members there.
pub fn online_set(user: UserId) -> String {
    format!("rt:online:{user}")
}

/// A live frame, as JSON on a live channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "live", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum LiveFrame {
    /// An agent's reply goes on: characters (Unicode scalar values) from `pos`.
    AiDelta {
        room_id: RoomId,
        message_id: MessageId,
        run_id: RunId,
        agent_id: AgentId,
        attempt: u32,
        pos: u64,
        text: String,
    },
    /// Somebody is typing.
    Typing {
        room_id: RoomId,
        user_id: Option<UserId>,
        agent_id: Option<AgentId>,
    },
    /// A friend came or went.
    Presence { user_id: UserId, online: bool },
    /// An `ev` frame for the sockets of one person: name and data.
    UserEvent { t: String, d: serde_json::Value },
    /// An `ev` frame for the followers of a room: name and data. One that `fades` may be dropped for a reader who is slow.
    RoomEvent {
        room_id: RoomId,
        t: String,
        d: serde_json::Value,
        fades: bool,
    },
}
