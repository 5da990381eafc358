//! Owns the ways in which the gateway itself refuses. What other services refuse passes through as it is.

use std::time::Duration;

use kernel::{ErrorCode, Fault};

/// A refusal of the gateway.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RealtimeError {
    /// A frame that is no JSON object with a known `op` and its fields.
    #[error("{0}")]
    BadFrame(String),
    /// An op before `auth`.
    #[error("Send auth first.")]
    NotSignedIn,
    /// A renewal with another person's token.
    #[error("The token is another person's.")]
    OtherPerson,
    /// A room that is not there or not theirs.
    #[error("There is no such thing here.")]
    UnknownRoom,
    /// A run that is not there.
    #[error("There is no such run.")]
    UnknownRun,
    /// More rooms than a socket may follow.
    #[error("A socket follows at most {0} rooms.")]
    TooManyRooms(usize),
    /// More sockets than a person may have.
    #[error("A person has at most {0} sockets.")]
    TooManySockets(usize),
    /// More frames than a socket may send.
    #[error("Too many frames; the socket is closed.")]
    Flood,
    /// A page of another site.
    #[error("Pages of this origin may not connect.")]
    ForeignOrigin,
    /// A token where logs keep it.
    #[error("A token never stands in an address: send auth, or ask for a ticket.")]
    TokenInAddress,
    /// A ticket that was used, has expired or never was.
    #[error("The ticket does not hold.")]
    BadTicket,
    /// A plain request.
    #[error("This path speaks WebSocket: {0}")]
    NoUpgrade(String),
    /// Too many connects from one address.
    #[error("Too many connections from this address.")]
    TooManyConnects(Duration),
    /// The process is about to stop.
    #[error("This server is about to stop.")]
    Draining,
    /// The live channels are away.
    #[error("The live channels do not answer.")]
    NoLiveChannel,
}

impl From<RealtimeError> for Fault {
    fn from(e: RealtimeError) -> Self {
        use RealtimeError as E;
        let (kind, code) = match &e {
            E::BadFrame(_) => (ErrorCode::Malformed, "realtime.bad_frame"),
            E::NotSignedIn => (ErrorCode::Unauthenticated, "auth.unauthenticated"),
            E::OtherPerson => (ErrorCode::Unauthenticated, "realtime.other_person"),
            E::UnknownRoom => (ErrorCode::NotFound, "chat.not_found"),
            E::UnknownRun => (ErrorCode::NotFound, "agent.run_not_found"),
            E::TooManyRooms(_) => (ErrorCode::RateLimited, "realtime.too_many_rooms"),
            E::TooManySockets(_) => (ErrorCode::RateLimited, "realtime.too_many_sockets"),
            E::Flood => (ErrorCode::RateLimited, "realtime.flood"),
            E::ForeignOrigin => (ErrorCode::Forbidden, "realtime.foreign_origin"),
            E::TokenInAddress => (ErrorCode::Malformed, "realtime.token_in_address"),
            E::BadTicket => (ErrorCode::Unauthenticated, "realtime.bad_ticket"),
            E::NoUpgrade(_) => (ErrorCode::Malformed, "request.upgrade_required"),
            E::TooManyConnects(_) => (ErrorCode::RateLimited, "realtime.too_many_connects"),
            E::Draining => (ErrorCode::Unavailable, "realtime.draining"),
            E::NoLiveChannel => (ErrorCode::Unavailable, "realtime.no_live_channel"),
        };
        let fault = Fault::new(kind, code, e.to_string());
        match e {
            E::TooManyConnects(wait) => fault.retry_after(wait),
            E::Draining | E::NoLiveChannel => fault.retry_after(Duration::from_secs(1)),
            _ => fault,
        }
    }
}

/// Why a socket is closed, with the code that its client gets: 4000-4499 reconnect, 4500-4999 do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u16)]
pub(crate) enum Close {
    /// Too many frames.
    Flood = 1008,
    /// A frame over the limit.
    TooLarge = 1009,
    /// The server goes away.
    Restart = 1012,
    /// It reads too slowly.
    Slow = 4001,
    /// No pong.
    Idle = 4002,
    /// No `auth` in time.
    NoAuth = 4004,
    /// The token does not hold, or no longer.
    BadToken = 4501,
    /// The session ended.
    SessionEnded = 4502,
    /// The account is banned.
    Banned = 4503,
    /// The person has too many sockets.
    TooManySockets = 4504,
}

impl Close {
    /// Returns the code on the wire.
    pub(crate) fn code(self) -> u16 {
        self as u16
    }

    /// Returns the reason on the wire, also a label of metrics.
    pub(crate) fn reason(self) -> &'static str {
        match self {
            Self::Flood => "flood",
            Self::TooLarge => "frame too large",
            Self::Restart => "going away",
            Self::Slow => "slow consumer",
            Self::Idle => "no pong",
            Self::NoAuth => "auth not in time",
            Self::BadToken => "bad token",
            Self::SessionEnded => "session ended",
            Self::Banned => "banned",
            Self::TooManySockets => "too many sockets",
        }
    }
}
