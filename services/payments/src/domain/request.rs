//! Owns the memory of a request that moves money, by its `Idempotency-Key`. Refuses to know what the request does.

use std::time::Duration;

use kernel::{OrderId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use store::{Document, Index};

/// How long a request may run before the same one may take it over.
pub(crate) const LEASE: Duration = Duration::from_secs(60);
/// How long an answer is remembered.
pub(crate) const KEPT: Duration = Duration::from_secs(30 * 86_400);

/// An answer as it was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Given {
    pub(crate) status: u16,
    /// JSON, to the byte.
    pub(crate) body: String,
}

/// A request. Its id is a digest of person, route and key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MoneyRequest {
    pub(crate) id: String,
    pub(crate) user_id: UserId,
    /// Digest of the body.
    pub(crate) body: String,
    /// For a payment: of which order, and how.
    pub(crate) order_id: Option<OrderId>,
    pub(crate) method: Option<String>,
    /// Until then somebody works on it.
    pub(crate) until: Timestamp,
    /// Who: a new number for each try, so that two never work at once.
    pub(crate) holder: String,
    pub(crate) given: Option<Given>,
    pub(crate) created_at: Timestamp,
}

impl Document for MoneyRequest {
    const COLLECTION: &'static str = "money_requests";
    const INDEXES: &'static [Index] = &[
        Index::plain("created", &["createdAt"]),
        Index::plain("user", &["userId", "createdAt"]),
        Index::plain("wish", &["orderId", "userId", "createdAt"]),
    ];
    fn id(&self) -> String {
        self.id.clone()
    }
}

/// Digests words, so that no two lists of words have the same digest.
pub(crate) fn digest(words: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for word in words {
        hash.update(u64::try_from(word.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(word);
    }
    hex::encode(hash.finalize())
}
