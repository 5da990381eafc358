//! The state of the books. For administrators; to others nothing is here.

use std::sync::Arc;

use axum::extract::State;
use chassis::{Answer, Caller, Json};

use crate::app::App;
use crate::app::check_ledger::LedgerCheck;
use crate::error::Error;

/// Checks the whole ledger against itself, against the provider's own books and against all balances.
#[utoipa::path(get, path = "/api/payments/ledger/check", tag = "payments", responses((status = 200, body = LedgerCheck), (status = 404, description = "The caller is no administrator.", body = chassis::problem::ProblemBody, content_type = "application/problem+json")))]
pub(crate) async fn check(State(app): State<Arc<App>>, caller: Caller) -> Answer<Json<LedgerCheck>> {
    if !caller.admin {
        return Err(Error::NotFound.into());
    }
    Ok(Json(app.check_ledger().await?))
}
