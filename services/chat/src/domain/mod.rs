//! Owns the decisions of chat, pure and sync: who may do what in a room, what becomes of a message, who is mentioned,
//! which messages a page holds. Refuses to know stores, clocks and other services.

pub(crate) mod mention;
pub(crate) mod message;
pub(crate) mod reaction;
pub(crate) mod room;
pub(crate) mod seating;
pub(crate) mod window;
