//! Owns what can go wrong in user, and the stable code of each.

use kernel::{ErrorCode, Fault};
use store::StoreError;

/// A failure of user.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// Another person has the handle.
    #[error("The handle is taken.")]
    HandleTaken,
    /// No such person for the caller's eyes.
    #[error("There is no such person.")]
    NotFound,
    /// No such report.
    #[error("There is no such report, or it has been decided.")]
    ReportNotFound,
    /// One cannot do that to oneself.
    #[error("That is yourself.")]
    Oneself,
    /// Only moderators may.
    #[error("Only moderators may do that.")]
    NotModerator,
    /// The profile is not at the version that the caller has seen.
    #[error("It changed meanwhile; read it again.")]
    Stale,
    /// There was an archive lately; the next in so long.
    #[error("You had your archive lately.")]
    ExportedLately(std::time::Duration),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another service failed.
    #[error(transparent)]
    Other(#[from] Fault),
}

impl From<Error> for Fault {
    fn from(e: Error) -> Self {
        let detail = e.to_string();
        match e {
            Error::HandleTaken => Fault::new(ErrorCode::Conflict, "user.handle_taken", detail),
            Error::NotFound => Fault::new(ErrorCode::NotFound, "user.not_found", detail),
            Error::ReportNotFound => Fault::new(ErrorCode::NotFound, "user.report_not_found", detail),
            Error::Oneself => Fault::new(ErrorCode::Conflict, "user.oneself", detail),
            Error::NotModerator => Fault::new(ErrorCode::Forbidden, "user.not_moderator", detail),
            Error::Stale => Fault::new(ErrorCode::Stale, "request.stale", detail),
            Error::ExportedLately(wait) => {
                Fault::new(ErrorCode::RateLimited, "user.exported_lately", detail).retry_after(wait)
            }
            Error::Store(e) => e.into(),
            Error::Other(fault) => fault,
        }
    }
}
