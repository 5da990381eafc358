//! Payouts to sellers.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use chassis::{Answer, Caller, Json, Paging, Query};
use garde::Validate;
use kernel::{Money, Page, PayoutId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::money_key::MoneyKey;
use crate::app::App;
use crate::app::answer_once::Turn;
use crate::domain::payout::{Payout, PayoutStatus};

/// How much, and where to.
#[derive(Deserialize, Serialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PayOut {
    /// At most what is available.
    #[garde(skip)]
    amount: Money,
    /// With Stripe one's connected account, `acct_…`.
    #[garde(length(min = 1, max = 128))]
    #[schema(min_length = 1, max_length = 128)]
    destination: Option<String>,
}

/// A payout for its seller's eyes.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Payout)]
pub(crate) struct PayoutView {
    id: PayoutId,
    amount: Money,
    status: PayoutStatus,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    created_at: Timestamp,
}

impl From<Payout> for PayoutView {
    fn from(payout: Payout) -> Self {
        Self {
            id: payout.id,
            amount: payout.amount,
            status: payout.status,
            reason: payout.reason,
            created_at: payout.created_at,
        }
    }
}

/// Pays out what one is owed. The same `Idempotency-Key` gives the same answer. Not so much: 409 `payments.insufficient_balance`.
#[utoipa::path(post, path = "/api/payouts", tag = "statements", request_body = PayOut, params(("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters.", max_length = 255)), responses((status = 201, body = PayoutView)))]
pub(crate) async fn pay_out(
    State(app): State<Arc<App>>,
    caller: Caller,
    key: MoneyKey,
    Json(ask): Json<PayOut>,
) -> Answer<Response> {
    let asked = key.asks(caller.user, "payouts", &ask)?;
    let work = async |turn: Turn| {
        let payout = app
            .pay_out(caller.user, (ask.amount, ask.destination.clone()), turn.request)
            .await?;
        Ok(PayoutView::from(payout))
    };
    Ok(app.answer_once(asked, 201, work).await?.into_response())
}

/// Lists one's payouts, newest first.
#[utoipa::path(get, path = "/api/payouts", tag = "statements", params(Paging), responses((status = 200, body = Page<PayoutView>)))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(paging): Query<Paging>,
) -> Answer<Json<Page<PayoutView>>> {
    let query = store::Query::on("seller")
        .eq(caller.user)
        .descending()
        .limit(paging.limit());
    let page = app.repo.payouts.page(query, paging.cursor()).await?;
    Ok(Json(page.map(PayoutView::from)))
}
