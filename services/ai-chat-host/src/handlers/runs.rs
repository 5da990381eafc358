//! Runs of agents in a room.

use std::sync::Arc;

use axum::extract::State;
use chassis::{Answer, Caller, Json, Path};
use http::StatusCode;
use kernel::{MessageId, RoomId, RunId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;

/// Stops a reply that is being written, or waits to be, in a room of the caller's. What was said until then stays.
#[utoipa::path(post, path = "/api/agents/rooms/{roomId}/runs/{runId}/cancel", tag = "agents",
    params(("roomId" = RoomId, Path), ("runId" = RunId, Path)), responses((status = 202)))]
pub(crate) async fn cancel(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((room, run)): Path<(RoomId, RunId)>,
) -> Answer<StatusCode> {
    app.cancel_run(caller.user, room, run).await?;
    Ok(StatusCode::ACCEPTED)
}

/// A run that was asked for.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Requested {
    /// Its id, as in `ai.started` and `ai.ended`.
    run_id: RunId,
}

/// Asks the agent that wrote a message to answer its question again, in a new message.
#[utoipa::path(post, path = "/api/agents/rooms/{roomId}/messages/{id}/regenerate", tag = "agents",
    params(("roomId" = RoomId, Path), ("id" = MessageId, Path)), responses((status = 202, body = Requested)))]
pub(crate) async fn regenerate(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((room, message)): Path<(RoomId, MessageId)>,
) -> Answer<(StatusCode, Json<Requested>)> {
    let run_id = app.regenerate(caller.user, room, message).await?;
    Ok((StatusCode::ACCEPTED, Json(Requested { run_id })))
}
