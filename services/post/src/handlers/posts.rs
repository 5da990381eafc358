//! Posts: write, list, read, change, delete.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use chassis::extract::etag;
use chassis::{Answer, Caller, IfMatch, Json, Paging, Path, Query};
use contracts::post::Visibility;
use garde::Validate;
use http::StatusCode;
use kernel::{AssetId, LIMIT_DEFAULT, Page, PostId, UserId};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::app::{App, CLIENT_ID_CHARS_MAX, Change, NewPost, Wanted};
use crate::config::{MEDIA_MAX, TEXT_CHARS_MAX};
use crate::wire::{PostView, RevisionView};

/// A new post. It has words, media, or something that it shares.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewPost)]
pub(crate) struct Write {
    /// At most 5,000 characters.
    #[serde(default)]
    #[garde(length(chars, max = TEXT_CHARS_MAX))]
    #[schema(max_length = 5000)]
    text: String,
    /// Who may see it. May be absent only with `shareOf`: then as wide as what it shares.
    #[garde(skip)]
    visibility: Option<Visibility>,
    /// At most 10 assets that one has uploaded.
    #[serde(default)]
    #[garde(length(max = MEDIA_MAX))]
    #[schema(max_items = 10)]
    media_ids: Vec<AssetId>,
    /// One's own id for it: the same again answers with the first.
    #[garde(inner(length(chars, min = 1, max = CLIENT_ID_CHARS_MAX)))]
    #[schema(min_length = 1, max_length = 64)]
    client_id: Option<String>,
    /// A post to share.
    #[garde(skip)]
    share_of: Option<PostId>,
}

/// Writes a post.
#[utoipa::path(post, path = "/api/posts", tag = "posts", operation_id = "writePost", request_body = Write,
    responses((status = 201, body = PostView, headers(("ETag" = String))), (status = 200, body = PostView, description = "It was written before.", headers(("ETag" = String)))))]
pub(crate) async fn write(State(app): State<Arc<App>>, caller: Caller, Json(new): Json<Write>) -> Answer<Response> {
    let new = NewPost {
        text: new.text,
        visibility: new.visibility,
        media_ids: new.media_ids,
        client_id: new.client_id,
        share_of: new.share_of,
    };
    written(&app, caller.user, new).await
}

/// Writes a post and answers with it: 201 when it is new, else 200.
pub(super) async fn written(app: &App, author: UserId, new: NewPost) -> Answer<Response> {
    let (post, fresh) = app.write_post(author, new).await?;
    let view = app.show_post(author, post.id).await?;
    let status = if fresh { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, etag(view.version), Json(view)).into_response())
}

#[derive(Deserialize, IntoParams, Validate)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Only by this person.
    #[garde(skip)]
    author: Option<UserId>,
    /// Only with this hashtag, with or without its sign.
    #[garde(inner(length(chars, min = 1, max = 51)))]
    #[param(min_length = 1, max_length = 51)]
    tag: Option<String>,
    /// Only with all of these words, each as the beginning of one.
    #[garde(inner(length(chars, min = 1, max = 200)))]
    #[param(min_length = 1, max_length = 200)]
    q: Option<String>,
    /// Most items.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
    /// Where to go on.
    #[garde(length(max = 1024))]
    #[param(max_length = 1024)]
    cursor: Option<String>,
}

/// Lists posts that one may see, newest first. A page may be short while its cursor goes on.
#[utoipa::path(get, path = "/api/posts", tag = "posts", operation_id = "listPosts", params(Which), responses((status = 200, body = Page<PostView>)))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(which): Query<Which>,
) -> Answer<Json<Page<PostView>>> {
    let wanted = Wanted {
        author: which.author,
        tag: which.tag,
        words: which.q,
    };
    let limit = which.limit.unwrap_or(LIMIT_DEFAULT);
    Ok(Json(
        app.list_posts(caller.user, wanted, limit, which.cursor.as_deref())
            .await?,
    ))
}

/// Returns a post.
#[utoipa::path(get, path = "/api/posts/{id}", tag = "posts", operation_id = "readPost", params(("id" = PostId, Path)),
    responses((status = 200, body = PostView, headers(("ETag" = String)))))]
pub(crate) async fn read(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<PostId>,
) -> Answer<impl IntoResponse> {
    let view = app.show_post(caller.user, id).await?;
    Ok((etag(view.version), Json(view)))
}

/// Changes to a post; what is absent stays.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = PostEdit)]
pub(crate) struct Edit {
    /// At most 5,000 characters. The words before are kept.
    #[garde(inner(length(chars, max = TEXT_CHARS_MAX)))]
    #[schema(max_length = 5000)]
    text: Option<String>,
    /// Who may see it.
    #[garde(skip)]
    visibility: Option<Visibility>,
}

/// Changes one's post.
#[utoipa::path(patch, path = "/api/posts/{id}", tag = "posts", operation_id = "changePost", request_body = Edit,
    params(("id" = PostId, Path), ("if-match" = Option<String>, Header, description = "The `ETag` that the change is meant for")),
    responses((status = 200, body = PostView, headers(("ETag" = String)))))]
pub(crate) async fn change(
    State(app): State<Arc<App>>,
    caller: Caller,
    if_match: IfMatch,
    Path(id): Path<PostId>,
    Json(edit): Json<Edit>,
) -> Answer<impl IntoResponse> {
    let change = Change {
        text: edit.text,
        visibility: edit.visibility,
    };
    app.change_post(caller.user, id, &change, |version| if_match.check(version))
        .await?;
    let view = app.show_post(caller.user, id).await?;
    Ok((etag(view.version), Json(view)))
}

/// Deletes one's post, with all that hangs on it.
#[utoipa::path(delete, path = "/api/posts/{id}", tag = "posts", operation_id = "deletePost", params(("id" = PostId, Path)), responses((status = 204)))]
pub(crate) async fn delete(State(app): State<Arc<App>>, caller: Caller, Path(id): Path<PostId>) -> Answer<StatusCode> {
    app.delete_post(caller.user, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists the words that a post had before, newest first: those that were ever for such readers.
#[utoipa::path(get, path = "/api/posts/{id}/history", tag = "posts", operation_id = "postHistory", params(("id" = PostId, Path), Paging),
    responses((status = 200, body = Page<RevisionView>)))]
pub(crate) async fn history(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<PostId>,
    Query(paging): Query<Paging>,
) -> Answer<Json<Page<RevisionView>>> {
    Ok(Json(
        app.history(caller.user, id, paging.limit(), paging.cursor()).await?,
    ))
}
