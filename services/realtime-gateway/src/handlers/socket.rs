//! Owns `GET /realtime`: everything that is decided before a socket is open.

use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::http::Uri;
use axum::response::Response;
use chassis::http::ClientAddress;
use chassis::{Answer, Problem, Query};
use ephemeral::Bucket;
use http::{HeaderMap, header};
use kernel::Fault;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::{App, issue_ticket, serve_socket};
use crate::domain::origin;
use crate::error::RealtimeError;

#[derive(Debug, Deserialize, IntoParams, garde::Validate)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Open {
    /// A ticket, instead of `auth` as the first frame.
    #[garde(length(bytes, max = 4096))]
    #[param(max_length = 4096)]
    ticket: Option<String>,
}

/// Opens a WebSocket.
///
/// JSON text frames; the protocol is in docs/api-design.md. Without a ticket the first frame is `auth`, within 10 s.
#[utoipa::path(
    get, path = "/realtime", tag = "realtime", params(Open), security(()),
    responses(
        (status = 101, description = "The connection is a WebSocket now."),
        (status = 401, description = "The ticket does not hold.", body = chassis::problem::ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Pages of this origin may not connect.", body = chassis::problem::ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn open(
    State(app): State<Arc<App>>,
    uri: Uri,
    headers: HeaderMap,
    address: Option<Extension<ClientAddress>>,
    query: Result<Query<Open>, Problem>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Answer<Response> {
    super::refuse_token_in(&uri)?;
    let Query(query) = query?;
    check_origin(&app, &headers, &uri)?;
    let upgrade = upgrade.map_err(|e| RealtimeError::NoUpgrade(e.body_text()))?;
    admit(&app, address.map(|a| a.0)).await?;
    let signed_in = match &query.ticket {
        Some(ticket) => Some(issue_ticket::redeem(&app, ticket).await?),
        None => None,
    };
    let frame_max = app.config().frame_bytes_max * serve_socket::UNREAD_FACTOR;
    let upgrade = upgrade
        .read_buffer_size(serve_socket::READ_BUFFER)
        .write_buffer_size(serve_socket::WRITE_BUFFER)
        .max_write_buffer_size(app.config().outbox_hard_bytes + serve_socket::WRITE_BUFFER)
        .max_frame_size(frame_max)
        .max_message_size(frame_max);
    Ok(upgrade.on_upgrade(move |socket| serve_socket::serve(app, socket, signed_in)))
}

fn check_origin(app: &App, headers: &HeaderMap, uri: &Uri) -> Result<(), Fault> {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return Ok(());
    };
    let host = headers
        .get(header::HOST)
        .and_then(|h| h.to_str().ok())
        .or(uri.authority().map(|a| a.as_str()));
    let allowed = &app.config().allowed_origins;
    let passes = origin
        .to_str()
        .is_ok_and(|origin| origin::is_allowed(origin, host, allowed));
    if passes {
        Ok(())
    } else {
        Err(RealtimeError::ForeignOrigin.into())
    }
}

/// Lets a connect in, unless the process is about to stop or the address connects too often.
pub(crate) async fn admit(app: &App, address: Option<ClientAddress>) -> Result<(), Fault> {
    if app.hub.is_draining() {
        return Err(RealtimeError::Draining.into());
    }
    let Some(ClientAddress(Some(address))) = address else {
        return Ok(());
    };
    let config = app.config();
    let bucket = Bucket {
        capacity: config.connects_burst.into(),
        per_second: config.connects_per_second.into(),
    };
    match app
        .deps
        .ephemeral
        .spend(&format!("rt:connect:{address}"), bucket, 1.0)
        .await?
    {
        Ok(()) => Ok(()),
        Err(wait) => Err(RealtimeError::TooManyConnects(wait.min(Duration::from_secs(60))).into()),
    }
}
