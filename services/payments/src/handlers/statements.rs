//! What a seller earned, and what is owed.

use std::sync::Arc;

use axum::extract::State;
use chassis::{Answer, Caller, Json, Query};
use garde::Validate;
use kernel::LIMIT_DEFAULT;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::{App, Balance, Statement};

/// Which month.
#[derive(Deserialize, IntoParams, Validate)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Which {
    /// `YYYY-MM`, UTC; this month by default.
    #[garde(inner(custom(is_month)))]
    #[param(pattern = "^[0-9]{4}-(0[1-9]|1[0-2])$")]
    month: Option<String>,
    /// Most items.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<usize>,
    /// Where to go on.
    #[garde(length(max = 1024))]
    #[param(max_length = 1024)]
    cursor: Option<String>,
}

fn is_month(month: &str, (): &()) -> garde::Result {
    let digits = |text: &str, count: usize| text.len() == count && text.bytes().all(|b| b.is_ascii_digit());
    match month.split_once('-') {
        Some((year, of)) if digits(year, 4) && digits(of, 2) && ("01"..="12").contains(&of) => Ok(()),
        _ => Err(garde::Error::new("is no month such as 2026-01")),
    }
}

/// Shows a month of one's sales: lines from the ledger, newest first, and sums in each currency.
#[utoipa::path(get, path = "/api/statements", tag = "statements", params(Which), responses((status = 200, body = Statement)))]
pub(crate) async fn month(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(which): Query<Which>,
) -> Answer<Json<Statement>> {
    let now = app.ambient().now().to_string();
    let month = which.month.as_deref().or(now.get(..7)).unwrap_or_default();
    let limit = which.limit.unwrap_or(LIMIT_DEFAULT);
    Ok(Json(
        app.statement(caller.user, month, (limit, which.cursor.as_deref()))
            .await?,
    ))
}

/// What is owed.
#[derive(Serialize, ToSchema)]
pub(crate) struct Balances {
    /// In each currency in which there was anything.
    items: Vec<Balance>,
}

/// Shows what one is owed as a seller, and how much can be paid out now.
#[utoipa::path(get, path = "/api/statements/balance", tag = "statements", responses((status = 200, body = Balances)))]
pub(crate) async fn balance(State(app): State<Arc<App>>, caller: Caller) -> Answer<Json<Balances>> {
    let items = app.balances(caller.user).await?;
    Ok(Json(Balances { items }))
}
