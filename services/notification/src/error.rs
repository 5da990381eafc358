//! Owns what can go wrong in notification, and the stable code of each.

use kernel::{ErrorCode, Fault};
use store::StoreError;

/// A failure of notification.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// No such item or device of the caller's.
    #[error("There is no such thing here.")]
    NotFound,
    /// The caller's session ended while the request was on its way.
    #[error("This session has ended; sign in again.")]
    Ended,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another service failed, or a field is wrong.
    #[error(transparent)]
    Other(#[from] Fault),
}

impl From<Error> for Fault {
    fn from(e: Error) -> Self {
        match e {
            Error::NotFound => Self::new(ErrorCode::NotFound, "notification.not_found", e.to_string()),
            Error::Ended => Self::new(ErrorCode::Unauthenticated, "auth.session_ended", e.to_string()),
            Error::Store(e) => e.into(),
            Error::Other(fault) => fault,
        }
    }
}
