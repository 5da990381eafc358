//! Owns what can go wrong in media, and the stable code of each.

use std::time::Duration;

use kernel::{ErrorCode, Fault};
use store::StoreError;

use crate::app::places::Taken;
use crate::domain::shelf::NoRoom;

/// A failure of media.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("There is no such file.")]
    NotFound,
    #[error("This address no longer holds; ask for a new one.")]
    LinkExpired,
    #[error("Files of this kind are not taken. What a file is, its content says, not its name.")]
    NotTaken,
    #[error("It is over {0} bytes.")]
    TooLarge(u64),
    #[error("The upload has only {0} bytes.")]
    Beyond(u64),
    #[error("There is no room left; remove some files first.")]
    Quota,
    #[error("There are too many: {0}.")]
    TooMany(&'static str),
    #[error("The body broke off.")]
    Broken,
    #[error("The body took too long to arrive.")]
    TooSlow,
    #[error("{0}")]
    Malformed(String),
    #[error("Send multipart/form-data with a field `file`.")]
    NotMultipart,
    #[error("Send application/offset+octet-stream.")]
    NotOffsetStream,
    #[error("Send `Tus-Resumable: 1.0.0`.")]
    TusVersion,
    #[error("The upload stands at {have}.")]
    Offset { have: u64 },
    #[error("The body does not have its checksum.")]
    Checksum,
    #[error("Too many requests bring or fetch files at the moment.")]
    Busy,
    #[error("You bring or fetch too many files at once; wait until some are through.")]
    OwnBusy,
    #[error("Another request adds to this upload at the moment.")]
    Adding,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("objects: {0}")]
    Objects(#[from] object_store::Error),
    #[error(transparent)]
    Other(#[from] Fault),
}

impl From<NoRoom> for Error {
    fn from(why: NoRoom) -> Self {
        match why {
            NoRoom::Bytes => Self::Quota,
            NoRoom::Count => Self::TooMany("files"),
            NoRoom::Held => Self::TooMany("uploads under way"),
            NoRoom::Erased => Self::NotFound,
        }
    }
}

impl From<Taken> for Error {
    fn from(why: Taken) -> Self {
        match why {
            Taken::All => Self::Busy,
            Taken::Own => Self::OwnBusy,
        }
    }
}

impl Error {
    /// Tells whether it lies with what we stand on, so that the same may go well later.
    pub(crate) fn is_outage(&self) -> bool {
        match self {
            Self::Objects(object_store::Error::NotFound { .. }) => false,
            Self::Store(_) | Self::Objects(_) | Self::Busy => true,
            Self::Other(fault) => fault.kind.status() >= 500,
            _ => false,
        }
    }
}

impl From<Error> for Fault {
    fn from(e: Error) -> Self {
        let detail = e.to_string();
        let fault = |kind, code: &'static str| Fault::new(kind, code, detail.clone());
        match e {
            Error::NotFound => fault(ErrorCode::NotFound, "media.not_found"),
            Error::LinkExpired => fault(ErrorCode::NotFound, "media.address_expired"),
            Error::NotTaken => fault(ErrorCode::UnsupportedMedia, "media.not_taken"),
            Error::TooLarge(_) => fault(ErrorCode::TooLarge, "media.too_large"),
            Error::Beyond(_) => fault(ErrorCode::TooLarge, "media.beyond_length"),
            Error::Quota => fault(ErrorCode::Conflict, "media.quota"),
            Error::TooMany(_) => fault(ErrorCode::Conflict, "media.too_many"),
            Error::Broken => fault(ErrorCode::Malformed, "media.broken_off"),
            Error::TooSlow => fault(ErrorCode::Timeout, "request.timeout"),
            Error::Malformed(_) => fault(ErrorCode::Malformed, "request.malformed"),
            Error::NotMultipart | Error::NotOffsetStream => {
                fault(ErrorCode::UnsupportedMedia, "request.unsupported_media")
            }
            Error::TusVersion => fault(ErrorCode::Stale, "media.tus_version"),
            Error::Offset { .. } => fault(ErrorCode::Conflict, "media.wrong_offset"),
            // tus has a status of its own for it, which the handler sets.
            Error::Checksum => fault(ErrorCode::Malformed, "media.checksum_mismatch"),
            Error::Busy => Fault::unavailable("media.busy", detail, Duration::from_secs(2)),
            Error::OwnBusy => {
                fault(ErrorCode::RateLimited, "media.too_many_at_once").retry_after(Duration::from_secs(2))
            }
            Error::Adding => fault(ErrorCode::Conflict, "media.upload_busy"),
            Error::Store(e) => e.into(),
            Error::Objects(object_store::Error::NotFound { .. }) => fault(ErrorCode::NotFound, "media.not_found"),
            Error::Objects(e) => {
                tracing::warn!("objects: {e}");
                Fault::unavailable(
                    "media.objects_unavailable",
                    "Files cannot be reached.",
                    Duration::from_secs(2),
                )
            }
            Error::Other(fault) => fault,
        }
    }
}
