//! The chassis from outside, over real connections.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod handing_over;
mod link;
mod own_data;
mod rig;
mod spans;
