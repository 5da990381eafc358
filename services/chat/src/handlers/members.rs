//! Owns the members of a group.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use chassis::{Answer, Caller, Json, Path};
use contracts::chat::Role;
use garde::Validate;
use kernel::{RoomId, UserId};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::wire::Room;

#[derive(Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Seating {
    /// `member` for a newcomer when absent. Naming another `owner` hands the room over.
    #[garde(skip)]
    role: Option<Role>,
}

/// Adds a member (201), as owner or admin, or changes a member's role (200), as owner. Groups only.
#[utoipa::path(put, path = "/api/chat/rooms/{id}/members/{userId}", tag = "chat", operation_id = "putRoomMember",
    params(("id" = RoomId, Path), ("userId" = UserId, Path)), request_body = Seating,
    responses((status = 201, body = Room), (status = 200, body = Room)))]
pub(crate) async fn seat(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((id, user)): Path<(RoomId, UserId)>,
    Json(seating): Json<Seating>,
) -> Answer<(StatusCode, Json<Room>)> {
    let added = app.seat_member(id, caller.user, user, seating.role).await?;
    let status = if added { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(app.show_room(caller.user, id).await?.0)))
}

/// Removes a member, as owner or admin; oneself: leaves. Groups only.
#[utoipa::path(delete, path = "/api/chat/rooms/{id}/members/{userId}", tag = "chat", operation_id = "removeRoomMember",
    params(("id" = RoomId, Path), ("userId" = UserId, Path)), responses((status = 204)))]
pub(crate) async fn unseat(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((id, user)): Path<(RoomId, UserId)>,
) -> Answer<StatusCode> {
    app.unseat_member(id, caller.user, user).await?;
    Ok(StatusCode::NO_CONTENT)
}
