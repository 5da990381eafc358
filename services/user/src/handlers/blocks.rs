//! Whom one has blocked. The truth lives in friendship.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::State;
use chassis::{Answer, Caller, Json, Paging, Path, Query};
use contracts::user::{Profile, UserDirectory as _};
use http::StatusCode;
use kernel::{Page, UserId};

use crate::app::App;
use crate::error::Error;

/// Lists whom one has blocked, newest first.
#[utoipa::path(get, path = "/api/users/me/blocks", tag = "users", params(Paging), responses((status = 200, body = Page<Profile>)))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(paging): Query<Paging>,
) -> Answer<Json<Page<Profile>>> {
    let page = app
        .relationships
        .blocks(caller.user, paging.limit(), paging.cursor())
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
