//! Owns what can go wrong in friendship, and the stable code of each.

use kernel::{ErrorCode, Fault};
use store::StoreError;

use crate::domain::pair::Refusal;

/// A failure of friendship.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// No such person or request for the caller's eyes.
    #[error("There is no such person or request.")]
    NotFound,
    /// The state of the pair does not allow it.
    #[error("{0}")]
    Refused(Refusal),
    /// Too many friends or requests.
    #[error("There are too many: {0}.")]
    TooMany(&'static str),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another service failed.
    #[error(transparent)]
    Other(#[from] Fault),
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            // A block must not show: to the blocked there is nobody.
            Refusal::Blocked | Refusal::NoRequest | Refusal::NotFriends => Self::NotFound,
            other => Self::Refused(other),
        }
    }
}

impl From<Error> for Fault {
    fn from(e: Error) -> Self {
        let detail = e.to_string();
        match e {
            Error::NotFound => Fault::new(ErrorCode::NotFound, "friendship.not_found", detail),
            Error::Refused(Refusal::AlreadyFriends) => {
                Fault::new(ErrorCode::Conflict, "friendship.already_friends", detail)
            }
            Error::Refused(Refusal::AlreadyAsked) => {
                Fault::new(ErrorCode::Conflict, "friendship.already_requested", detail)
            }
            Error::Refused(_) => Fault::new(ErrorCode::Conflict, "friendship.refused", detail),
            Error::TooMany(_) => Fault::new(ErrorCode::Conflict, "friendship.too_many", detail),
            Error::Store(e) => e.into(),
            Error::Other(fault) => fault,
        }
    }
}
