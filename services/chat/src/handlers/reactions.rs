//! Owns the reactions to a message.

use std::sync::Arc;

use axum::extract::State;
use chassis::{Answer, Caller, Json, Path};
use contracts::chat::Message;
use kernel::{MessageId, RoomId};

use crate::app::App;
use crate::app::change_message::Spot;

/// Adds my reaction. Twice is once.
#[utoipa::path(put, path = "/api/chat/rooms/{id}/messages/{messageId}/reactions/{emoji}", tag = "chat", operation_id = "react",
    params(("id" = RoomId, Path), ("messageId" = MessageId, Path), ("emoji" = String, Path, min_length = 1, max_length = 16)),
    responses((status = 200, body = Message)))]
pub(crate) async fn react(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((room, message, emoji)): Path<(RoomId, MessageId, String)>,
) -> Answer<Json<Message>> {
    Ok(Json(
        app.react(caller.user, Spot { room, message }, &emoji, true).await?,
    ))
}

/// Takes my reaction back.
#[utoipa::path(delete, path = "/api/chat/rooms/{id}/messages/{messageId}/reactions/{emoji}", tag = "chat", operation_id = "unreact",
    params(("id" = RoomId, Path), ("messageId" = MessageId, Path), ("emoji" = String, Path, min_length = 1, max_length = 16)),
    responses((status = 200, body = Message)))]
pub(crate) async fn unreact(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((room, message, emoji)): Path<(RoomId, MessageId, String)>,
) -> Answer<Json<Message>> {
    Ok(Json(
        app.react(caller.user, Spot { room, message }, &emoji, false).await?,
    ))
}
