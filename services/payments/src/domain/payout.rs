//! Owns a payout to a seller: set aside, sent, paid or given back. Refuses to know the account that it is taken from.

use kernel::{Money, PayoutId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use store::{Document, Index};
use utoipa::ToSchema;

/// Where a payout stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PayoutStatus {
    /// Nothing is set aside yet.
    Requested,
    /// The money is set aside, and the provider is asked.
    Sending,
    /// The provider refused; the money is given back.
    Returning,
    /// The money is on its way to the seller's bank.
    Paid,
    /// It was not paid; the balance is as before.
    Failed,
}

/// A payout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Payout {
    pub(crate) id: PayoutId,
    pub(crate) seller_id: UserId,
    pub(crate) provider: String,
    /// Where to, in the provider's words.
    pub(crate) destination: Option<String>,
    pub(crate) amount: Money,
    pub(crate) status: PayoutStatus,
    pub(crate) reference: Option<String>,
    pub(crate) reason: Option<String>,
    pub(crate) created_at: Timestamp,
    /// When something is to be done next.
    pub(crate) due_at: Option<Timestamp>,
    pub(crate) tries: u32,
}

impl Document for Payout {
    const COLLECTION: &'static str = "payouts";
    const INDEXES: &'static [Index] = &[
        Index::plain("due", &["dueAt"]),
        Index::plain("seller", &["sellerId", "createdAt"]),
    ];
    fn id(&self) -> String {
        self.id.to_string()
    }
}

impl Payout {
    /// Moves on; what is final is due no more.
    pub(crate) fn step(&mut self, status: PayoutStatus, now: Timestamp) {
        self.status = status;
        self.tries = 0;
        self.due_at = (!self.is_over()).then_some(now);
    }

    /// Tells whether nothing is to be done about it any more.
    pub(crate) fn is_over(&self) -> bool {
        matches!(self.status, PayoutStatus::Paid | PayoutStatus::Failed)
    }
}
