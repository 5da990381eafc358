//! Owns how a connection becomes somebody's: by token or ticket, and again when the token is renewed.

use std::sync::Arc;

use contracts::auth::{revoked_session_key, revoked_user_key};
use kernel::{ErrorCode, Fault, Timestamp};
use serde_json::json;

use super::{App, load_rooms, show_presence};
use crate::channels::Channel;
use crate::conn::{Conn, Who};
use crate::domain::frame::{self, RequestId};
use crate::error::{Close, RealtimeError};
use crate::hub::Arrival;

/// Signs a connection in, or renews it, by an access token.
pub(crate) async fn by_token(app: &Arc<App>, conn: &Arc<Conn>, id: &RequestId, token: &str) {
    let now = app.hub.now_ms();
    let checked = app.deps.verifier.verify_until(token).await;
    let refuse = |fault: Fault, close: Close| {
        conn.tell(&frame::error(id, None, &fault), now);
        conn.end(close, now);
    };
    match checked {
        Ok((caller, until)) => {
            let who = Who {
                user: caller.user,
                session: caller.session,
            };
            match conn.who() {
                None => enter(app, conn, id, who, until).await,
                Some(known) if known.user == who.user => {
                    conn.signed_in(who, until.millis());
                    // As in `enter`: the end of this other session may have come before the socket was known as its.
                    if is_revoked(app, who).await {
                        conn.end(Close::SessionEnded, now);
                    } else {
                        conn.tell(&ready(id, who), now);
                    }
                }
                Some(_) => refuse(RealtimeError::OtherPerson.into(), Close::BadToken),
            }
        }
        Err(fault) if fault.kind == ErrorCode::Unauthenticated => refuse(fault, Close::BadToken),
        // Not the client's fault: it may send `auth` again on this socket.
        Err(fault) => conn.tell(&frame::error(id, None, &fault), now),
    }
}

fn ready(id: &RequestId, who: Who) -> Arc<frame::Frame> {
    frame::answer("ready", id, &json!({"userId": who.user}))
}

/// Makes a connection somebody's: it is found by user and session from now on, and `ready` when its rooms are known.
pub(crate) async fn enter(app: &Arc<App>, conn: &Arc<Conn>, id: &RequestId, who: Who, until: Timestamp) {
    let now = app.hub.now_ms();
    conn.signed_in(who, until.millis());
    let first = match app.hub.arrive(conn, who) {
        Arrival::Here { first } => first,
        Arrival::Gone => return,
        Arrival::TooMany => {
            let max = app.config().sockets_per_user_max;
            conn.tell(&frame::error(id, None, &RealtimeError::TooManySockets(max).into()), now);
            conn.end(Close::TooManySockets, now);
            return;
        }
    };
    // The session may have ended between the check of the token and the moment from which its end reaches this socket.
    if is_revoked(app, who).await {
        conn.end(Close::SessionEnded, now);
        return;
    }
    if let Err(fault) = app.hub.channels.in_force(Channel::User(who.user)).await {
        tracing::warn!(%fault, "a socket without its live channel");
    }
    if let Err(fault) = load_rooms::load(app, conn, who.user).await {
        tracing::warn!(%fault, "a socket without its list of rooms");
    }
    conn.tell(&ready(id, who), app.hub.now_ms());
    tokio::spawn(show_presence::arrived(app.clone(), conn.clone(), who.user, first));
}

/// Tells whether a session has ended or its person is banned. When that cannot be known now, the token's word counts.
pub(crate) async fn is_revoked(app: &App, who: Who) -> bool {
    look_for_revocation(app, who).await.unwrap_or(false)
}

/// Tells whether a session has ended or its person is banned, or that this cannot be known now.
pub(crate) async fn look_for_revocation(app: &App, who: Who) -> Result<bool, Fault> {
    let keys = [revoked_session_key(who.session), revoked_user_key(who.user)];
    Ok(app.deps.ephemeral.any_exists(&[&keys[0], &keys[1]]).await?)
}
