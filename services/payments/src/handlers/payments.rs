//! Payments of orders.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use chassis::{Answer, Caller, Json, Path};
use garde::Validate;
use kernel::{Money, OrderId, PaymentId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::money_key::MoneyKey;
use crate::app::App;
use crate::app::answer_once::{Asked, Turn};
use crate::domain::payment::{Payment, PaymentStatus, Purpose, RefundStatus};

/// What to pay, and how.
#[derive(Deserialize, Serialize, ToSchema, Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Pay {
    /// The order.
    #[garde(skip)]
    order_id: OrderId,
    /// `card` (Stripe: go on with `clientSecret`), `pm_…` (a saved method of Stripe's); with the built-in provider `test_success`,
    /// `test_decline`, `test_slow` or `test_never`.
    #[garde(length(min = 1, max = 64))]
    #[schema(min_length = 1, max_length = 64)]
    method: String,
}

/// A payment for its payer's eyes.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Payment)]
pub(crate) struct PaymentView {
    id: PaymentId,
    /// Absent: a top-up of the wallet.
    #[serde(skip_serializing_if = "Option::is_none")]
    order_id: Option<OrderId>,
    /// From 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    attempt: Option<u32>,
    status: PaymentStatus,
    amount: Money,
    /// What of it went back.
    refunded: Money,
    method: String,
    /// What Stripe's library in the browser goes on with, while something is to be done there.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    created_at: Timestamp,
}

impl From<Payment> for PaymentView {
    fn from(payment: Payment) -> Self {
        let back = payment.refunds.iter().filter(|r| r.status == RefundStatus::Succeeded);
        let refunded = Money {
            amount: back.map(|r| r.amount.amount).sum(),
            currency: payment.amount.currency,
        };
        let (order_id, attempt) = match payment.purpose {
            Purpose::Order { order_id, attempt, .. } => (Some(order_id), Some(attempt)),
            Purpose::TopUp => (None, None),
        };
        Self {
            id: payment.id,
            order_id,
            attempt,
            status: payment.status,
            amount: payment.amount,
            refunded,
            method: payment.method,
            client_secret: payment.client_secret,
            reason: payment.reason,
            created_at: payment.created_at,
        }
    }
}

/// Begins to pay an order. The same `Idempotency-Key` gives the same answer; `status` `pending` means that the provider has not answered yet and
/// is asked on.
#[utoipa::path(post, path = "/api/payments", tag = "payments", request_body = Pay, params(("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters.", max_length = 255)), responses((status = 201, body = PaymentView)))]
pub(crate) async fn pay(
    State(app): State<Arc<App>>,
    caller: Caller,
    key: MoneyKey,
    Json(pay): Json<Pay>,
) -> Answer<Response> {
    let asked = Asked {
        payment: Some((pay.order_id, pay.method.clone())),
        ..key.asks(caller.user, "payments", &pay)?
    };
    let work = async |turn: Turn| {
        let payment = app.take_payment(caller.user, (pay.order_id, &pay.method), turn).await?;
        Ok(PaymentView::from(payment))
    };
    Ok(app.answer_once(asked, 201, work).await?.into_response())
}

/// Shows a payment to its payer.
#[utoipa::path(get, path = "/api/payments/{id}", tag = "payments", params(("id" = PaymentId, Path)), responses((status = 200, body = PaymentView)))]
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<PaymentId>,
) -> Answer<Json<PaymentView>> {
    Ok(Json(app.payment_for(id, caller.user).await?.into()))
}
