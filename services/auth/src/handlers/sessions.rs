//! Owns requests about sessions: their beginning, their refreshing, their list and their end.

use std::sync::Arc;

use axum::extract::State;
use chassis::problem::ProblemBody;
use chassis::{Answer, Caller, Json, Paging, Path, Query};
use http::StatusCode;
use kernel::{Page, SessionId, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::accounts::Signed;
use crate::app::App;
use crate::app::sign_in::Credentials;
use crate::domain::login::{DEVICE_CHARS_MAX, EMAIL_CHARS_MAX, Visitor};
use crate::domain::password::CHARS_MAX;
use crate::domain::refresh_token::TEXT_CHARS_MAX;
use crate::domain::session::Session;
use crate::domain::totp::CODE_CHARS_MAX;

/// What somebody says to prove themselves.
#[derive(Deserialize, ToSchema, garde::Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SignIn {
    /// E-mail address or handle.
    #[garde(length(chars, min = 1, max = EMAIL_CHARS_MAX))]
    #[schema(min_length = 1, max_length = 254)]
    login: String,
    /// Password.
    #[garde(length(chars, min = 1, max = CHARS_MAX))]
    #[schema(min_length = 1, max_length = 128, format = "password")]
    password: String,
    /// Code of the authenticator app, or a recovery code.
    #[serde(default)]
    #[garde(length(chars, max = CODE_CHARS_MAX))]
    #[schema(max_length = 32)]
    totp: Option<String>,
    /// What to call this device in the list of sessions.
    #[serde(default)]
    #[garde(length(chars, max = DEVICE_CHARS_MAX))]
    #[schema(max_length = 100)]
    device: Option<String>,
}

/// A refresh token.
#[derive(Deserialize, ToSchema, garde::Validate)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Refresh {
    /// The newest refresh token of the session.
    #[garde(length(chars, min = 1, max = TEXT_CHARS_MAX))]
    #[schema(min_length = 1, max_length = 128)]
    refresh_token: String,
}

/// The next pair of tokens.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Refreshed {
    /// Bearer token.
    access_token: String,
    /// Replaces the one that was sent.
    refresh_token: String,
    /// Seconds that the access token holds.
    expires_in: u64,
}

/// A signed-in device.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Session)]
pub(crate) struct SessionView {
    id: SessionId,
    created_at: Timestamp,
    /// When its tokens were last refreshed.
    last_used_at: Timestamp,
    /// What it calls itself.
    device: String,
    /// IP address that it was last refreshed from; `local` for the server's own machine.
    address: String,
    /// Whether it is the one that asks.
    current: bool,
}

impl SessionView {
    fn of(session: Session, current: SessionId) -> Self {
        Self {
            id: session.id,
            created_at: session.created_at,
            last_used_at: session.last_used_at,
            device: session.device,
            address: session.address.map_or_else(|| "local".into(), |a| a.to_string()),
            current: session.id == current,
        }
    }
}

/// Signs in.
#[utoipa::path(post, path = "/api/auth/signin", tag = "auth", security(()), request_body = SignIn, responses(
    (status = 200, body = Signed),
    (status = 401, description = "`auth.bad_credentials`, `auth.totp_required` or `auth.totp_wrong`.", body = ProblemBody, content_type = "application/problem+json"),
    (status = 403, description = "`auth.banned`.", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(crate) async fn sign_in(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Json(said): Json<SignIn>,
) -> Answer<Json<Signed>> {
    let SignIn {
        login,
        password,
        totp,
        device,
    } = said;
    let credentials = Credentials {
        login,
        password,
        code: totp,
    };
    let (user, tokens) = app.sign_in(credentials, &visitor.named(device)).await?;
    Ok(Json(Signed::new(user, tokens)))
}

/// Exchanges a refresh token for the next pair. Using one twice, more than 10 s apart, ends the session.
#[utoipa::path(post, path = "/api/auth/refresh", tag = "auth", security(()), request_body = Refresh, responses(
    (status = 200, body = Refreshed),
    (status = 401, description = "`auth.refresh_invalid` or `auth.refresh_reused`.", body = ProblemBody, content_type = "application/problem+json"),
))]
pub(crate) async fn refresh(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Json(body): Json<Refresh>,
) -> Answer<Json<Refreshed>> {
    let tokens = app.local.refresh(&body.refresh_token, visitor.address).await?;
    let expires_in = chassis::auth::ACCESS_TOKEN_TTL.as_secs();
    Ok(Json(Refreshed {
        access_token: tokens.access,
        refresh_token: tokens.refresh,
        expires_in,
    }))
}

/// Ends this session.
#[utoipa::path(post, path = "/api/auth/signout", tag = "auth", responses((status = 204)))]
pub(crate) async fn sign_out(State(app): State<Arc<App>>, caller: Caller) -> Answer<StatusCode> {
    app.local.end_session(caller.user, caller.session).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists my sessions, newest first.
#[utoipa::path(get, path = "/api/auth/sessions", tag = "auth", params(Paging), responses((status = 200, body = Page<SessionView>)))]
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    caller: Caller,
    Query(paging): Query<Paging>,
) -> Answer<Json<Page<SessionView>>> {
    let page = app
        .local
        .repo
        .live_page(caller.user, paging.limit(), paging.cursor())
        .await?;
    Ok(Json(page.map(|session| SessionView::of(session, caller.session))))
}

/// Ends all my sessions but this one.
#[utoipa::path(delete, path = "/api/auth/sessions", tag = "auth", responses((status = 204)))]
pub(crate) async fn end_others(State(app): State<Arc<App>>, caller: Caller) -> Answer<StatusCode> {
    app.local.end_sessions(caller.user, Some(caller.session)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends one of my sessions.
#[utoipa::path(delete, path = "/api/auth/sessions/{id}", tag = "auth", params(("id" = SessionId, Path)), responses((status = 204)))]
pub(crate) async fn end(State(app): State<Arc<App>>, caller: Caller, Path(id): Path<SessionId>) -> Answer<StatusCode> {
    app.local.end_session(caller.user, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
