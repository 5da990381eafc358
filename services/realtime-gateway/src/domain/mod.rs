//! Owns the decisions of the gateway as plain values: frames, client operations, the outbox, a room's fan-out, limits.
//! Refuses to know sockets, tasks, stores and the bus.

pub(crate) mod allowance;
pub(crate) mod frame;
pub(crate) mod op;
pub(crate) mod origin;
pub(crate) mod outbox;
pub(crate) mod resume_token;
pub(crate) mod room;
