//! expiration over its events and workers, on the embedded store.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod rig;
mod storm;
mod timers;
