//! The moderators' queue.

use std::sync::Arc;

use axum::extract::State;
use chassis::{Answer, Caller, Json, Path, Query};
use contracts::user::ModerationAction;
use garde::Validate;
use kernel::{LIMIT_DEFAULT, Page};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::app::{App, Verdict};
use crate::error::Error;
use crate::wire::CaseView;

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

/// Lists reported posts and comments, all reports of one together. For moderators.
#[utoipa::path(get, path = "/api/posts/moderation", tag = "posts", operation_id = "listPostCases", params(Which), responses((status = 200, body = Page<CaseView>)))]
pub(crate) async fn queue(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(which): Query<Which>,
) -> Answer<Json<Page<CaseView>>> {
    moderator(&caller)?;
    let limit = which.limit.unwrap_or(LIMIT_DEFAULT);
    Ok(Json(
        app.list_cases(which.decided.unwrap_or(false), limit, which.cursor.as_deref())
            .await?,
    ))
}

/// What is to be done.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = PostVerdict)]
pub(crate) struct Decide {
    /// `dismiss`: it may stay. `remove`: it is taken down. `warn`: it stays, and its author is told.
    #[garde(skip)]
    action: ModerationAction,
    /// For the record; with `warn` also for the author.
    #[serde(default)]
    #[garde(length(chars, max = 1000))]
    #[schema(max_length = 1000)]
    note: String,
}

/// Decides about an open case, named by the id of one of its reports or by its subject. For moderators.
#[utoipa::path(post, path = "/api/posts/moderation/{subject}/decide", tag = "posts", operation_id = "decidePostCase", request_body = Decide,
    params(("subject" = String, Path, max_length = 64, description = "The id of a report, `post:<id>` or `comment:<id>`")),
    responses((status = 200, body = CaseView)))]
pub(crate) async fn decide(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(subject): Path<String>,
    Json(decide): Json<Decide>,
) -> Answer<Json<CaseView>> {
    moderator(&caller)?;
    let verdict = Verdict {
        action: decide.action,
        note: decide.note,
    };
    Ok(Json(app.decide(caller.user, &subject, verdict).await?))
}

fn moderator(caller: &Caller) -> Result<(), Error> {
    if caller.admin { Ok(()) } else { Err(Error::NotModerator) }
}
