//! The gateway over real sockets on a loopback port, with the other services faked and the clock held.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod chat;
mod client;
mod rig;

mod agents;
mod drain;
mod fanout;
mod guard;
mod membership;
mod own_channel;
mod presence;
mod requests;
mod resume;
mod stream;
