//! Books a completed order: what was in escrow is divided once and for all, and the invoice is issued.

use contracts::orders::OrderEvent;
use kernel::{InvoiceId, OrderId, RefundId, Timestamp, UserId};

use crate::app::App;
use crate::domain::invoice::InvoiceOf;
use crate::domain::payment::Payment;
use crate::domain::split::Split;
use crate::domain::{ids, ledger};
use crate::error::Error;

/// What a credit note is of.
pub(crate) struct Correction {
    pub(crate) id: InvoiceId,
    pub(crate) order_id: OrderId,
    pub(crate) seller_id: UserId,
    /// None: a dispute that was lost.
    pub(crate) refund_id: Option<RefundId>,
    pub(crate) split: Split,
}

impl App {
    /// Divides the price of an order that was paid by `attempt`; free ones leave nothing to book.
    pub(crate) async fn complete(&self, event: &OrderEvent, attempt: u32, at: Timestamp) -> Result<(), Error> {
        if attempt == 0 || event.total.amount == 0 {
            return Ok(());
        }
        let now_split = Split::of(event.total, self.config.rates()).ok_or(ledger::Refusal::Unbalanced)?;
        let payment = self
            .repo
            .change_payment(ids::payment_of(event.order_id, attempt), |payment| {
                payment.split.get_or_insert(now_split);
                Ok(Vec::new())
            });
        let payment = payment.await?;
        let split = payment.split.unwrap_or(now_split);
        let transaction = ledger::complete(event.order_id, event.seller_id, &split, self.now())?;
        self.repo.post(&transaction).await?;
        let invoice = InvoiceOf {
            id: ids::invoice_of(event.order_id),
            order_id: event.order_id,
            correction: None,
            seller_id: event.seller_id,
            buyer_id: event.buyer_id,
            description: payment.description,
            quantity: event.quantity,
            split,
            tax_bps: self.config.tax_bps,
            issued_at: at,
        };
        self.repo.issue(invoice).await
    }

    /// Issues a credit note.
    pub(crate) async fn credit(&self, payment: &Payment, note: Correction) -> Result<(), Error> {
        let invoice = ids::invoice_of(note.order_id);
        let tax_bps = self
            .repo
            .invoices
            .get(invoice)
            .await?
            .map_or(self.config.tax_bps, |i| i.tax_bps);
        let why = match note.refund_id {
            Some(_) => "Refund",
            None => "Dispute",
        };
        let note = InvoiceOf {
            id: note.id,
            order_id: note.order_id,
            correction: Some((note.refund_id, invoice)),
            seller_id: note.seller_id,
            buyer_id: payment.payer_id,
            description: format!("{why}: {}", payment.description),
            quantity: 1,
            split: note.split,
            tax_bps,
            issued_at: self.now(),
        };
        self.repo.issue(note).await
    }
}
