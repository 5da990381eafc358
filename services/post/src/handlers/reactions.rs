//! Reactions to posts.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use chassis::{Answer, Caller, Json, Path, Query};
use contracts::post::ReactionKind;
use garde::Validate;
use http::StatusCode;
use kernel::{LIMIT_DEFAULT, Page, PostId};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;
use crate::error::Error;
use crate::wire::{PostView, ReactionView};

/// Reacts to a post; another kind replaces the one before, and twice is once.
#[utoipa::path(put, path = "/api/posts/{id}/reactions/{kind}", tag = "posts", operation_id = "reactToPost",
    params(("id" = PostId, Path), ("kind" = ReactionKind, Path)), responses((status = 200, body = PostView)))]
pub(crate) async fn react(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((id, kind)): Path<(PostId, ReactionKind)>,
) -> Answer<Json<PostView>> {
    app.react(caller.user, id, kind).await?;
    Ok(Json(app.show_post(caller.user, id).await?))
}

/// Takes one's reaction of this kind back; without one nothing happens. Who does not see the post any more is only told that it went.
#[utoipa::path(delete, path = "/api/posts/{id}/reactions/{kind}", tag = "posts", operation_id = "unreactToPost",
    params(("id" = PostId, Path), ("kind" = ReactionKind, Path)), responses((status = 200, body = PostView), (status = 204)))]
pub(crate) async fn unreact(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((id, kind)): Path<(PostId, ReactionKind)>,
) -> Answer<Response> {
    let went = app.unreact(caller.user, id, kind).await?;
    Ok(match app.show_post(caller.user, id).await {
        Err(Error::NotFound) if went => StatusCode::NO_CONTENT.into_response(),
        shown => Json(shown?).into_response(),
    })
}

#[derive(Deserialize, IntoParams, Validate)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Only this kind.
    #[garde(skip)]
    kind: Option<ReactionKind>,
    /// Most items.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
    /// Where to go on.
    #[garde(length(max = 1024))]
    #[param(max_length = 1024)]
    cursor: Option<String>,
}

/// Lists who has reacted, newest first.
#[utoipa::path(get, path = "/api/posts/{id}/reactions", tag = "posts", operation_id = "listPostReactions",
    params(("id" = PostId, Path), Which), responses((status = 200, body = Page<ReactionView>)))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<PostId>,
    Query(which): Query<Which>,
) -> Answer<Json<Page<ReactionView>>> {
    let page = (which.limit.unwrap_or(LIMIT_DEFAULT), which.cursor.as_deref());
    Ok(Json(app.list_reactions(caller.user, id, which.kind, page).await?))
}
