//! The chassis from outside, over real connections.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod link;
mod rig;
