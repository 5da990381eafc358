//! Owns requests about passwords.

use std::sync::Arc;

use axum::extract::State;
use chassis::{Answer, Caller, Json};
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::letter::TOKEN_CHARS_MAX;
use crate::domain::login::{EMAIL_CHARS_MAX, Visitor};
use crate::domain::password::{CHARS_MAX, CHARS_MIN};

/// The present password and the next.
#[derive(Deserialize, ToSchema, garde::Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PasswordChange {
    /// The present password.
    #[garde(length(chars, min = 1, max = CHARS_MAX))]
    #[schema(min_length = 1, max_length = 128, format = "password")]
    current_password: String,
    /// The next password.
    #[garde(length(chars, min = CHARS_MIN, max = CHARS_MAX))]
    #[schema(min_length = 10, max_length = 128, format = "password")]
    new_password: String,
}

/// Whose password is forgotten.
#[derive(Deserialize, ToSchema, garde::Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PasswordForgotten {
    /// E-mail address of the account.
    #[garde(length(chars, max = EMAIL_CHARS_MAX), custom(super::mailable))]
    #[schema(min_length = 3, max_length = 254, format = "email")]
    email: String,
}

/// The token of the mail and the next password.
#[derive(Deserialize, ToSchema, garde::Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PasswordReset {
    /// The token that the mail brought.
    #[garde(length(chars, min = 1, max = TOKEN_CHARS_MAX))]
    #[schema(min_length = 1, max_length = 128)]
    token: String,
    /// The next password.
    #[garde(length(chars, min = CHARS_MIN, max = CHARS_MAX))]
    #[schema(min_length = 10, max_length = 128, format = "password")]
    new_password: String,
}

/// Changes my password; my other sessions end.
#[utoipa::path(post, path = "/api/auth/password/change", tag = "auth", request_body = PasswordChange, responses((status = 204)))]
pub(crate) async fn change(
    State(app): State<Arc<App>>,
    caller: Caller,
    visitor: Visitor,
    Json(body): Json<PasswordChange>,
) -> Answer<StatusCode> {
    let PasswordChange {
        current_password,
        new_password,
    } = body;
    app.local
        .change_password((caller.user, caller.session), current_password, new_password, &visitor)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends a token that sets another password, if the address has an account; the answer is always the same.
#[utoipa::path(post, path = "/api/auth/password/forgot", tag = "auth", security(()), request_body = PasswordForgotten, responses((status = 202)))]
pub(crate) async fn forgot(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Json(body): Json<PasswordForgotten>,
) -> Answer<StatusCode> {
    app.local.forgot_password(&body.email, &visitor).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Sets another password; all sessions end. A wrong, used or expired token is 422 `auth.one_time_token_invalid`.
#[utoipa::path(post, path = "/api/auth/password/reset", tag = "auth", security(()), request_body = PasswordReset, responses((status = 204)))]
pub(crate) async fn reset(State(app): State<Arc<App>>, Json(body): Json<PasswordReset>) -> Answer<StatusCode> {
    app.local.reset_password(&body.token, body.new_password).await?;
    Ok(StatusCode::NO_CONTENT)
}
