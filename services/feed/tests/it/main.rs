//! feed over HTTP, the other services played by a society that knows who may see what.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod delivery;
mod home;
mod oracle;
mod society;
mod stage;
mod trending;
