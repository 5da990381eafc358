//! Who pays for a call of `/v1`: the bearer of an access token or of a gateway key, which may also come as `x-api-key`, as
//! Anthropic's clients send it. The key is checked here, since only this service knows keys.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use chassis::caller::bearer;
use chassis::{Caller, Problem};
use contracts::ai_gateway::Principal;
use http::request::Parts;
use kernel::{ApiKeyId, UserId};

use crate::app::App;
use crate::domain::key::KEY_PREFIX;

/// Where Anthropic's clients put their key.
const API_KEY: &str = "x-api-key";

/// A person who may call, proven by this request.
pub(crate) struct Payer {
    user: UserId,
    /// The gateway key, when the request came with one.
    key: Option<ApiKeyId>,
}

impl Payer {
    /// Pays for itself: no agent, no room.
    pub(crate) fn principal(&self) -> Principal {
        Principal {
            user_id: self.user,
            agent_id: None,
            room_id: None,
            key_id: self.key,
        }
    }
}

impl FromRequestParts<Arc<App>> for Payer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Problem> {
        let key = match bearer(&parts.headers) {
            Some(token) => Some(token).filter(|token| token.starts_with(KEY_PREFIX)),
            None => parts.headers.get(API_KEY).and_then(|key| key.to_str().ok()),
        };
        if let Some(key) = key {
            let held = app.keys.check(key, app.ambient.now()).await?;
            return Ok(Self {
                user: held.owner,
                key: Some(held.id),
            });
        }
        let caller = <Caller as FromRequestParts<Arc<App>>>::from_request_parts(parts, app).await?;
        Ok(Self {
            user: caller.user,
            key: None,
        })
    }
}
