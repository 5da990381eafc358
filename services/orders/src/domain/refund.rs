//! Owns the record of a refund after completion: who wanted it, of what, and how it went. Refuses to move money: the
//! order's course tells of it, payments pays it.

use kernel::{Money, OrderId, RefundId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use store::{Document, Index};
use utoipa::ToSchema;

/// Longest reason, in characters.
pub(crate) const REASON_CHARS_MAX: usize = 500;

/// A refund.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RefundDoc {
    pub(crate) id: RefundId,
    pub(crate) order_id: OrderId,
    /// Who asked: the buyer, the seller or an administrator.
    pub(crate) asked_by: UserId,
    pub(crate) reason: Option<String>,
    /// The whole of what was paid.
    pub(crate) amount: Money,
    pub(crate) status: RefundStatus,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    /// When it is looked at: between its own write and the order's a crash may come.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) wake: Option<Timestamp>,
}

/// Where a refund stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RefundStatus {
    /// Payments has been or will be asked.
    Requested,
    /// The money is back; the entitlement is revoked.
    Completed,
    /// It could not be paid; another may be asked for.
    Failed,
}

impl Document for RefundDoc {
    const COLLECTION: &'static str = "refunds";
    const INDEXES: &'static [Index] = &[Index::plain("wake", &["wake"]), Index::plain("asker", &["askedBy"])];
    fn id(&self) -> String {
        self.id.to_string()
    }
}
