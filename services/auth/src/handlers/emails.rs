//! Owns requests about the proof of an e-mail address.

use std::sync::Arc;

use axum::extract::State;
use chassis::{Answer, Caller, Json};
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::letter::TOKEN_CHARS_MAX;
use crate::domain::login::Visitor;

/// The token of a mail.
#[derive(Deserialize, ToSchema, garde::Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct EmailProof {
    /// The token that the mail brought.
    #[garde(length(chars, min = 1, max = TOKEN_CHARS_MAX))]
    #[schema(min_length = 1, max_length = 128)]
    token: String,
}

/// Proves an e-mail address. A wrong, used or expired token is 422 `auth.one_time_token_invalid`.
#[utoipa::path(post, path = "/api/auth/email/verify", tag = "auth", security(()), request_body = EmailProof, responses((status = 204)))]
pub(crate) async fn verify(State(app): State<Arc<App>>, Json(body): Json<EmailProof>) -> Answer<StatusCode> {
    app.local.verify_email(&body.token).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sends the token again, unless my address is proven.
#[utoipa::path(post, path = "/api/auth/email/resend", tag = "auth", responses((status = 202)))]
pub(crate) async fn resend(State(app): State<Arc<App>>, caller: Caller, visitor: Visitor) -> Answer<StatusCode> {
    app.local.resend_verification(caller.user, &visitor).await?;
    Ok(StatusCode::ACCEPTED)
}
