//! Invoices and credit notes, for buyer and seller.

use std::sync::Arc;

use axum::extract::State;
use chassis::{Answer, Caller, Json, Paging, Path, Query};
use kernel::{Currency, InvoiceId, OrderId, Page, RefundId, Timestamp, UserId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::invoice::{Invoice, InvoiceKind, InvoiceLine};
use crate::error::Error;

/// An invoice for the eyes of one of its two. Sums are in minor units of `currency`; those of a credit note are negative.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Invoice)]
pub(crate) struct InvoiceView {
    id: InvoiceId,
    kind: InvoiceKind,
    /// Year and number, such as `2026-17`: without gaps for each seller and year.
    number: String,
    order_id: OrderId,
    /// The refund of a credit note.
    #[serde(skip_serializing_if = "Option::is_none")]
    refund_id: Option<RefundId>,
    /// The invoice that a credit note corrects.
    #[serde(skip_serializing_if = "Option::is_none")]
    corrects: Option<InvoiceId>,
    seller_id: UserId,
    buyer_id: UserId,
    lines: Vec<InvoiceLine>,
    currency: Currency,
    net: i64,
    tax: i64,
    gross: i64,
    /// The rate of the tax, in basis points.
    tax_bps: u16,
    /// What the product keeps of `net`; for the seller alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    fee: Option<i64>,
    issued_at: Timestamp,
}

impl InvoiceView {
    fn of(invoice: Invoice, reader: UserId) -> Self {
        Self {
            id: invoice.id,
            kind: invoice.kind,
            number: format!("{}-{}", invoice.year, invoice.number),
            order_id: invoice.order_id,
            refund_id: invoice.refund_id,
            corrects: invoice.corrects,
            seller_id: invoice.seller_id,
            buyer_id: invoice.buyer_id,
            lines: invoice.lines,
            currency: invoice.currency,
            net: invoice.net,
            tax: invoice.tax,
            gross: invoice.gross,
            tax_bps: invoice.tax_bps,
            fee: (reader == invoice.seller_id).then_some(invoice.fee),
            issued_at: invoice.issued_at,
        }
    }
}

/// Lists invoices that one wrote or was written, newest first.
#[utoipa::path(get, path = "/api/invoices", tag = "statements", params(Paging), responses((status = 200, body = Page<InvoiceView>)))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(paging): Query<Paging>,
) -> Answer<Json<Page<InvoiceView>>> {
    let query = store::Query::on("party")
        .eq(caller.user)
        .descending()
        .limit(paging.limit());
    let page = app.repo.invoices.page(query, paging.cursor()).await?;
    Ok(Json(page.map(|invoice| InvoiceView::of(invoice, caller.user))))
}

/// Shows an invoice to its buyer or seller.
#[utoipa::path(get, path = "/api/invoices/{id}", tag = "statements", params(("id" = InvoiceId, Path)), responses((status = 200, body = InvoiceView)))]
pub(crate) async fn get(
    State(app): State<Arc<App>>,
    caller: Caller,
    Path(id): Path<InvoiceId>,
) -> Answer<Json<InvoiceView>> {
    let found = app
        .repo
        .invoices
        .get(id)
        .await?
        .filter(|invoice| invoice.parties.contains(&caller.user));
    Ok(Json(InvoiceView::of(found.ok_or(Error::NotFound)?, caller.user)))
}
