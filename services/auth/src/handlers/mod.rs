//! Owns the HTTP face: what is read, what is answered. Refuses to decide anything.

pub(crate) mod accounts;
pub(crate) mod emails;
pub(crate) mod keys;
pub(crate) mod passwords;
pub(crate) mod sessions;
pub(crate) mod totp;

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use chassis::http::ClientAddress;
use http::request::Parts;

use crate::domain::login::{DEVICE_CHARS_MAX, Visitor, is_email, is_handle};

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let address = parts.extensions.get::<ClientAddress>().and_then(|a| a.0);
        let agent = parts
            .headers
            .get(http::header::USER_AGENT)
            .and_then(|v| v.to_str().ok());
        Ok(Self {
            address,
            agent: shortened(agent.unwrap_or("unknown")),
        })
    }
}

impl Visitor {
    /// Names the device as the client does, if it does.
    fn named(self, device: Option<String>) -> Self {
        Self {
            agent: device.unwrap_or(self.agent),
            ..self
        }
    }
}

fn shortened(text: &str) -> String {
    text.chars().take(DEVICE_CHARS_MAX).collect()
}

/// garde rule: mail can be sent to it.
fn mailable(text: &str, _: &()) -> garde::Result {
    if is_email(text.trim()) {
        Ok(())
    } else {
        Err(garde::Error::new("is not an e-mail address"))
    }
}

/// garde rule: a handle.
fn handle(text: &str, _: &()) -> garde::Result {
    if is_handle(text) {
        Ok(())
    } else {
        Err(garde::Error::new("has 3 to 30 of a-z, 0-9 and _"))
    }
}
