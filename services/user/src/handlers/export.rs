//! The archive of one's own data.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::IntoResponse;
use chassis::{Answer, Caller};
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};

use crate::app::App;

/// Returns everything of one's own that any service keeps, as lines of JSON, sent as they are found. The first line is
/// `{"kind":"archive","version":1,"userId","handle","createdAt"}`, then `{"service","kind","data"}` each, and at last
/// `{"kind":"end","items"}`: without it the archive is not whole. Files come with signed addresses that hold for a short time.
/// Once an hour.
#[utoipa::path(post, path = "/api/users/me/export", tag = "users",
    responses((status = 200, content_type = "application/x-ndjson", body = String, headers(("Content-Disposition" = String)))))]
pub(crate) async fn export(State(app): State<Arc<App>>, caller: Caller) -> Answer<impl IntoResponse> {
    let (handle, lines) = app.archive(caller.user).await?;
    let headers = [
        (CONTENT_TYPE, "application/x-ndjson".to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"aichat-{handle}.jsonl\""),
        ),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, Body::from_stream(lines)))
}
