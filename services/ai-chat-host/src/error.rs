//! Owns what can go wrong in ai-chat-host, and the stable code of each.

use kernel::{ErrorCode, Fault};
use store::StoreError;

use crate::domain::debate::Refused;

/// A failure of ai-chat-host.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// No such agent.
    #[error("There is no such agent.")]
    NoAgent,
    /// The agent belongs to somebody else.
    #[error("Only its owner may change an agent.")]
    NotOwner,
    /// The agent is not at the version that the caller has seen.
    #[error("It changed meanwhile; read it again.")]
    Stale,
    /// No such run, message or room for the caller's eyes.
    #[error("There is no such run here.")]
    NoRun,
    /// The message was not written by an agent.
    #[error("Only an agent's answer can be asked for again.")]
    NotAnAnswer,
    /// Agents are off in the room, or this one has left or is disabled, or the question is gone.
    #[error("The agent cannot answer here any more.")]
    Silent,
    /// No such memory for the caller's eyes.
    #[error("There is no such agent in a room of yours.")]
    NoMemory,
    /// No such agent in a room of the caller's.
    #[error("There is no such agent in a room of yours.")]
    NoSeat,
    /// Somebody else brought the agent in.
    #[error("Only who brought the agent in may see and set what others spend.")]
    NotBringer,
    /// What was sent as `Idempotency-Key` is none.
    #[error("An Idempotency-Key has 1 to 255 visible ASCII characters.")]
    BadKey,
    /// Too many agent turns in the room, waiting or in the last minute.
    #[error("The agents of this room have a lot to do; try again in a moment.")]
    TooMany,
    /// The person has asked agents that they do not hold as much as they may today.
    #[error("You have tried out enough for today; whoever holds an agent may ask it as they like.")]
    TriedOutEnough(std::time::Duration),
    /// Something about a debate.
    #[error(transparent)]
    Debate(#[from] Refused),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another service failed.
    #[error(transparent)]
    Other(#[from] Fault),
}

impl From<Error> for Fault {
    fn from(e: Error) -> Self {
        let detail = e.to_string();
        match e {
            Error::NoAgent => Fault::new(ErrorCode::NotFound, "agent.not_found", detail),
            Error::NotOwner => Fault::new(ErrorCode::Forbidden, "agent.not_owner", detail),
            Error::Stale => Fault::new(ErrorCode::Stale, "request.stale", detail),
            Error::NoMemory => Fault::new(ErrorCode::NotFound, "agent.no_memory", detail),
            Error::NoSeat => Fault::new(ErrorCode::NotFound, "agent.not_here", detail),
            Error::NotBringer => Fault::new(ErrorCode::Forbidden, "agent.not_bringer", detail),
            Error::NoRun => Fault::new(ErrorCode::NotFound, "run.not_found", detail),
            Error::NotAnAnswer => Fault::new(ErrorCode::Conflict, "run.not_an_answer", detail),
            Error::Silent => Fault::new(ErrorCode::Conflict, "run.agent_silent", detail),
            Error::BadKey => Fault::new(ErrorCode::Malformed, "run.bad_idempotency_key", detail),
            Error::TooMany => Fault::new(ErrorCode::RateLimited, "run.too_many", detail).retry_after(RETRY_AFTER),
            Error::TriedOutEnough(after) => {
                Fault::new(ErrorCode::RateLimited, "agent.tried_out_enough", detail).retry_after(after)
            }
            Error::Debate(refused) => refused.into(),
            Error::Store(e) => e.into(),
            Error::Other(fault) => fault,
        }
    }
}

/// Tells whether a failure of another service may pass by itself, so that asking again is worth it.
pub(crate) fn passes(kind: ErrorCode) -> bool {
    matches!(
        kind,
        ErrorCode::Unavailable | ErrorCode::Timeout | ErrorCode::Internal | ErrorCode::RateLimited
    )
}

/// When a room that was too busy may be asked again.
const RETRY_AFTER: std::time::Duration = std::time::Duration::from_secs(5);
