//! Owns what can go wrong in feed. Refuses to invent what its neighbours have named already.

use kernel::{ErrorCode, Fault};
use store::StoreError;

/// A failure of feed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// Post answered with something that is no post.
    #[error("post gave a view without an id")]
    BadView,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another service failed, or the caller asked for what there is not.
    #[error(transparent)]
    Other(#[from] Fault),
}

impl From<Error> for Fault {
    fn from(e: Error) -> Self {
        let detail = e.to_string();
        match e {
            Error::BadView => Fault::new(ErrorCode::Internal, "feed.bad_view", detail),
            Error::Store(e) => e.into(),
            Error::Other(fault) => fault,
        }
    }
}
