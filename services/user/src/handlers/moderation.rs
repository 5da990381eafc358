//! The moderators' queue.

use std::sync::Arc;

use axum::extract::State;
use chassis::{Answer, Caller, Json, Path, Query};
use contracts::user::ModerationAction;
use garde::Validate;
use http::StatusCode;
use kernel::{LIMIT_DEFAULT, Page, ReportId, UserId};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::app::{App, Verdict};
use crate::error::Error;
use crate::wire::ReportView;

#[derive(Deserialize, IntoParams, Validate)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// `true`: what has been decided, newest first. Else what is open, oldest first.
    #[garde(skip)]
    decided: Option<bool>,
    /// Most items.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
    /// Where to go on.
    #[garde(length(max = 1024))]
    #[param(max_length = 1024)]
    cursor: Option<String>,
}

/// Lists reports about people. For moderators.
#[utoipa::path(get, path = "/api/users/moderation", tag = "users", operation_id = "listUserReports", params(Which), responses((status = 200, body = Page<ReportView>)))]
pub(crate) async fn queue(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(which): Query<Which>,
) -> Answer<Json<Page<ReportView>>> {
    moderator(&caller)?;
    let limit = which.limit.unwrap_or(LIMIT_DEFAULT);
    let decided = which.decided.unwrap_or(false);
    Ok(Json(app.list_reports(decided, limit, which.cursor.as_deref()).await?))
}

/// What is to be done.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = UserVerdict)]
pub(crate) struct Decide {
    /// `dismiss`: nothing. `remove`: the person is banned. `warn`: they are told.
    #[garde(skip)]
    action: ModerationAction,
    /// For the record; with `warn` also for the person.
    #[serde(default)]
    #[garde(length(chars, max = 1000))]
    #[schema(max_length = 1000)]
    note: String,
}

/// Decides about an open report, and with it about all others about the same person. For moderators.
#[utoipa::path(post, path = "/api/users/moderation/{id}/decide", tag = "users", operation_id = "decideUserReport", request_body = Decide,
    params(("id" = ReportId, Path)), responses((status = 200, body = ReportView)))]
pub(crate) async fn decide(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<ReportId>,
    Json(decide): Json<Decide>,
) -> Answer<Json<ReportView>> {
    moderator(&caller)?;
    let verdict = Verdict {
        action: decide.action,
        note: decide.note,
    };
    Ok(Json(app.decide(caller.user, id, verdict).await?))
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
    moderator(&caller)?;
    app.accounts.ban(id, &ban.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn moderator(caller: &Caller) -> Result<(), Error> {
    if caller.admin { Ok(()) } else { Err(Error::NotModerator) }
}
