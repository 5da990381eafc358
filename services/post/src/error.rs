//! Owns what can go wrong in post, and the stable code of each. Refuses to know HTTP.

use std::time::Duration;

use kernel::{ErrorCode, Fault};
use store::StoreError;

/// A failure of post.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// No such post for the caller's eyes.
    #[error("There is no such post.")]
    NotFound,
    /// No such comment for the caller's eyes.
    #[error("There is no such comment.")]
    CommentNotFound,
    /// No such case.
    #[error("There is no such report, or it has been decided.")]
    CaseNotFound,
    /// It is somebody else's.
    #[error("Only its author may do that.")]
    NotAuthor,
    /// Only moderators may.
    #[error("Only moderators may do that.")]
    NotModerator,
    /// More people would see the share than may see the post.
    #[error("A share may not be seen by more people than the post that it shares.")]
    ShareTooWide,
    /// One does not report oneself.
    #[error("That is your own.")]
    Own,
    /// A post keeps all its versions, up to a limit.
    #[error("The post has been edited too often.")]
    TooManyEdits,
    /// So many within so long.
    #[error("There are too many {what}; wait a little.")]
    TooMany {
        /// What there are too many of.
        what: &'static str,
        /// When to try again.
        after: Duration,
    },
    /// A field is wrong.
    #[error("{field}: {message}")]
    Invalid {
        /// As the client wrote it.
        field: &'static str,
        /// For people.
        message: String,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another service failed.
    #[error(transparent)]
    Other(#[from] Fault),
}

impl Error {
    /// Builds `Invalid` for one field.
    pub(crate) fn invalid(field: &'static str, message: impl Into<String>) -> Self {
        Self::Invalid {
            field,
            message: message.into(),
        }
    }
}

impl From<Error> for Fault {
    fn from(e: Error) -> Self {
        let detail = e.to_string();
        let (kind, code) = match e {
            Error::NotFound => (ErrorCode::NotFound, "post.not_found"),
            Error::CommentNotFound => (ErrorCode::NotFound, "post.comment_not_found"),
            Error::CaseNotFound => (ErrorCode::NotFound, "post.case_not_found"),
            Error::NotAuthor => (ErrorCode::Forbidden, "post.not_author"),
            Error::NotModerator => (ErrorCode::Forbidden, "post.not_moderator"),
            Error::ShareTooWide => (ErrorCode::Conflict, "post.share_too_wide"),
            Error::Own => (ErrorCode::Conflict, "post.own"),
            Error::TooManyEdits => (ErrorCode::Conflict, "post.too_many_edits"),
            Error::TooMany { after, .. } => {
                return Fault::new(ErrorCode::RateLimited, "post.too_many", detail).retry_after(after);
            }
            Error::Invalid { field, message } => return Fault::invalid(field, message),
            Error::Store(e) => return e.into(),
            Error::Other(fault) => return fault,
        };
        Fault::new(kind, code, detail)
    }
}
