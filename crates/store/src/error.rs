//! Owns the ways in which a store can fail. Refuses to leak a driver's own errors as types.

use std::time::Duration;

use kernel::{ErrorCode, Fault};

/// A failed read or write.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Another document has the same fields in this unique index (`id` for the id itself).
    #[error("not unique in {index}")]
    Unique {
        /// The index's name, or `id`.
        index: String,
    },
    /// The document is not at the expected version, or is gone.
    #[error("the document changed meanwhile")]
    Conflict,
    /// The inbox already holds this event's mark: the work was done before.
    #[error("the event was processed before")]
    AlreadyProcessed,
    /// The query names no declared index, or asks of it what it cannot serve. A defect of the caller.
    #[error("no index serves this query: {0}")]
    Unindexed(String),
    /// The write queue or the outbox is full.
    #[error("the store is busy")]
    Busy,
    /// The caller's own function refused.
    #[error("{0}")]
    Refused(Fault),
    /// The backend cannot be reached or did not answer in time. Whether a write was done is not known: read, or try the
    /// same again, which unique indexes and versions make harmless.
    #[error("the store cannot be reached: {0}")]
    Unavailable(String),
    /// The backend failed.
    #[error("store: {0}")]
    Backend(String),
}

impl From<StoreError> for Fault {
    fn from(e: StoreError) -> Self {
        match e {
            StoreError::Refused(fault) => fault,
            StoreError::Busy => Fault::unavailable("store.busy", "The store is busy.", Duration::from_secs(1)),
            StoreError::Unavailable(why) => {
                tracing::warn!(why, "the store cannot be reached");
                Fault::unavailable(
                    "store.unavailable",
                    "The store cannot be reached.",
                    Duration::from_secs(1),
                )
            }
            StoreError::Conflict => Fault::new(
                ErrorCode::Conflict,
                "store.conflict",
                "It changed meanwhile; try again.",
            ),
            other => Fault::internal(other),
        }
    }
}
