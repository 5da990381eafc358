//! Owns tickets: a word that opens one socket of one session, once, within half a minute.

use std::time::Duration;

use kernel::{Fault, SessionId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use super::App;
use crate::conn::Who;
use crate::error::RealtimeError;

/// How long a ticket holds.
pub(crate) const TICKET_TTL: Duration = Duration::from_secs(30);

/// A longer word is none of ours.
const TICKET_BYTES_MAX: usize = 64;

#[derive(Serialize, Deserialize)]
struct Ticket {
    user: UserId,
    session: SessionId,
    until: Timestamp,
}

fn key(ticket: &str) -> String {
    format!("rt:ticket:{ticket}")
}

/// Makes a ticket for a session whose token holds until `until`.
pub(crate) async fn issue(app: &App, who: Who, until: Timestamp) -> Result<String, Fault> {
    let word = app.deps.ambient.token::<32>();
    let ticket = Ticket {
        user: who.user,
        session: who.session,
        until,
    };
    let value = serde_json::to_vec(&ticket).map_err(Fault::internal)?;
    app.deps.ephemeral.set(&key(&word), value.into(), TICKET_TTL).await?;
    Ok(word)
}

/// Takes a ticket, which then is no more.
pub(crate) async fn redeem(app: &App, word: &str) -> Result<(Who, Timestamp), Fault> {
    if word.len() > TICKET_BYTES_MAX {
        return Err(RealtimeError::BadTicket.into());
    }
    let found = app.deps.ephemeral.take(&key(word)).await?;
    let value = found.ok_or(RealtimeError::BadTicket)?;
    let ticket: Ticket = serde_json::from_slice(&value).map_err(Fault::internal)?;
    if ticket.until <= app.deps.ambient.now() {
        return Err(RealtimeError::BadTicket.into());
    }
    let who = Who {
        user: ticket.user,
        session: ticket.session,
    };
    if super::authenticate::is_revoked(app, who).await {
        Err(RealtimeError::BadTicket.into())
    } else {
        Ok((who, ticket.until))
    }
}
