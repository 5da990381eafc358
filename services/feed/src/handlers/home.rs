//! The home timeline.

use std::sync::Arc;

use axum::extract::State;
use chassis::{Answer, Caller, Json, Query};
use garde::Validate;
use kernel::{LIMIT_DEFAULT, LIMIT_MAX, PostId};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::{App, Home, News};
use crate::domain::chain::{CURSOR_BYTES_MAX, Order};

#[derive(Deserialize, IntoParams, Validate)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// `ranked` by default. A cursor keeps to the order that its chain began with.
    #[garde(skip)]
    #[param(inline)]
    order: Option<Order>,
    /// Posts in the page, 50 by default.
    #[garde(range(min = 1, max = LIMIT_MAX))]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
    /// `nextCursor` of the page before.
    #[garde(length(max = CURSOR_BYTES_MAX))]
    #[param(max_length = 6144)]
    cursor: Option<String>,
}

/// Reads one's home timeline: own posts, and those of friends. A chain of pages shows every post that was there at its first
/// page once, whatever is posted meanwhile; what one may not see any more is left out.
///
/// Of a friend with more than 2,000 friends the latest 200 posts are found here, and only of the first 100 such friends.
#[utoipa::path(get, path = "/api/feed", tag = "feed", params(Which), responses((status = 200, body = Home)))]
pub(crate) async fn read(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(which): Query<Which>,
) -> Answer<Json<Home>> {
    let limit = which.limit.unwrap_or(LIMIT_DEFAULT);
    Ok(Json(
        app.home(caller.user, limit, which.order, which.cursor.as_deref())
            .await?,
    ))
}

#[derive(Deserialize, IntoParams, Validate)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Since {
    /// `newest` of the page that is on the screen.
    #[garde(skip)]
    since: PostId,
}

/// Counts newer posts by others, up to 50.
#[utoipa::path(get, path = "/api/feed/new", tag = "feed", params(Since), responses((status = 200, body = News)))]
pub(crate) async fn news(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(since): Query<Since>,
) -> Answer<Json<News>> {
    Ok(Json(app.news(caller.user, since.since).await?))
}
