//! What an agent remembers of a room.

use std::sync::Arc;

use axum::extract::State;
use chassis::{Answer, Caller, Json, Path};
use http::StatusCode;
use kernel::{AgentId, RoomId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;

/// What an agent remembers of a room.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AgentMemory)]
pub(crate) struct Memory {
    /// Which agent.
    agent_id: AgentId,
    /// Which room.
    room_id: RoomId,
    /// What it has noted, oldest first.
    facts: Vec<Remembered>,
}

/// A short fact that an agent has noted. It is what a model wrote, and may be wrong.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AgentFact)]
pub(crate) struct Remembered {
    text: String,
    created_at: Timestamp,
}

/// Shows what an agent remembers of a room of the caller's.
#[utoipa::path(get, path = "/api/agents/{id}/rooms/{roomId}/memory", tag = "agents", operation_id = "getAgentMemory",
    params(("id" = AgentId, Path), ("roomId" = RoomId, Path)), responses((status = 200, body = Memory)))]
pub(crate) async fn read(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((agent_id, room_id)): Path<(AgentId, RoomId)>,
) -> Answer<Json<Memory>> {
    let facts = app.memory(caller.user, agent_id, room_id).await?;
    let facts = facts.into_iter().map(|fact| Remembered {
        text: fact.text,
        created_at: fact.at,
    });
    Ok(Json(Memory {
        agent_id,
        room_id,
        facts: facts.collect(),
    }))
}

/// Erases what an agent remembers of a room of the caller's.
#[utoipa::path(delete, path = "/api/agents/{id}/rooms/{roomId}/memory", tag = "agents", operation_id = "eraseAgentMemory",
    params(("id" = AgentId, Path), ("roomId" = RoomId, Path)), responses((status = 204)))]
pub(crate) async fn erase(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((agent, room)): Path<(AgentId, RoomId)>,
) -> Answer<StatusCode> {
    app.erase_memory(caller.user, agent, room).await?;
    Ok(StatusCode::NO_CONTENT)
}
