//! Runs of agents in a room.

use std::sync::Arc;

use axum::extract::State;
use chassis::{Answer, Caller, Json, Path};
use http::{HeaderMap, StatusCode};
use kernel::{MessageId, RoomId, RunId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::error::Error;

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

/// The name of the header that makes a wish the same wish.
const KEY: &str = "idempotency-key";
/// The longest key.
const KEY_BYTES_MAX: usize = 255;

/// Asks the agent that wrote a message to answer its question again, in a new message. The same `Idempotency-Key` finds the same run.
#[utoipa::path(post, path = "/api/agents/rooms/{roomId}/messages/{id}/regenerate", tag = "agents",
    params(("roomId" = RoomId, Path), ("id" = MessageId, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 visible ASCII characters.")),
    responses((status = 202, body = Requested)))]
pub(crate) async fn regenerate(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((room, message)): Path<(RoomId, MessageId)>,
    headers: HeaderMap,
) -> Answer<(StatusCode, Json<Requested>)> {
    let run_id = app.regenerate(caller.user, room, message, key(&headers)?).await?;
    Ok((StatusCode::ACCEPTED, Json(Requested { run_id })))
}

/// Reads the key of a request, which need not have one.
fn key(headers: &HeaderMap) -> Result<Option<&str>, Error> {
    let Some(key) = headers.get(KEY) else { return Ok(None) };
    let fits = |key: &&str| (1..=KEY_BYTES_MAX).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic());
    key.to_str().ok().filter(fits).map(Some).ok_or(Error::BadKey)
}
