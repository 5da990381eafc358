//! What one has bought.

use std::sync::Arc;

use axum::extract::State;
use chassis::{Answer, Caller, Json, Paging, Query};
use contracts::orders::Entitlement;
use kernel::Page;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;

/// An entitlement with what was used of it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Owned {
    #[serde(flatten)]
    entitlement: Entitlement,
    /// Rooms that count against its scope.
    rooms_used: usize,
    /// Tokens of today (UTC).
    tokens_today: u64,
}

/// Lists one's entitlements, newest first; also those that count no more.
#[utoipa::path(get, path = "/api/entitlements", tag = "entitlements", params(Paging), responses((status = 200, body = Page<Owned>)))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(paging): Query<Paging>,
) -> Answer<Json<Page<Owned>>> {
    let now = app.repo.ambient.now();
    let page = app
        .repo
        .page_entitlements(caller.user, paging.limit(), paging.cursor())
        .await?;
    Ok(Json(page.map(|doc| Owned {
        rooms_used: doc.rooms.len(),
        tokens_today: doc.tokens_on(now),
        entitlement: doc.entitlement,
    })))
}
