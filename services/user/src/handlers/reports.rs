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
use crate::error::Error;

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

/// Why somebody is banned.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Ban {
    /// For the record.
    #[garde(length(chars, min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

/// Bans a person: sessions end at once, sign-in is refused. For moderators.
#[utoipa::path(post, path = "/api/users/{id}/ban", tag = "users", params(("id" = UserId, Path)), request_body = Ban, responses((status = 204)))]
pub(crate) async fn ban(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<UserId>,
    Json(ban): Json<Ban>,
) -> Answer<StatusCode> {
    if !caller.admin {
        return Err(Error::NotModerator.into());
    }
    app.accounts.ban(id, &ban.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Reports a person to the moderators.
#[utoipa::path(post, path = "/api/users/{id}/reports", tag = "users", params(("id" = UserId, Path)), request_body = Report, responses((status = 202)))]
pub(crate) async fn report(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<UserId>,
    Json(report): Json<Report>,
) -> Answer<StatusCode> {
    app.report(caller.user, id, report.reason, report.detail.unwrap_or_default())
        .await?;
    Ok(StatusCode::ACCEPTED)
}
