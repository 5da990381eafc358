//! Owns the request to become a member.

use std::sync::Arc;

use axum::extract::State;
use chassis::{Answer, Json};
use contracts::user::Profile;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::app::open_session::Tokens;
use crate::app::sign_up::Newcomer;
use crate::domain::login::{DEVICE_CHARS_MAX, EMAIL_CHARS_MAX, Visitor};
use crate::domain::password::{CHARS_MAX, CHARS_MIN};

/// A new member.
#[derive(Deserialize, ToSchema, garde::Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SignUp {
    /// E-mail address, unique.
    #[garde(length(chars, max = EMAIL_CHARS_MAX), custom(super::mailable))]
    #[schema(min_length = 3, max_length = 254, format = "email")]
    email: String,
    /// Password.
    #[garde(length(chars, min = CHARS_MIN, max = CHARS_MAX))]
    #[schema(min_length = 10, max_length = 128, format = "password")]
    password: String,
    /// Unique name.
    #[garde(length(chars, max = 30), custom(super::handle))]
    #[schema(min_length = 3, max_length = 30, pattern = "^[a-z0-9_]{3,30}$")]
    handle: String,
    /// Name on screen.
    #[garde(length(chars, min = 1, max = 60))]
    #[schema(min_length = 1, max_length = 60)]
    display_name: String,
    /// What to call this device in the list of sessions.
    #[serde(default)]
    #[garde(length(chars, max = DEVICE_CHARS_MAX))]
    #[schema(max_length = 100)]
    device: Option<String>,
}

/// A person signed in.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Signed {
    /// Who.
    user: Profile,
    /// Bearer token.
    access_token: String,
    /// Gives the next pair of tokens, once.
    refresh_token: String,
    /// Seconds that the access token holds.
    expires_in: u64,
}

impl Signed {
    pub(crate) fn new(user: Profile, tokens: Tokens) -> Self {
        let expires_in = chassis::auth::ACCESS_TOKEN_TTL.as_secs();
        Self {
            user,
            access_token: tokens.access,
            refresh_token: tokens.refresh,
            expires_in,
        }
    }
}

/// Makes an account and signs in. A mail with a token that proves the address is sent.
#[utoipa::path(post, path = "/api/auth/signup", tag = "auth", security(()), request_body = SignUp, responses((status = 201, body = Signed)))]
pub(crate) async fn sign_up(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Json(new): Json<SignUp>,
) -> Answer<(StatusCode, Json<Signed>)> {
    let SignUp {
        email,
        password,
        handle,
        display_name,
        device,
    } = new;
    let newcomer = Newcomer {
        email,
        password,
        handle,
        display_name,
    };
    let (user, tokens) = app.sign_up(newcomer, &visitor.named(device)).await?;
    Ok((StatusCode::CREATED, Json(Signed::new(user, tokens))))
}
