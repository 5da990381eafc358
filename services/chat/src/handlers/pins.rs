//! Owns the pins of a room.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use chassis::{Answer, Caller, Path};
use kernel::{MessageId, RoomId};

use crate::app::App;
use crate::app::change_message::Spot;

/// Pins a message, as owner or admin; in a direct room both may.
#[utoipa::path(put, path = "/api/chat/rooms/{id}/messages/{messageId}/pin", tag = "chat", operation_id = "pinMessage",
    params(("id" = RoomId, Path), ("messageId" = MessageId, Path)), responses((status = 204)))]
pub(crate) async fn pin(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((room, message)): Path<(RoomId, MessageId)>,
) -> Answer<StatusCode> {
    app.pin_message(caller.user, Spot { room, message }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes a pin away.
#[utoipa::path(delete, path = "/api/chat/rooms/{id}/messages/{messageId}/pin", tag = "chat", operation_id = "unpinMessage",
    params(("id" = RoomId, Path), ("messageId" = MessageId, Path)), responses((status = 204)))]
pub(crate) async fn unpin(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((room, message)): Path<(RoomId, MessageId)>,
) -> Answer<StatusCode> {
    app.unpin_message(caller.user, Spot { room, message }).await?;
    Ok(StatusCode::NO_CONTENT)
}
