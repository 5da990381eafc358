//! What one has prepaid for messages, and the receipts of what they cost.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use chassis::{Answer, Caller, Json, Paging, Query};
use garde::Validate;
use kernel::{CardId, Currency, EntitlementId, Money, Page, RunId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::money_key::MoneyKey;
use super::payments::PaymentView;
use crate::app::App;
use crate::app::answer_once::Turn;
use crate::domain::receipt::Receipt;
use crate::domain::wallet::Wallet;

/// A wallet.
#[derive(Serialize, ToSchema)]
#[schema(as = Wallet)]
pub(crate) struct WalletView {
    /// In each currency in which there was anything.
    balances: Vec<WalletBalance>,
}

/// What there is in one currency, in minor units.
#[derive(Serialize, ToSchema)]
pub(crate) struct WalletBalance {
    currency: Currency,
    balance: i64,
    /// Of it, put aside for messages that are being written.
    held: i64,
    available: i64,
}

/// Shows one's wallet.
#[utoipa::path(get, path = "/api/wallet", tag = "wallet", responses((status = 200, body = WalletView)))]
pub(crate) async fn get(State(app): State<Arc<App>>, caller: Caller) -> Answer<Json<WalletView>> {
    let wallet = app
        .repo
        .wallets
        .get(caller.user)
        .await?
        .unwrap_or_else(|| Wallet::new(caller.user));
    let balances = wallet.balances.iter().map(|(currency, balance)| WalletBalance {
        currency: *currency,
        balance: *balance,
        held: wallet.held(*currency),
        available: (balance - wallet.held(*currency)).max(0),
    });
    let balances = balances.collect();
    Ok(Json(WalletView { balances }))
}

/// How much, and how.
#[derive(Deserialize, Serialize, ToSchema, Validate)]
#[serde(deny_unknown_fields)]
pub(crate) struct TopUp {
    /// Within the limits of the installation.
    #[garde(skip)]
    amount: Money,
    /// As of a payment.
    #[garde(length(min = 1, max = 64))]
    #[schema(min_length = 1, max_length = 64)]
    method: String,
}

/// Begins to top one's wallet up; the money is in it when the payment has succeeded. The same `Idempotency-Key` gives the same answer.
#[utoipa::path(post, path = "/api/wallet/topups", tag = "wallet", request_body = TopUp, params(("Idempotency-Key" = String, Header, description = "1 to 255 visible ASCII characters.", max_length = 255)), responses((status = 201, body = PaymentView)))]
pub(crate) async fn top_up(
    State(app): State<Arc<App>>,
    caller: Caller,
    key: MoneyKey,
    Json(ask): Json<TopUp>,
) -> Answer<Response> {
    let asked = key.asks(caller.user, "topups", &ask)?;
    let work = async |turn: Turn| {
        let payment = app.top_up(caller.user, (ask.amount, &ask.method), turn.request).await?;
        Ok(PaymentView::from(payment))
    };
    Ok(app.answer_once(asked, 201, work).await?.into_response())
}

/// The receipt of a paid message.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Receipt)]
pub(crate) struct ReceiptView {
    run_id: RunId,
    seller_id: UserId,
    card_id: CardId,
    entitlement_id: EntitlementId,
    price: Money,
    /// Tax contained in the price, in minor units.
    tax: i64,
    issued_at: Timestamp,
}

impl From<Receipt> for ReceiptView {
    fn from(receipt: Receipt) -> Self {
        Self {
            run_id: receipt.charge.run_id,
            seller_id: receipt.charge.seller_id,
            card_id: receipt.charge.card_id,
            entitlement_id: receipt.charge.entitlement_id,
            price: receipt.charge.price,
            tax: receipt.tax,
            issued_at: receipt.issued_at,
        }
    }
}

/// Lists receipts of messages that one has paid, newest first.
#[utoipa::path(get, path = "/api/receipts", tag = "wallet", params(Paging), responses((status = 200, body = Page<ReceiptView>)))]
pub(crate) async fn receipts(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(paging): Query<Paging>,
) -> Answer<Json<Page<ReceiptView>>> {
    let query = store::Query::on("payer")
        .eq(caller.user)
        .descending()
        .limit(paging.limit());
    let page = app.repo.receipts.page(query, paging.cursor()).await?;
    Ok(Json(page.map(ReceiptView::from)))
}
