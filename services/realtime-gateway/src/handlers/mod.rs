//! Owns the HTTP side: one file a resource. Refuses to know what happens on an open connection.

pub(crate) mod events;
pub(crate) mod socket;
pub(crate) mod tickets;

use axum::http::Uri;
use kernel::Fault;

use crate::error::RealtimeError;

/// Refuses an access token in an address, where logs would keep it.
fn refuse_token_in(uri: &Uri) -> Result<(), Fault> {
    let names = uri
        .query()
        .unwrap_or_default()
        .split('&')
        .map(|pair| pair.split('=').next().unwrap_or_default());
    let is_token = |name: &str| matches!(name, "token" | "access_token" | "accessToken");
    if names.into_iter().any(is_token) {
        Err(RealtimeError::TokenInAddress.into())
    } else {
        Ok(())
    }
}
