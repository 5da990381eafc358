//! Owns the agents of a group.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use chassis::{Answer, Caller, Json, Path};
use kernel::{AgentId, RoomId};

use crate::app::App;
use crate::wire::Room;

/// Brings an agent in that I may use, as owner or admin. Groups only.
#[utoipa::path(put, path = "/api/chat/rooms/{id}/agents/{agentId}", tag = "chat", operation_id = "putRoomAgent",
    params(("id" = RoomId, Path), ("agentId" = AgentId, Path)), responses((status = 200, body = Room)))]
pub(crate) async fn attach(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((id, agent)): Path<(RoomId, AgentId)>,
) -> Answer<Json<Room>> {
    app.attach_agent(id, caller.user, agent).await?;
    Ok(Json(app.show_room(caller.user, id).await?.0))
}

/// Sends an agent away, as owner or admin. Groups only.
#[utoipa::path(delete, path = "/api/chat/rooms/{id}/agents/{agentId}", tag = "chat", operation_id = "removeRoomAgent",
    params(("id" = RoomId, Path), ("agentId" = AgentId, Path)), responses((status = 204)))]
pub(crate) async fn detach(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((id, agent)): Path<(RoomId, AgentId)>,
) -> Answer<StatusCode> {
    app.change_room(id, caller.user, move |room| room.detach(caller.user, agent))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
