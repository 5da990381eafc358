//! Owns `GET /realtime/sse`, for those who cannot open a WebSocket. Commands go by HTTP.

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::Uri;
use axum::response::{IntoResponse as _, Response};
use chassis::caller::bearer;
use chassis::http::ClientAddress;
use chassis::{Answer, Caller, Problem, Query};
use http::{HeaderMap, header};
use kernel::{Fault, RoomId, Timestamp};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{socket, tickets};
use crate::app::{App, issue_ticket, serve_stream};
use crate::conn::Who;
use crate::domain::resume_token::Places;

/// Where a browser says up to where it has read.
const LAST_EVENT_ID: &str = "last-event-id";
/// The longest list of rooms: a little more than 50 ids.
const ROOMS_CHARS_MAX: usize = 2_048;

#[derive(Debug, Deserialize, IntoParams, garde::Validate)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Follow {
    /// Ids of the rooms to follow, with commas between them; none: only one's own channel.
    #[garde(length(bytes, max = ROOMS_CHARS_MAX))]
    #[param(max_length = 2048)]
    rooms: Option<String>,
    /// A ticket, for browsers that cannot send an access token with an EventSource.
    #[garde(length(bytes, max = 4096))]
    #[param(max_length = 4096)]
    ticket: Option<String>,
}

/// Streams events of rooms and of one's own channel.
///
/// Each event's data is a frame as on the WebSocket. The id of an event is a token: with it as `Last-Event-ID` a later
/// stream goes on after that event, or says `reset`.
#[utoipa::path(
    get, path = "/realtime/sse", tag = "realtime",
    params(
        Follow,
        ("Last-Event-ID" = Option<String>, Header, description = "The id of the last event that was read."),
    ),
    security(("bearer" = []), ()),
    responses(
        (status = 200, description = "A stream of events.", body = String, content_type = "text/event-stream"),
        (status = 401, description = "No access token and no ticket that holds.", body = chassis::problem::ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "A room is not there, or not theirs.", body = chassis::problem::ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn follow(
    State(app): State<Arc<App>>,
    uri: Uri,
    headers: HeaderMap,
    address: Option<Extension<ClientAddress>>,
    caller: Result<Caller, Problem>,
    query: Result<Query<Follow>, Problem>,
) -> Answer<Response> {
    let ticket = query.as_ref().ok().and_then(|q| q.0.ticket.clone());
    let (who, until) = sign_in(&app, caller, ticket, &headers).await?;
    super::refuse_token_in(&uri)?;
    let rooms = rooms(&app, query?.0.rooms.as_deref().unwrap_or_default())?;
    let places = match headers
        .get(LAST_EVENT_ID)
        .and_then(|v| v.to_str().ok())
        .filter(|v| !v.is_empty())
    {
        Some(token) => Places::parse(token)?,
        None => Places::default(),
    };
    socket::admit(&app, address.map(|a| a.0)).await?;
    let events = serve_stream::open(&app, who, until, rooms, places).await?;
    let kind = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-cache"),
        // Proxies that would collect the stream before they pass it on.
        (http::HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    Ok((kind, Body::from_stream(events)).into_response())
}

/// An access token counts first; a ticket is only looked at without one.
async fn sign_in(
    app: &App,
    caller: Answer<Caller>,
    ticket: Option<String>,
    headers: &HeaderMap,
) -> Answer<(Who, Timestamp)> {
    match (caller, ticket) {
        (Ok(caller), _) => Ok((
            Who {
                user: caller.user,
                session: caller.session,
            },
            tickets::expiry(app, headers).await?,
        )),
        (Err(_), Some(ticket)) if bearer(headers).is_none() => Ok(issue_ticket::redeem(app, &ticket).await?),
        (Err(problem), _) => Err(problem),
    }
}

fn rooms(app: &App, list: &str) -> Result<Vec<RoomId>, Fault> {
    let mut rooms: Vec<RoomId> = Vec::new();
    for name in list.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        let room = name
            .parse()
            .map_err(|_| Fault::invalid("rooms", "a list of room ids with commas between them"))?;
        if !rooms.contains(&room) {
            rooms.push(room);
        }
    }
    let max = app.config().rooms_per_stream_max;
    if rooms.len() > max {
        Err(Fault::invalid("rooms", format!("at most {max} rooms")))
    } else {
        Ok(rooms)
    }
}
