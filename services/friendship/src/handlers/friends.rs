//! Friends and people one may know.

use std::sync::Arc;

use axum::extract::State;
use chassis::{Answer, Caller, Json, Paging, Path, Query};
use garde::Validate;
use http::StatusCode;
use kernel::{LIMIT_DEFAULT, Page, UserId};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::{App, Friend, Suggestion};

/// Lists one's friends, newest friendship first.
#[utoipa::path(get, path = "/api/friendships", tag = "friendships", params(Paging), responses((status = 200, body = Page<Friend>)))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(paging): Query<Paging>,
) -> Answer<Json<Page<Friend>>> {
    Ok(Json(app.friends(caller.user, paging.limit(), paging.cursor()).await?))
}

/// Ends a friendship.
#[utoipa::path(delete, path = "/api/friendships/{userId}", tag = "friendships", params(("userId" = UserId, Path)), responses((status = 204)))]
pub(crate) async fn remove(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(other): Path<UserId>,
) -> Answer<StatusCode> {
    app.remove(caller.user, other).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, IntoParams, Validate)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Most {
    /// Most items.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
}

/// Suggests people by mutual friends, most first. The list is one page.
#[utoipa::path(get, path = "/api/friendships/suggestions", tag = "friendships", params(Most), responses((status = 200, body = Page<Suggestion>)))]
pub(crate) async fn suggestions(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(most): Query<Most>,
) -> Answer<Json<Page<Suggestion>>> {
    let items = app
        .suggestions(caller.user, most.limit.unwrap_or(LIMIT_DEFAULT))
        .await?;
    Ok(Json(Page {
        items,
        next_cursor: None,
    }))
}
