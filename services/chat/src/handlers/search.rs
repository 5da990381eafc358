//! Owns the search in messages.

use std::sync::Arc;

use axum::extract::State;
use chassis::{Answer, Caller, Json, Query};
use contracts::chat::Message;
use garde::Validate;
use kernel::{LIMIT_DEFAULT, Page, RoomId};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;

#[derive(Deserialize, IntoParams, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SearchQuery {
    /// Words, all of which a message must have, each as the beginning of one.
    #[garde(length(chars, min = 1, max = 200))]
    #[param(min_length = 1, max_length = 200)]
    q: String,
    /// Only in this room of mine.
    #[garde(skip)]
    room_id: Option<RoomId>,
    /// How many, 50 by default.
    #[garde(inner(range(min = 1, max = 100)))]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
    /// `nextCursor` of the page before.
    #[garde(length(max = 512))]
    #[param(max_length = 512)]
    cursor: Option<String>,
}

/// Finds messages in my rooms, newest first.
#[utoipa::path(get, path = "/api/chat/search", tag = "chat", operation_id = "searchMessages", params(SearchQuery),
    responses((status = 200, body = Page<Message>)))]
pub(crate) async fn search(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(query): Query<SearchQuery>,
) -> Answer<Json<Page<Message>>> {
    let page = (query.limit.unwrap_or(LIMIT_DEFAULT), query.cursor.as_deref());
    Ok(Json(
        app.search_messages(caller.user, query.q, query.room_id, page).await?,
    ))
}
