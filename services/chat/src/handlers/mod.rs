//! Owns the HTTP face of chat, one resource a file: request, documentation, handler. Refuses to decide anything.

pub(crate) mod agents;
pub(crate) mod members;
pub(crate) mod messages;
pub(crate) mod pins;
pub(crate) mod reactions;
pub(crate) mod read;
pub(crate) mod rooms;
pub(crate) mod search;
