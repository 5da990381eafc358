//! Shares of posts.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use chassis::{Answer, Caller, Json, Path};
use contracts::post::Visibility;
use garde::Validate;
use http::StatusCode;
use kernel::PostId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::posts::written;
use crate::app::{App, CLIENT_ID_CHARS_MAX, NewPost};
use crate::config::TEXT_CHARS_MAX;
use crate::wire::PostView;

/// A share.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewShare)]
pub(crate) struct Share {
    /// What one says to it, at most 5,000 characters.
    #[serde(default)]
    #[garde(length(chars, max = TEXT_CHARS_MAX))]
    #[schema(max_length = 5000)]
    text: String,
    /// Who may see it: by default as many as may see the post, and never more.
    #[garde(skip)]
    visibility: Option<Visibility>,
    /// One's own id for it: the same again answers with the first.
    #[garde(inner(length(chars, min = 1, max = CLIENT_ID_CHARS_MAX)))]
    #[schema(min_length = 1, max_length = 64)]
    client_id: Option<String>,
}

/// Shares a post: a post of one's own. One person shares a post once; again answers with the first.
#[utoipa::path(post, path = "/api/posts/{id}/shares", tag = "posts", operation_id = "sharePost", request_body = Share,
    params(("id" = PostId, Path)),
    responses((status = 201, body = PostView, headers(("ETag" = String))), (status = 200, body = PostView, description = "It was shared before.", headers(("ETag" = String)))))]
pub(crate) async fn share(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<PostId>,
    Json(share): Json<Share>,
) -> Answer<Response> {
    let new = NewPost {
        text: share.text,
        visibility: share.visibility,
        media_ids: Vec::new(),
        client_id: share.client_id,
        share_of: Some(id),
    };
    written(&app, caller.user, new).await
}

/// Takes one's share of a post back.
#[utoipa::path(delete, path = "/api/posts/{id}/shares", tag = "posts", operation_id = "unsharePost", params(("id" = PostId, Path)), responses((status = 204)))]
pub(crate) async fn unshare(State(app): State<Arc<App>>, caller: Caller, Path(id): Path<PostId>) -> Answer<StatusCode> {
    app.unshare(caller.user, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
