//! Owns what chat does when something happens elsewhere, one topic a file. Refuses to know how events travel.

pub(crate) mod account;
pub(crate) mod room;
pub(crate) mod tail;
