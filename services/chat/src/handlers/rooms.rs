//! Owns `/api/chat/rooms` and one room.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderName, StatusCode};
use chassis::extract::etag;
use chassis::{Answer, Caller, IfMatch, Json, Paging, Path, Query};
use contracts::chat::{AgentPolicy, RoomKind};
use garde::Validate;
use kernel::{AgentId, Page, RoomId, UserId};
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use crate::app::App;
use crate::app::create_room::RoomWish;
use crate::domain::room::Settings;
use crate::wire::Room;

/// A room with its `ETag`.
type Tagged = ([(HeaderName, String); 1], Json<Room>);

#[derive(Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewRoom {
    /// `direct`: with one other person, or with one agent and nobody else.
    #[garde(skip)]
    kind: RoomKind,
    /// For groups only.
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    title: Option<String>,
    /// The others; naming oneself does no harm.
    #[serde(default)]
    #[garde(length(max = 1_000))]
    #[schema(max_items = 1000)]
    member_ids: Vec<UserId>,
    #[serde(default)]
    #[garde(length(max = 16))]
    #[schema(max_items = 16)]
    agent_ids: Vec<AgentId>,
    /// When agents speak; `mention` when absent.
    #[garde(skip)]
    agent_policy: Option<AgentPolicy>,
}

/// Opens a room; a direct room that the two have already is answered with 200.
#[utoipa::path(post, path = "/api/chat/rooms", tag = "chat", operation_id = "createRoom", request_body = NewRoom, responses(
    (status = 201, body = Room, headers(("etag" = String))), (status = 200, body = Room, headers(("etag" = String)))))]
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    Json(new): Json<NewRoom>,
) -> Answer<(StatusCode, Tagged)> {
    let NewRoom {
        kind,
        title,
        member_ids,
        agent_ids,
        agent_policy,
    } = new;
    let wish = RoomWish {
        kind,
        title,
        member_ids,
        agent_ids,
        agent_policy: agent_policy.unwrap_or_default(),
    };
    let opened = app.create_room(caller.user, wish).await?;
    let status = if opened.new {
        StatusCode::CREATED
    } else {
        StatusCode::OK
    };
    Ok((status, tagged(&app, caller, opened.id).await?))
}

/// Lists my rooms, newest activity first, with last message and unread count.
#[utoipa::path(get, path = "/api/chat/rooms", tag = "chat", operation_id = "listRooms", params(Paging),
    responses((status = 200, body = Page<Room>)))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(paging): Query<Paging>,
) -> Answer<Json<Page<Room>>> {
    Ok(Json(
        app.list_rooms(caller.user, paging.limit(), paging.cursor()).await?,
    ))
}

/// Shows a room of mine.
#[utoipa::path(get, path = "/api/chat/rooms/{id}", tag = "chat", operation_id = "getRoom", params(("id" = RoomId, Path)),
    responses((status = 200, body = Room, headers(("etag" = String)))))]
pub(crate) async fn show(State(app): State<Arc<App>>, caller: Caller, Path(id): Path<RoomId>) -> Answer<Tagged> {
    tagged(&app, caller, id).await
}

#[derive(Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RoomPatch {
    #[garde(length(chars, min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    title: Option<String>,
    #[garde(skip)]
    agent_policy: Option<AgentPolicy>,
    /// The agent of the room that says who speaks, with the policy `moderator`; null: the first agent.
    #[serde(default, deserialize_with = "present")]
    #[garde(skip)]
    #[schema(value_type = Option<AgentId>)]
    moderator_id: Option<Option<AgentId>>,
    /// Whether a person's message stops a reply that no person asked for; false at first.
    #[garde(skip)]
    people_interrupt: Option<bool>,
}

/// Tells "null" from "absent".
fn present<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Option<AgentId>>, D::Error> {
    Option::<AgentId>::deserialize(d).map(Some)
}

/// Changes title or how agents speak, as owner or admin.
#[utoipa::path(patch, path = "/api/chat/rooms/{id}", tag = "chat", operation_id = "updateRoom",
    params(("id" = RoomId, Path), ("if-match" = Option<String>, Header, description = "The `ETag` that the change is meant for")),
    request_body = RoomPatch, responses((status = 200, body = Room, headers(("etag" = String)))))]
pub(crate) async fn change(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<RoomId>,
    if_match: IfMatch,
    Json(patch): Json<RoomPatch>,
) -> Answer<Tagged> {
    let RoomPatch {
        title,
        agent_policy,
        moderator_id,
        people_interrupt,
    } = patch;
    let settings = Settings {
        title,
        agent_policy,
        moderator_id,
        people_interrupt,
    };
    app.set_room(id, caller.user, settings, move |version| if_match.check(version))
        .await?;
    tagged(&app, caller, id).await
}

/// Ends a room for everybody, as its owner.
#[utoipa::path(delete, path = "/api/chat/rooms/{id}", tag = "chat", operation_id = "deleteRoom",
    params(("id" = RoomId, Path)), responses((status = 204)))]
pub(crate) async fn close(State(app): State<Arc<App>>, caller: Caller, Path(id): Path<RoomId>) -> Answer<StatusCode> {
    app.change_room(id, caller.user, move |room| room.close(caller.user))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn tagged(app: &App, caller: Caller, id: RoomId) -> Answer<Tagged> {
    let (room, version) = app.show_room(caller.user, id).await?;
    Ok((etag(version), Json(room)))
}
