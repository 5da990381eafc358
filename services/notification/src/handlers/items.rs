//! The list of a person's notifications.

use std::sync::Arc;

use axum::extract::State;
use chassis::{Answer, Caller, Json, Path, Query};
use garde::Validate;
use http::StatusCode;
use kernel::{Fault, LIMIT_DEFAULT, NotificationId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::app::show::Shown;
use crate::domain::item::Left;
use crate::error::Error;

/// Ids of one request.
const IDS_MAX: usize = 200;

#[derive(Deserialize, IntoParams, Validate)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// Only what is unread. `false` by default.
    #[garde(skip)]
    unread: Option<bool>,
    /// Most items, 50 by default.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
    /// `nextCursor` of the page before.
    #[garde(length(max = 1024))]
    #[param(max_length = 1024)]
    cursor: Option<String>,
}

/// A page of my notifications.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NotificationPage {
    /// Newest first.
    items: Vec<Shown>,
    /// What to pass as `cursor` for the next page; null at the end.
    #[schema(required = true)]
    next_cursor: Option<String>,
    /// How many are unread in all.
    unread: u64,
}

/// How many are unread.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Unread {
    /// Exact.
    unread: u64,
}

/// Lists my notifications, the latest grown first. What I may not see any more is left out, so that a page may hold fewer than there are.
#[utoipa::path(get, path = "/api/notifications", tag = "notifications", params(Which), responses((status = 200, body = NotificationPage)))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(which): Query<Which>,
) -> Answer<Json<NotificationPage>> {
    let limit = which.limit.unwrap_or(LIMIT_DEFAULT);
    let only_unread = which.unread.unwrap_or(false);
    let page = app
        .repo
        .list(caller.user, only_unread, limit, which.cursor.as_deref())
        .await?;
    Ok(Json(NotificationPage {
        items: app.show(app.all_tellable(caller.user, page.items).await?).await?,
        next_cursor: page.next_cursor,
        unread: app.repo.unread(caller.user).await?,
    }))
}

/// Counts what is unread.
#[utoipa::path(get, path = "/api/notifications/unread", tag = "notifications", responses((status = 200, body = Unread)))]
pub(crate) async fn unread(State(app): State<Arc<App>>, caller: Caller) -> Answer<Json<Unread>> {
    let unread = app.repo.unread(caller.user).await?;
    Ok(Json(Unread { unread }))
}

/// What was read: exactly one of the three.
#[derive(Deserialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ReadThese {
    /// These. Those that are not mine or not there are left alone.
    #[garde(inner(length(min = 1, max = IDS_MAX)))]
    #[schema(min_items = 1, max_items = 200)]
    ids: Option<Vec<NotificationId>>,
    /// All whose `at` is at or before this.
    #[garde(skip)]
    up_to: Option<Timestamp>,
    /// `true`: all.
    #[garde(skip)]
    all: Option<bool>,
}

/// Marks notifications read, and says how many are unread then.
#[utoipa::path(put, path = "/api/notifications/read", tag = "notifications", request_body = ReadThese, responses((status = 200, body = Unread)))]
pub(crate) async fn read(
    State(app): State<Arc<App>>,
    caller: Caller,
    Json(these): Json<ReadThese>,
) -> Answer<Json<Unread>> {
    match (these.ids, these.up_to, these.all) {
        (Some(ids), None, None) => {
            let keys: Vec<String> = ids.iter().map(ToString::to_string).collect();
            let mine = app.repo.items.get_many(&keys).await?;
            let ids: Vec<NotificationId> = mine
                .iter()
                .filter(|item| item.user_id == caller.user && item.listed && item.read_at.is_none())
                .map(|item| item.id)
                .collect();
            app.repo.read(caller.user, &ids).await?;
        }
        (None, Some(until), None) => app.read_until(caller.user, until).await?,
        (None, None, Some(true)) => app.read_until(caller.user, app.repo.ambient.now()).await?,
        _ => return Err(Fault::invalid("ids", "say exactly one of ids, upTo and all: true").into()),
    }
    let unread = app.repo.unread(caller.user).await?;
    Ok(Json(Unread { unread }))
}

/// Removes a notification from my list.
#[utoipa::path(delete, path = "/api/notifications/{id}", tag = "notifications", params(("id" = NotificationId, Path)), responses((status = 204)))]
pub(crate) async fn delete(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<NotificationId>,
) -> Answer<StatusCode> {
    let item = app.repo.items.get(id).await?;
    if !item.is_some_and(|item| item.user_id == caller.user && item.listed) {
        return Err(Error::NotFound.into());
    }
    app.repo.take_back(id, |_| Left::Nothing).await?;
    Ok(StatusCode::NO_CONTENT)
}
