//! Owns `POST /api/realtime/tickets`.

use std::sync::Arc;

use axum::extract::State;
use chassis::caller::bearer;
use chassis::{Answer, Caller, Json};
use http::{HeaderMap, StatusCode};
use kernel::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::{App, issue_ticket};
use crate::conn::Who;

/// A ticket.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RealtimeTicket)]
pub(crate) struct Ticket {
    /// What to pass as `?ticket=`. Works once.
    ticket: String,
    /// For how many seconds it holds.
    #[schema(minimum = 1, example = 30)]
    expires_in: u64,
}

/// Makes a ticket that opens one socket of this session.
///
/// For clients that cannot send `auth` as the first frame. It works once, within 30 seconds.
#[utoipa::path(post, path = "/api/realtime/tickets", tag = "realtime", responses((status = 201, body = Ticket)))]
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    caller: Caller,
    headers: HeaderMap,
) -> Answer<(StatusCode, Json<Ticket>)> {
    let until = expiry(&app, &headers).await?;
    let who = Who {
        user: caller.user,
        session: caller.session,
    };
    let ticket = issue_ticket::issue(&app, who, until).await?;
    Ok((
        StatusCode::CREATED,
        Json(Ticket {
            ticket,
            expires_in: issue_ticket::TICKET_TTL.as_secs(),
        }),
    ))
}

/// Returns until when the caller's access token holds; without one (the edge has proven the caller by other means) it
/// is the longest that a token may.
pub(crate) async fn expiry(app: &App, headers: &HeaderMap) -> Answer<Timestamp> {
    match bearer(headers) {
        Some(token) => Ok(app.deps.verifier.verify_until(token).await?.1),
        None => Ok(app.deps.ambient.now() + chassis::auth::ACCESS_TOKEN_TTL),
    }
}
