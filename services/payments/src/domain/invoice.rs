//! Owns an invoice of a seller to a buyer, and the credit note that corrects one: immutable, numbered without gaps for each seller and year.
//! Refuses to know names and addresses: only ids.

use kernel::{Currency, InvoiceId, OrderId, RefundId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use store::{Document, Index};
use utoipa::ToSchema;

use crate::domain::split::Split;

/// What kind of paper it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum InvoiceKind {
    /// For a completed order.
    Invoice,
    /// For a refund after completion, or a dispute that was lost: its sums are negative.
    CreditNote,
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct InvoiceLine {
    /// What for.
    pub(crate) description: String,
    /// How many.
    pub(crate) quantity: u32,
    /// Minor units, tax included.
    pub(crate) gross: i64,
}

/// An invoice or a credit note. Sums are in minor units of `currency`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Invoice {
    pub(crate) id: InvoiceId,
    pub(crate) kind: InvoiceKind,
    /// Seller and year: within it numbers have no gaps.
    pub(crate) series: String,
    pub(crate) number: u64,
    pub(crate) year: u16,
    pub(crate) order_id: OrderId,
    pub(crate) refund_id: Option<RefundId>,
    /// The invoice that a credit note corrects.
    pub(crate) corrects: Option<InvoiceId>,
    pub(crate) seller_id: UserId,
    pub(crate) buyer_id: UserId,
    /// Both, for the index.
    pub(crate) parties: Vec<UserId>,
    pub(crate) lines: Vec<InvoiceLine>,
    pub(crate) currency: Currency,
    pub(crate) net: i64,
    pub(crate) tax: i64,
    pub(crate) gross: i64,
    /// What the product keeps; for the seller's eyes.
    pub(crate) fee: i64,
    pub(crate) tax_bps: u16,
    pub(crate) issued_at: Timestamp,
}

impl Document for Invoice {
    const COLLECTION: &'static str = "invoices";
    const INDEXES: &'static [Index] = &[
        Index::unique("number", &["series", "number"]),
        Index::multi("party", &["parties", "issuedAt"]),
    ];
    fn id(&self) -> String {
        self.id.to_string()
    }
}

/// What an invoice is of.
#[derive(Clone, Debug)]
pub(crate) struct InvoiceOf {
    pub(crate) id: InvoiceId,
    pub(crate) order_id: OrderId,
    /// Refund (none: a lost dispute) and corrected invoice, for a credit note.
    pub(crate) correction: Option<(Option<RefundId>, InvoiceId)>,
    pub(crate) seller_id: UserId,
    pub(crate) buyer_id: UserId,
    pub(crate) description: String,
    pub(crate) quantity: u32,
    pub(crate) split: Split,
    pub(crate) tax_bps: u16,
    pub(crate) issued_at: Timestamp,
}

impl InvoiceOf {
    /// Returns the year (UTC) of its number.
    pub(crate) fn year(&self) -> u16 {
        let text = self.issued_at.to_string();
        text.get(..4).and_then(|year| year.parse().ok()).unwrap_or_default()
    }

    /// Returns within what it is numbered.
    pub(crate) fn series(&self) -> String {
        format!("{}:{}", self.seller_id, self.year())
    }

    /// Writes it out under its number.
    pub(crate) fn numbered(&self, number: u64) -> Invoice {
        let sign = if self.correction.is_some() { -1 } else { 1 };
        let split = self.split;
        let mut parties = vec![self.seller_id, self.buyer_id];
        parties.dedup();
        Invoice {
            id: self.id,
            kind: if self.correction.is_some() {
                InvoiceKind::CreditNote
            } else {
                InvoiceKind::Invoice
            },
            series: self.series(),
            number,
            year: self.year(),
            order_id: self.order_id,
            refund_id: self.correction.and_then(|(refund, _)| refund),
            corrects: self.correction.map(|(_, invoice)| invoice),
            seller_id: self.seller_id,
            buyer_id: self.buyer_id,
            parties,
            lines: vec![InvoiceLine {
                description: self.description.clone(),
                quantity: self.quantity,
                gross: sign * split.gross,
            }],
            currency: split.currency,
            net: sign * (split.gross - split.tax),
            tax: sign * split.tax,
            gross: sign * split.gross,
            fee: sign * split.fee,
            tax_bps: self.tax_bps,
            issued_at: self.issued_at,
        }
    }
}
