//! Owns what can go wrong between the gateway and a service, in words for the client.

use std::time::Duration;

use kernel::{ErrorCode, Fault};

/// When a client may come back after the gateway could not serve it.
const COME_BACK: Duration = Duration::from_secs(1);

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ProxyError {
    #[error("The service behind this path cannot be reached; nothing was done.")]
    Unreachable,
    #[error("The service broke off before it answered; what was asked may have been done.")]
    Broken,
    #[error("The service did not answer in time; what was asked may have been done.")]
    Silent,
    #[error("The body is too large.")]
    TooLarge,
    #[error("The body ended before its end.")]
    BodyBroken,
    #[error("Too many sockets are open here.")]
    TooManySockets,
}

impl ProxyError {
    /// Names the failure for metrics.
    pub(crate) const fn label(&self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::Broken => "broken",
            Self::Silent => "silent",
            Self::TooLarge => "too_large",
            Self::BodyBroken => "body_broken",
            Self::TooManySockets => "too_many_sockets",
        }
    }
}

impl From<ProxyError> for Fault {
    fn from(error: ProxyError) -> Self {
        let words = error.to_string();
        match error {
            ProxyError::Unreachable => Self::unavailable("upstream.unreachable", words, COME_BACK),
            ProxyError::TooManySockets => Self::unavailable("upstream.too_many_sockets", words, COME_BACK),
            ProxyError::Broken => Self::new(ErrorCode::Upstream, "upstream.broken", words).retry_after(COME_BACK),
            ProxyError::Silent => Self::new(ErrorCode::Timeout, "upstream.silent", words).retry_after(COME_BACK),
            ProxyError::TooLarge => Self::new(ErrorCode::TooLarge, "request.too_large", words),
            ProxyError::BodyBroken => Self::new(ErrorCode::Malformed, "request.malformed", words),
        }
    }
}
