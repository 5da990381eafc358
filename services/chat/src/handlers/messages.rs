//! Owns the messages of a room: send, read, edit, delete.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use chassis::{Answer, Caller, Json, Path, Query};
use contracts::chat::{Message, SendMessage};
use garde::Validate;
use kernel::{AssetId, Cursor, Fault, LIMIT_DEFAULT, MessageId, RoomId};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::app::change_message::Spot;
use crate::domain::window::Window;
use crate::wire::{AttachmentPage, MessagePage, SEQ_MAX};

#[derive(Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewMessage {
    /// My own name for it. Sending it again under the same name is the same message, for ever.
    #[garde(length(chars, min = 1, max = 64))]
    #[schema(min_length = 1, max_length = 64)]
    client_id: String,
    #[garde(length(chars, min = 1, max = 8_000))]
    #[schema(min_length = 1, max_length = 8000)]
    text: String,
    #[serde(default)]
    #[garde(length(max = 10))]
    #[schema(max_items = 10)]
    attachment_ids: Vec<AssetId>,
    /// The message of this room that it answers.
    #[garde(skip)]
    reply_to: Option<MessageId>,
}

/// Sends a message: durable when answered. The same `clientId` again is answered with 200 and the first message.
#[utoipa::path(post, path = "/api/chat/rooms/{id}/messages", tag = "chat", operation_id = "sendMessage",
    params(("id" = RoomId, Path)), request_body = NewMessage,
    responses((status = 201, body = Message), (status = 200, body = Message)))]
pub(crate) async fn send(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(room_id): Path<RoomId>,
    Json(new): Json<NewMessage>,
) -> Answer<(StatusCode, Json<Message>)> {
    let NewMessage {
        client_id,
        text,
        attachment_ids,
        reply_to,
    } = new;
    let sent = app
        .send(
            caller.user,
            SendMessage {
                room_id,
                client_id,
                text,
                reply_to,
                attachment_ids,
            },
        )
        .await?;
    let status = if sent.repeat {
        StatusCode::OK
    } else {
        StatusCode::CREATED
    };
    Ok((status, Json(sent.message)))
}

#[derive(Deserialize, IntoParams, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct PageQuery {
    /// The newest with a lower seq.
    #[garde(inner(range(max = SEQ_MAX)))]
    #[param(maximum = 9007199254740991_i64)]
    before: Option<u64>,
    /// The oldest with a higher seq.
    #[garde(inner(range(max = SEQ_MAX)))]
    #[param(maximum = 9007199254740991_i64)]
    after: Option<u64>,
    /// This one and those on both sides.
    #[garde(inner(range(max = SEQ_MAX)))]
    #[param(maximum = 9007199254740991_i64)]
    around: Option<u64>,
    /// `nextCursor` of the page before: goes on in its direction.
    #[garde(length(max = 512))]
    #[param(max_length = 512)]
    cursor: Option<String>,
    /// How many, 50 by default.
    #[garde(inner(range(min = 1, max = 200)))]
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

impl PageQuery {
    fn window(&self) -> Result<Window, Fault> {
        match (self.before, self.after, self.around, &self.cursor) {
            (None, None, None, None) => Ok(Window::Newest),
            (Some(seq), None, None, None) => Ok(Window::Before(seq)),
            (None, Some(seq), None, None) => Ok(Window::After(seq)),
            (None, None, Some(seq), None) => Ok(Window::Around(seq)),
            (None, None, None, Some(cursor)) => Cursor::decode(cursor),
            _ => Err(Fault::invalid(
                "cursor",
                "at most one of before, after, around and cursor",
            )),
        }
    }
}

/// Reads a part of a room's history, ascending by seq; without a bound the newest.
#[utoipa::path(get, path = "/api/chat/rooms/{id}/messages", tag = "chat", operation_id = "listMessages",
    params(("id" = RoomId, Path), PageQuery), responses((status = 200, body = MessagePage)))]
pub(crate) async fn page(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(room): Path<RoomId>,
    Query(query): Query<PageQuery>,
) -> Answer<Json<MessagePage>> {
    let limit = query.limit.unwrap_or(LIMIT_DEFAULT);
    Ok(Json(
        app.page_messages(caller.user, room, query.window()?, limit).await?,
    ))
}

/// Messages in one question for what they carry.
const MESSAGES_ASKED_MAX: usize = 50;
/// Longest list of them: an id has 36 characters.
const MESSAGES_ASKED_CHARS_MAX: usize = MESSAGES_ASKED_MAX * 37;

#[derive(Deserialize, IntoParams, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AttachmentsQuery {
    /// Ids of 1-50 messages, separated by commas.
    #[garde(length(min = 1, max = MESSAGES_ASKED_CHARS_MAX))]
    #[param(min_length = 1, max_length = 1850)]
    messages: String,
}

/// Returns what messages carry, with fresh addresses. What is no message of this room, or carries nothing, is left out.
#[utoipa::path(get, path = "/api/chat/rooms/{id}/attachments", tag = "chat", operation_id = "listAttachments",
    params(("id" = RoomId, Path), AttachmentsQuery), responses((status = 200, body = AttachmentPage)))]
pub(crate) async fn attachments(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(room): Path<RoomId>,
    Query(query): Query<AttachmentsQuery>,
) -> Answer<Json<AttachmentPage>> {
    let ids: Result<Vec<MessageId>, _> = query.messages.split(',').map(str::parse).collect();
    let ids = ids.ok().filter(|ids| ids.len() <= MESSAGES_ASKED_MAX);
    let ids = ids.ok_or_else(|| Fault::invalid("messages", "is a list of 1-50 ids, separated by commas"))?;
    let items = app.attachments(caller.user, room, &ids).await?;
    Ok(Json(AttachmentPage { items }))
}

#[derive(Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct MessagePatch {
    #[garde(length(chars, min = 1, max = 8_000))]
    #[schema(min_length = 1, max_length = 8000)]
    text: String,
}

/// Gives my message another text.
#[utoipa::path(patch, path = "/api/chat/rooms/{id}/messages/{messageId}", tag = "chat", operation_id = "editMessage",
    params(("id" = RoomId, Path), ("messageId" = MessageId, Path)), request_body = MessagePatch,
    responses((status = 200, body = Message)))]
pub(crate) async fn edit(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((room, message)): Path<(RoomId, MessageId)>,
    Json(patch): Json<MessagePatch>,
) -> Answer<Json<Message>> {
    Ok(Json(
        app.edit_message(caller.user, Spot { room, message }, patch.text)
            .await?,
    ))
}

/// Deletes a message: mine; as owner or admin anybody's; in a direct room its agent's. Its place stays, empty.
#[utoipa::path(delete, path = "/api/chat/rooms/{id}/messages/{messageId}", tag = "chat", operation_id = "deleteMessage",
    params(("id" = RoomId, Path), ("messageId" = MessageId, Path)), responses((status = 204)))]
pub(crate) async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((room, message)): Path<(RoomId, MessageId)>,
) -> Answer<StatusCode> {
    app.delete_message(caller.user, Spot { room, message }).await?;
    Ok(StatusCode::NO_CONTENT)
}
