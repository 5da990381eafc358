//! Pure types and decisions.

pub(crate) mod coupon;
pub(crate) mod entitlement;
pub(crate) mod idempotency;
pub(crate) mod order;
pub(crate) mod refund;
pub(crate) mod terms;
