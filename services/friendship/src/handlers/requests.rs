//! Requests to become friends.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use chassis::{Answer, Caller, Json, Path, Query};
use garde::Validate;
use http::StatusCode;
use kernel::{FriendRequestId, LIMIT_DEFAULT, Page, UserId};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::app::{App, Asked, Friend, FriendRequest};

/// Whom to ask.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Ask {
    /// The person.
    #[garde(skip)]
    user_id: UserId,
}

/// Asks a person to be friends; when they have asked already, you are friends now.
#[utoipa::path(post, path = "/api/friendships/requests", tag = "friendships", request_body = Ask,
    responses((status = 201, body = FriendRequest), (status = 200, body = Friend, description = "They had asked already.")))]
pub(crate) async fn ask(State(app): State<Arc<App>>, caller: Caller, Json(ask): Json<Ask>) -> Answer<Response> {
    Ok(match app.request(caller.user, ask.user_id).await? {
        Asked::Requested(request) => (StatusCode::CREATED, Json(request)).into_response(),
        Asked::Accepted(friend) => Json(friend).into_response(),
    })
}

/// Which way a request goes.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Direction {
    Incoming,
    Outgoing,
}

#[derive(Deserialize, IntoParams, Validate)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// `incoming` by default.
    #[garde(skip)]
    #[param(inline)]
    direction: Option<Direction>,
    /// Most items.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
    /// Where to go on.
    #[garde(length(max = 1024))]
    #[param(max_length = 1024)]
    cursor: Option<String>,
}

/// Lists open requests, newest first.
#[utoipa::path(get, path = "/api/friendships/requests", tag = "friendships", params(Which), responses((status = 200, body = Page<FriendRequest>)))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(which): Query<Which>,
) -> Answer<Json<Page<FriendRequest>>> {
    let index = match which.direction.unwrap_or(Direction::Incoming) {
        Direction::Incoming => "incoming",
        Direction::Outgoing => "outgoing",
    };
    let limit = which.limit.unwrap_or(LIMIT_DEFAULT);
    Ok(Json(
        app.list_requests(index, caller.user, limit, which.cursor.as_deref())
            .await?,
    ))
}

/// Accepts a request.
#[utoipa::path(post, path = "/api/friendships/requests/{id}/accept", tag = "friendships", params(("id" = FriendRequestId, Path)), responses((status = 200, body = Friend)))]
pub(crate) async fn accept(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<FriendRequestId>,
) -> Answer<Json<Friend>> {
    let now = app.pairs.ambient.now();
    let pair = app
        .answer(caller.user, id, |pair| pair.accept(caller.user, now))
        .await?;
    Ok(Json(app.friend(caller.user, &pair).await?))
}

/// Declines a request.
#[utoipa::path(post, path = "/api/friendships/requests/{id}/decline", tag = "friendships", params(("id" = FriendRequestId, Path)), responses((status = 204)))]
pub(crate) async fn decline(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<FriendRequestId>,
) -> Answer<StatusCode> {
    app.answer(caller.user, id, |pair| pair.decline(caller.user)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Takes an own request back.
#[utoipa::path(delete, path = "/api/friendships/requests/{id}", tag = "friendships", params(("id" = FriendRequestId, Path)), responses((status = 204)))]
pub(crate) async fn cancel(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<FriendRequestId>,
) -> Answer<StatusCode> {
    app.answer(caller.user, id, |pair| pair.cancel(caller.user)).await?;
    Ok(StatusCode::NO_CONTENT)
}
