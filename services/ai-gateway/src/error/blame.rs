//! Owns what a failure of a call says: whose fault it is, and whether another target, or the same once more, may be asked.
//! Refuses to know how often.

use std::time::Duration;

use super::{Error, RATE_LIMIT_RETRY};

/// A provider that asks for a longer pause is not asked again: the caller is told to come back.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(2);

/// Whose fault a failure is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Blame {
    /// The target's.
    Failed,
    /// The target's, which did not answer in time.
    Silent,
    /// The target asks for a pause, so long.
    Rests(Duration),
    /// The caller's, or nobody's: it says nothing of the target.
    Nobody,
}

impl Error {
    /// Returns whose fault it is.
    pub(crate) fn blame(&self) -> Blame {
        match self {
            Self::UpstreamFailed { .. } | Self::UpstreamAway { .. } => Blame::Failed,
            Self::UpstreamTimeout { .. } => Blame::Silent,
            Self::UpstreamRateLimited { after, .. } => Blame::Rests(after.unwrap_or(RATE_LIMIT_RETRY)),
            _ => Blame::Nobody,
        }
    }

    /// Tells whether another target might answer what this one did not. A model that a target does not have is no fault of
    /// who asked for a named one.
    pub(crate) fn may_be_tried_elsewhere(&self) -> bool {
        match self {
            Self::UpstreamRefused { kind, .. } => *kind == kernel::ErrorCode::NotFound,
            _ => self.blame() != Blame::Nobody,
        }
    }

    /// Tells whether, and after which pause, the same target may be asked once more: when it has surely done nothing.
    pub(crate) fn may_be_tried_again(&self) -> Option<Duration> {
        match self {
            Self::UpstreamAway { after, .. } | Self::UpstreamRateLimited { after, .. } => {
                Some(after.unwrap_or_default()).filter(|wait| *wait <= RETRY_AFTER_MAX)
            }
            _ => None,
        }
    }
}
