//! Owns ids that follow from what a thing is of, so that the same thing is made once. Refuses to draw any.

use kernel::{InvoiceId, OrderId, PaymentId, PayoutId, RefundId};
use uuid::Uuid;

/// Under which all derived ids stand. Never changed: ids would no longer be found.
const NAMESPACE: Uuid = Uuid::from_u128(0x0190_c5a0_7b7e_7000_8000_7061_796d_656e);

fn derive(of: &str) -> Uuid {
    Uuid::new_v5(&NAMESPACE, of.as_bytes())
}

/// Returns the payment of an order's attempt.
pub(crate) fn payment_of(order: OrderId, attempt: u32) -> PaymentId {
    derive(&format!("order:{order}:{attempt}")).into()
}

/// Returns the top-up that a request makes.
pub(crate) fn top_up_of(request: &str) -> PaymentId {
    derive(&format!("topup:{request}")).into()
}

/// Returns the payout that a request makes.
pub(crate) fn payout_of(request: &str) -> PayoutId {
    derive(&format!("payout:{request}")).into()
}

/// Returns the invoice of an order.
pub(crate) fn invoice_of(order: OrderId) -> InvoiceId {
    derive(&format!("invoice:{order}")).into()
}

/// Returns the credit note of a refund.
pub(crate) fn credit_note_of(refund: RefundId) -> InvoiceId {
    derive(&format!("credit_note:{refund}")).into()
}

/// Returns the credit note of a lost dispute, by its provider and the provider's id of it.
pub(crate) fn credit_note_of_dispute(provider: &str, dispute: &str) -> InvoiceId {
    derive(&format!("credit_note:dispute:{provider}:{dispute}")).into()
}
