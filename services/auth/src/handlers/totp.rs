//! Owns requests about the second factor.

use std::sync::Arc;

use axum::extract::State;
use chassis::problem::ProblemBody;
use chassis::{Answer, Caller, Json};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::login::Visitor;
use crate::domain::password::CHARS_MAX;
use crate::domain::totp::CODE_CHARS_MAX;

/// What an authenticator app must know.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Enrolled {
    /// The secret, base 32, to type in.
    secret: String,
    /// The same as a URL, to show as a QR code.
    otpauth_url: String,
}

/// A first code.
#[derive(Deserialize, ToSchema, garde::Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct FirstCode {
    /// Six digits of the authenticator app.
    #[garde(length(chars, min = 1, max = CODE_CHARS_MAX))]
    #[schema(min_length = 1, max_length = 32)]
    code: String,
}

/// Codes for the day when the authenticator app is lost.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RecoveryCodes {
    /// Ten, each good for one sign-in; shown only now.
    recovery_codes: Vec<String>,
}

/// Password and code.
#[derive(Deserialize, ToSchema, garde::Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct TurnOff {
    /// The password.
    #[garde(length(chars, min = 1, max = CHARS_MAX))]
    #[schema(min_length = 1, max_length = 128, format = "password")]
    password: String,
    /// Six digits of the authenticator app, or a recovery code.
    #[garde(length(chars, min = 1, max = CODE_CHARS_MAX))]
    #[schema(min_length = 1, max_length = 32)]
    code: String,
}

/// Begins to set up a second factor. 409 `auth.totp_enabled` when there is one.
#[utoipa::path(post, path = "/api/auth/totp/enroll", tag = "auth", responses(
    (status = 200, body = Enrolled),
    (status = 409, description = "`auth.totp_enabled`.", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(crate) async fn enroll(State(app): State<Arc<App>>, caller: Caller) -> Answer<Json<Enrolled>> {
    let provision = app.local.enroll_totp(caller.user).await?;
    Ok(Json(Enrolled {
        secret: provision.secret,
        otpauth_url: provision.url,
    }))
}

/// Turns the second factor on. 401 `auth.totp_wrong`; 409 `auth.totp_not_enrolled`, `auth.totp_enabled`.
#[utoipa::path(post, path = "/api/auth/totp/confirm", tag = "auth", request_body = FirstCode, responses((status = 200, body = RecoveryCodes)))]
pub(crate) async fn confirm(
    State(app): State<Arc<App>>,
    caller: Caller,
    visitor: Visitor,
    Json(body): Json<FirstCode>,
) -> Answer<Json<RecoveryCodes>> {
    let recovery_codes = app.local.confirm_totp(caller.user, &body.code, &visitor).await?;
    Ok(Json(RecoveryCodes { recovery_codes }))
}

/// Turns the second factor off. 401 `auth.bad_credentials`, `auth.totp_wrong`; 409 `auth.totp_disabled`.
#[utoipa::path(post, path = "/api/auth/totp/disable", tag = "auth", request_body = TurnOff, responses((status = 204)))]
pub(crate) async fn disable(
    State(app): State<Arc<App>>,
    caller: Caller,
    visitor: Visitor,
    Json(body): Json<TurnOff>,
) -> Answer<StatusCode> {
    app.local
        .disable_totp(caller.user, body.password, &body.code, &visitor)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}
