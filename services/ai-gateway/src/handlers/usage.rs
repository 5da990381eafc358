//! What one has used.

use std::sync::Arc;

use axum::extract::State;
use chassis::page::CURSOR_BYTES_MAX;
use chassis::{Answer, Caller, Json, Query};
use garde::Validate;
use kernel::{Cost, LIMIT_DEFAULT, LIMIT_MAX, Page};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::domain::days::checked;
use crate::domain::usage::UsageDoc;

/// Which days of one's usage.
#[derive(Deserialize, IntoParams, Validate)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct UsageQuery {
    /// First day, UTC; the first of all by default.
    #[garde(skip)]
    #[param(format = Date)]
    from: Option<String>,
    /// Last day, UTC; today by default.
    #[garde(skip)]
    #[param(format = Date)]
    to: Option<String>,
    /// Items in the page, 50 by default.
    #[garde(range(min = 1, max = LIMIT_MAX))]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
    /// `nextCursor` of the page before.
    #[garde(length(max = CURSOR_BYTES_MAX))]
    #[param(max_length = 1024)]
    cursor: Option<String>,
}

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
    /// Of these, those that broke off because the provider failed.
    failed: u64,
    /// Of these, those answered from the cache, which cost nothing.
    cached: u64,
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
            failed,
            cached,
            prompt_tokens,
            completion_tokens,
            cost,
            ..
        } = doc;
        Self {
            day,
            model,
            calls,
            failed,
            cached,
            prompt_tokens,
            completion_tokens,
            cost,
        }
    }
}

/// Lists what one used, newest day first; a call shows up about a second after it ended.
#[utoipa::path(get, path = "/api/ai/usage", tag = "ai", params(UsageQuery), responses((status = 200, body = Page<DailyUsage>)))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(query): Query<UsageQuery>,
) -> Answer<Json<Page<DailyUsage>>> {
    let days = (checked("from", query.from)?, checked("to", query.to)?);
    let limit = query.limit.unwrap_or(LIMIT_DEFAULT);
    let page = app
        .repo
        .list_usage(caller.user, days, limit, query.cursor.as_deref())
        .await?;
    Ok(Json(page.map(DailyUsage::from)))
}
