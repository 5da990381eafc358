//! Owns the receipt of a paid message. Immutable. Refuses to know the message.

use contracts::payments::MessageCharge;
use kernel::{Timestamp, UserId};
use serde::{Deserialize, Serialize};
use store::{Document, Index};

/// A receipt; its id is the run's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Receipt {
    pub(crate) charge: MessageCharge,
    pub(crate) payer_id: UserId,
    /// Tax contained in the price, in minor units.
    pub(crate) tax: i64,
    pub(crate) issued_at: Timestamp,
}

impl Document for Receipt {
    const COLLECTION: &'static str = "receipts";
    const INDEXES: &'static [Index] = &[Index::plain("payer", &["payerId", "issuedAt"])];
    fn id(&self) -> String {
        self.charge.run_id.to_string()
    }
}
