//! Whom one has blocked. The truth lives in friendship.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::State;
use chassis::{Answer, Caller, Json, Path, Query};
use contracts::user::{Profile, UserDirectory as _};
use garde::Validate;
use http::StatusCode;
use kernel::{LIMIT_DEFAULT, Page, UserId};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;
use crate::error::Error;

#[derive(Deserialize, IntoParams, Validate)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Most items.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
    /// Where to go on.
    #[garde(length(max = 1024))]
    #[param(max_length = 1024)]
    cursor: Option<String>,
}

/// Lists whom one has blocked, newest first.
#[utoipa::path(get, path = "/api/users/me/blocks", tag = "users", params(Which), responses((status = 200, body = Page<Profile>)))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(which): Query<Which>,
) -> Answer<Json<Page<Profile>>> {
    let limit = which.limit.unwrap_or(LIMIT_DEFAULT);
    let page = app
        .relationships
        .blocks(caller.user, limit, which.cursor.as_deref())
        .await?;
    let ids: Vec<UserId> = page.items.iter().map(|(id, _)| *id).collect();
    let mut profiles: HashMap<UserId, Profile> = app
        .profiles
        .profiles(&ids)
        .await?
        .into_iter()
        .map(|p| (p.id, p))
        .collect();
    let items = ids.iter().filter_map(|id| profiles.remove(id)).collect();
    Ok(Json(Page {
        items,
        next_cursor: page.next_cursor,
    }))
}

/// Blocks a person: nothing of either is for the other any more.
#[utoipa::path(put, path = "/api/users/me/blocks/{id}", tag = "users", params(("id" = UserId, Path)), responses((status = 204)))]
pub(crate) async fn add(State(app): State<Arc<App>>, caller: Caller, Path(id): Path<UserId>) -> Answer<StatusCode> {
    if id == caller.user {
        return Err(Error::Oneself.into());
    }
    app.profiles.active(id).await?;
    app.relationships.block(caller.user, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lifts a block.
#[utoipa::path(delete, path = "/api/users/me/blocks/{id}", tag = "users", params(("id" = UserId, Path)), responses((status = 204)))]
pub(crate) async fn remove(State(app): State<Arc<App>>, caller: Caller, Path(id): Path<UserId>) -> Answer<StatusCode> {
    app.relationships.unblock(caller.user, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
