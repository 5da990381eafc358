//! Other people's profiles.

use std::sync::Arc;

use axum::extract::State;
use chassis::{Answer, Caller, Json, Path, Query};
use contracts::user::{Profile, UserDirectory as _};
use garde::Validate;
use kernel::{LIMIT_DEFAULT, Page, UserId};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;
use crate::error::Error;

#[derive(Deserialize, IntoParams, Validate)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Find {
    /// Beginnings of words of the handle or display name.
    #[garde(length(chars, min = 1, max = 100))]
    #[param(min_length = 1, max_length = 100)]
    query: String,
    /// Most items.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
    /// Where to go on.
    #[garde(length(max = 1024))]
    #[param(max_length = 1024)]
    cursor: Option<String>,
}

/// Finds people by the beginnings of words in their handle or display name.
#[utoipa::path(get, path = "/api/users", tag = "users", params(Find), responses((status = 200, body = Page<Profile>)))]
pub(crate) async fn search(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(find): Query<Find>,
) -> Answer<Json<Page<Profile>>> {
    let limit = find.limit.unwrap_or(LIMIT_DEFAULT);
    Ok(Json(
        app.search(caller.user, find.query, limit, find.cursor.as_deref())
            .await?,
    ))
}

/// Returns a person.
#[utoipa::path(get, path = "/api/users/{id}", tag = "users", params(("id" = UserId, Path)), responses((status = 200, body = Profile)))]
pub(crate) async fn read(State(app): State<Arc<App>>, caller: Caller, Path(id): Path<UserId>) -> Answer<Json<Profile>> {
    Ok(Json(app.seen_by(caller.user, id).await?))
}

/// Returns the person with this handle.
#[utoipa::path(get, path = "/api/users/by-handle/{handle}", tag = "users", params(("handle" = String, Path)), responses((status = 200, body = Profile)))]
pub(crate) async fn by_handle(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(handle): Path<String>,
) -> Answer<Json<Profile>> {
    let profile = app.profiles.by_handle(&handle).await?.ok_or(Error::NotFound)?;
    Ok(Json(app.seen_by(caller.user, profile.id).await?))
}
