//! Owns who is asking. Refuses to trust any header but `Authorization`.

use std::sync::Arc;

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use http::request::Parts;
use kernel::{ErrorCode, Fault, SessionId, UserId};
use serde::{Deserialize, Serialize};

use crate::{Problem, Verifier};

/// A signed-in person, proven by the access token of this request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caller {
    /// Who.
    pub user: UserId,
    /// On which device.
    pub session: SessionId,
    /// Whether they moderate the product.
    pub admin: bool,
}

/// Returns the bearer token of a request.
pub fn bearer(headers: &http::HeaderMap) -> Option<&str> {
    let value = headers.get(http::header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Builds the answer to a request without a token that holds.
pub fn unauthenticated() -> Fault {
    Fault::new(
        ErrorCode::Unauthenticated,
        "auth.unauthenticated",
        "Sign in and send the access token as a bearer token.",
    )
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        // The edge may have proven it already in this very process; the extension cannot come from outside.
        if let Some(caller) = parts.extensions.get::<Caller>() {
            return Ok(*caller);
        }
        let token = bearer(&parts.headers).ok_or_else(unauthenticated)?;
        let verifier = parts
            .extensions
            .get::<Arc<Verifier>>()
            .cloned()
            .ok_or_else(|| Fault::internal("no Verifier layer on this router"))?;
        let caller = verifier.verify(token).await?;
        parts.extensions.insert(caller);
        Ok(caller)
    }
}

impl<S: Send + Sync> OptionalFromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Problem> {
        if bearer(&parts.headers).is_none() {
            return Ok(None);
        }
        <Self as FromRequestParts<S>>::from_request_parts(parts, state)
            .await
            .map(Some)
    }
}
