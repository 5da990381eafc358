//! Owns the ways to devices: Expo's push service and Web Push. Refuses to know items, and never tries again: the queue does.

pub(crate) mod expo;
mod reach;
pub(crate) mod seal;
pub(crate) mod vapid;
pub(crate) mod web_push;

use std::time::Duration;

use http::{HeaderMap, StatusCode, header};

use crate::domain::kind::Urgency;

/// What a device is to show.
#[derive(Clone, Debug)]
pub(crate) struct Notice {
    /// Sent instead of an earlier one of the same tag.
    pub(crate) tag: String,
    pub(crate) title: String,
    pub(crate) body: String,
    /// Where in the app it leads.
    pub(crate) path: String,
    pub(crate) kind: &'static str,
    pub(crate) unread: u64,
    pub(crate) urgency: Urgency,
    /// How long it is worth showing.
    pub(crate) ttl: Duration,
}

/// What became of one push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The provider has it; Expo gives a ticket.
    Accepted(Option<String>),
    /// There is no such device any more.
    Gone,
    /// The provider will never take it.
    Refused(String),
    /// The provider surely does not have it; when to ask again, if it said so.
    Later(Option<Duration>, String),
    /// As `Later`, and the fault may be the device's: its push service cannot be reached, or does not accept our key.
    Shut(Option<Duration>, String),
    /// Whether the provider has it cannot be known.
    Unknown(String),
}

/// Builds a client. A machine without root certificates has none: pushes then wait, and everything else works.
fn client(builder: reqwest::ClientBuilder, of: &str) -> Option<reqwest::Client> {
    let built = builder.build();
    if let Err(error) = &built {
        tracing::error!(%error, "no way to {of}: are there root certificates on this machine?");
    }
    built.ok()
}

/// What becomes of a push while there is no client.
fn no_client() -> Outcome {
    Outcome::Later(None, "this machine has no root certificates".into())
}

/// Most seconds that a provider's `Retry-After` is heeded.
const RETRY_AFTER_MAX: u64 = 3_600;

/// Reads `Retry-After` in seconds; dates are not heeded.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds: u64 = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds.min(RETRY_AFTER_MAX)))
}

/// Tells what a failed exchange means: a connection that was never made sent nothing.
fn failed(error: &reqwest::Error) -> Outcome {
    // The address stands in the error's own words; it is a secret of the device.
    if error.is_connect() || error.is_builder() {
        Outcome::Later(None, "it cannot be reached".into())
    } else {
        Outcome::Unknown("the connection broke off".into())
    }
}

/// Tells what an answer means that neither provider gives a meaning of its own.
fn answered(status: StatusCode, headers: &HeaderMap) -> Outcome {
    let words = format!("status {}", status.as_u16());
    match status.as_u16() {
        // A failure behind the door: it may have been passed on before.
        500 | 502 | 504 => Outcome::Unknown(words),
        408 | 429 | 503 => Outcome::Later(retry_after(headers), words),
        _ => Outcome::Refused(words),
    }
}
