//! What one has used.

use std::sync::Arc;

use axum::extract::State;
use chassis::{Answer, Caller, Json, Paging, Query};
use kernel::{Cost, Page};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::usage::UsageDoc;

/// What one used of one model on one day.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DailyUsage {
    /// `2026-01-31`, UTC.
    #[schema(format = Date)]
    day: String,
    /// `provider/model`.
    model: String,
    /// Calls that were answered, or begun to be.
    calls: u64,
    /// Tokens read.
    prompt_tokens: u64,
    /// Tokens written.
    completion_tokens: u64,
    /// What calls cost that a price was set for; null when there was none.
    #[schema(required = true)]
    cost: Option<Cost>,
}

impl From<UsageDoc> for DailyUsage {
    fn from(doc: UsageDoc) -> Self {
        let UsageDoc {
            day,
            model,
            calls,
            prompt_tokens,
            completion_tokens,
            cost,
            ..
        } = doc;
        Self {
            day,
            model,
            calls,
            prompt_tokens,
            completion_tokens,
            cost,
        }
    }
}

/// Lists what one used, newest day first; a call shows up about a second after it ended.
#[utoipa::path(get, path = "/api/ai/usage", tag = "ai", params(Paging), responses((status = 200, body = Page<DailyUsage>)))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(paging): Query<Paging>,
) -> Answer<Json<Page<DailyUsage>>> {
    let page = app
        .repo
        .list_usage(caller.user, paging.limit(), paging.cursor())
        .await?;
    Ok(Json(page.map(DailyUsage::from)))
}
