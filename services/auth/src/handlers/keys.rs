//! Owns the request for the keys that access tokens are checked with.

use std::sync::Arc;

use axum::extract::State;
use chassis::{Answer, Json};
use http::HeaderName;
use http::header::CACHE_CONTROL;

use crate::app::App;
use crate::signer::JsonWebKeySet;

/// How long others may keep the set; a new key stands in it five minutes before its first use.
const CACHE: [(HeaderName, &str); 1] = [(CACHE_CONTROL, "public, max-age=60")];

/// Lists the public keys that access tokens are checked with (RFC 7517).
#[utoipa::path(get, path = "/.well-known/jwks.json", tag = "auth", security(()), responses((status = 200, body = JsonWebKeySet)))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
) -> Answer<([(HeaderName, &'static str); 1], Json<JsonWebKeySet>)> {
    Ok((CACHE, Json(app.local.signer.key_set().await?)))
}
