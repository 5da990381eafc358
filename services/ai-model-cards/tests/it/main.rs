//! ai-model-cards over HTTP and as other services ask it, those faked.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod cards;
mod course;
mod crashes;
mod erasure;
mod flaky;
mod holds;
mod house;
mod random_holds;
mod reviews;
mod search;
