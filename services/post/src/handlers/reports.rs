//! Reports of posts and comments to the moderators.

use std::sync::Arc;

use axum::extract::State;
use chassis::{Answer, Caller, Json, Path};
use contracts::user::ReportReason;
use garde::Validate;
use http::StatusCode;
use kernel::{CommentId, PostId};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::App;

/// What is wrong with it.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewPostReport)]
pub(crate) struct Report {
    /// The kind of trouble.
    #[garde(skip)]
    reason: ReportReason,
    /// In one's own words.
    #[serde(default)]
    #[garde(length(chars, max = 1000))]
    #[schema(max_length = 1000)]
    detail: String,
}

/// Reports a post to the moderators.
#[utoipa::path(post, path = "/api/posts/{id}/reports", tag = "posts", operation_id = "reportPost", request_body = Report,
    params(("id" = PostId, Path)), responses((status = 202)))]
pub(crate) async fn of_post(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<PostId>,
    Json(report): Json<Report>,
) -> Answer<StatusCode> {
    app.report_post(caller.user, id, (report.reason, report.detail)).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Reports a comment to the moderators.
#[utoipa::path(post, path = "/api/posts/{id}/comments/{commentId}/reports", tag = "posts", operation_id = "reportComment", request_body = Report,
    params(("id" = PostId, Path), ("commentId" = CommentId, Path)), responses((status = 202)))]
pub(crate) async fn of_comment(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(spot): Path<(PostId, CommentId)>,
    Json(report): Json<Report>,
) -> Answer<StatusCode> {
    app.report_comment(caller.user, spot, (report.reason, report.detail))
        .await?;
    Ok(StatusCode::ACCEPTED)
}
