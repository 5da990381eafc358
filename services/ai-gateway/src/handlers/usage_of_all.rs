//! What everybody used, for admins.

use std::sync::Arc;

use axum::extract::State;
use chassis::{Answer, Json, Query};
use garde::Validate;
use kernel::{AgentId, Cost, LIMIT_DEFAULT, LIMIT_MAX, Page, RoomId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::domain::days::Days;
use crate::domain::sum::{By, Grouping, Sum};
use crate::handlers::admin::Admin;

/// The longest cursor, in bytes: it holds the name of a model.
const CURSOR_BYTES_MAX: usize = 4096;

/// Which sums.
#[derive(Deserialize, IntoParams, Validate)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SumsQuery {
    /// First day, UTC; 29 days before `to` by default, 366 days at the most.
    #[garde(skip)]
    #[param(format = Date)]
    from: Option<String>,
    /// Last day, UTC; today by default.
    #[garde(skip)]
    #[param(format = Date)]
    to: Option<String>,
    /// `day` (the default), or `model`, `user`, `agent` or `room` over the whole range, or `day,model` and so on for each day.
    #[garde(length(max = 20))]
    #[param(max_length = 20)]
    by: Option<String>,
    /// Rows in the page, 50 by default.
    #[garde(range(min = 1, max = LIMIT_MAX))]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
    /// `nextCursor` of the page before.
    #[garde(length(max = CURSOR_BYTES_MAX))]
    #[param(max_length = 4096)]
    cursor: Option<String>,
}

/// What calls add up to. Only what they are added up by is named.
#[derive(Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UsageSum {
    /// `2026-01-31`, UTC.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = Date)]
    day: Option<String>,
    /// `provider/model`; `_OTHER` for what is beyond 1,000 models of one day.
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<String>,
    /// Who pays.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<UserId>)]
    user_id: Option<String>,
    /// The agent that spoke.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<AgentId>)]
    agent_id: Option<String>,
    /// The room it spoke in.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<RoomId>)]
    room_id: Option<String>,
    /// All calls.
    calls: u64,
    /// Of these, those that the provider failed, before their first byte or after it.
    failed: u64,
    /// Of these, those answered from the cache.
    cached: u64,
    /// Tokens read.
    prompt_tokens: u64,
    /// Tokens written.
    completion_tokens: u64,
    /// What it cost, one amount a currency; empty where no model has a price.
    costs: Vec<Cost>,
}

impl UsageSum {
    fn new(by: By, subject: String, day: Option<String>, sum: Sum) -> Self {
        let Sum {
            calls,
            failed,
            cached,
            prompt_tokens,
            completion_tokens,
            costs,
        } = sum;
        let mut row = Self {
            day,
            calls,
            failed,
            cached,
            prompt_tokens,
            completion_tokens,
            costs,
            ..Self::default()
        };
        let named = match by {
            By::Day => return row,
            By::Model => &mut row.model,
            By::User => &mut row.user_id,
            By::Agent => &mut row.agent_id,
            By::Room => &mut row.room_id,
        };
        *named = Some(subject);
        row
    }
}

/// Adds up what everybody used, for admins; a call shows up about a second after it ended.
///
/// Days come newest first; models, people, agents and rooms in the order of their names or ids. A page may be shorter than
/// `limit` although `nextCursor` says that there is more.
#[utoipa::path(get, path = "/api/ai/usage/all", tag = "ai", operation_id = "usageOfAll", params(SumsQuery),
    responses((status = 200, body = Page<UsageSum>)))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    _: Admin,
    Query(query): Query<SumsQuery>,
) -> Answer<Json<Page<UsageSum>>> {
    let days = Days::read(query.from.as_deref(), query.to.as_deref(), app.ambient.now())?;
    let Grouping { by, each_day } = Grouping::read(query.by.as_deref())?;
    let (limit, cursor) = (query.limit.unwrap_or(LIMIT_DEFAULT), query.cursor.as_deref());
    let page = if each_day {
        let page = app.sums.each_day(by, &days, limit, cursor).await?;
        page.map(|doc| UsageSum::new(by, doc.subject, Some(doc.day), doc.sum))
    } else {
        let page = app.sums.whole_range(by, &days, limit, cursor).await?;
        page.map(|of| UsageSum::new(by, of.subject, None, of.sum))
    };
    Ok(Json(page))
}
