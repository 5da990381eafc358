//! Reports of people to the moderators.

use std::sync::Arc;

use axum::extract::State;
use chassis::{Answer, Caller, Json, Path};
use contracts::user::ReportReason;
use garde::Validate;
use http::StatusCode;
use kernel::UserId;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::report::Complaint;

/// What is wrong with a person.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Report {
    /// The kind of trouble.
    #[garde(skip)]
    reason: ReportReason,
    /// In one's own words.
    #[garde(inner(length(chars, max = 2000)))]
    #[schema(max_length = 2000)]
    detail: Option<String>,
}

/// Reports a person to the moderators.
#[utoipa::path(post, path = "/api/users/{id}/reports", tag = "users", params(("id" = UserId, Path)), request_body = Report, responses((status = 202)))]
pub(crate) async fn report(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<UserId>,
    Json(report): Json<Report>,
) -> Answer<StatusCode> {
    let complaint = Complaint {
        subject: id,
        by: caller.user,
        reason: report.reason,
        detail: report.detail.unwrap_or_default(),
    };
    app.report(complaint).await?;
    Ok(StatusCode::ACCEPTED)
}
