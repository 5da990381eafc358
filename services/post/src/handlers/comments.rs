//! Comments on posts.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use chassis::extract::etag;
use chassis::{Answer, Caller, IfMatch, Json, Path, Query};
use garde::Validate;
use http::StatusCode;
use kernel::{CommentId, LIMIT_DEFAULT, Page, PostId};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::app::{App, CLIENT_ID_CHARS_MAX, NewComment};
use crate::config::COMMENT_CHARS_MAX;
use crate::wire::CommentView;

/// A new comment.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewComment)]
pub(crate) struct Write {
    /// 1-2,000 characters.
    #[garde(length(chars, min = 1, max = COMMENT_CHARS_MAX))]
    #[schema(min_length = 1, max_length = 2000)]
    text: String,
    /// The comment that it answers.
    #[garde(skip)]
    reply_to: Option<CommentId>,
    /// One's own id for it: the same again answers with the first.
    #[garde(inner(length(chars, min = 1, max = CLIENT_ID_CHARS_MAX)))]
    #[schema(min_length = 1, max_length = 64)]
    client_id: Option<String>,
}

/// Comments on a post.
#[utoipa::path(post, path = "/api/posts/{id}/comments", tag = "posts", operation_id = "writeComment", request_body = Write,
    params(("id" = PostId, Path)),
    responses((status = 201, body = CommentView, headers(("ETag" = String))), (status = 200, body = CommentView, description = "It was written before.", headers(("ETag" = String)))))]
pub(crate) async fn write(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<PostId>,
    Json(new): Json<Write>,
) -> Answer<Response> {
    let new = NewComment {
        text: new.text,
        reply_to: new.reply_to,
        client_id: new.client_id,
    };
    let (comment, fresh) = app.comment(caller.user, id, new).await?;
    let view = app.show_comment(caller.user, comment).await?;
    let status = if fresh { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, etag(view.version), Json(view)).into_response())
}

#[derive(Deserialize, IntoParams, Validate)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Only the answers under this comment of the first level.
    #[garde(skip)]
    thread: Option<CommentId>,
    /// Most items.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
    /// Where to go on.
    #[garde(length(max = 1024))]
    #[param(max_length = 1024)]
    cursor: Option<String>,
}

/// Lists comments of both levels, oldest first.
#[utoipa::path(get, path = "/api/posts/{id}/comments", tag = "posts", operation_id = "listComments",
    params(("id" = PostId, Path), Which), responses((status = 200, body = Page<CommentView>)))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<PostId>,
    Query(which): Query<Which>,
) -> Answer<Json<Page<CommentView>>> {
    let page = (which.limit.unwrap_or(LIMIT_DEFAULT), which.cursor.as_deref());
    Ok(Json(app.list_comments(caller.user, id, which.thread, page).await?))
}

/// Other words for a comment.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = CommentEdit)]
pub(crate) struct Edit {
    /// 1-2,000 characters.
    #[garde(length(chars, min = 1, max = COMMENT_CHARS_MAX))]
    #[schema(min_length = 1, max_length = 2000)]
    text: String,
}

/// Changes one's comment.
#[utoipa::path(patch, path = "/api/posts/{id}/comments/{commentId}", tag = "posts", operation_id = "changeComment", request_body = Edit,
    params(("id" = PostId, Path), ("commentId" = CommentId, Path), ("if-match" = Option<String>, Header, description = "The `ETag` that the change is meant for")),
    responses((status = 200, body = CommentView, headers(("ETag" = String)))))]
pub(crate) async fn change(
    State(app): State<Arc<App>>,
    caller: Caller,
    if_match: IfMatch,
    Path(spot): Path<(PostId, CommentId)>,
    Json(edit): Json<Edit>,
) -> Answer<impl IntoResponse> {
    let changed = app.change_comment(caller.user, spot, &edit.text, |version| if_match.check(version));
    let view = app.show_comment(caller.user, changed.await?).await?;
    Ok((etag(view.version), Json(view)))
}

/// Deletes one's comment, or one on one's post, with the answers under it.
#[utoipa::path(delete, path = "/api/posts/{id}/comments/{commentId}", tag = "posts", operation_id = "deleteComment",
    params(("id" = PostId, Path), ("commentId" = CommentId, Path)), responses((status = 204)))]
pub(crate) async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path((id, comment)): Path<(PostId, CommentId)>,
) -> Answer<StatusCode> {
    app.delete_comment(caller.user, id, comment).await?;
    Ok(StatusCode::NO_CONTENT)
}
