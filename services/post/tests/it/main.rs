//! What post promises over HTTP, through its contract trait and to its consumers, each as a sentence.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod comments;
mod counters;
mod erasure;
mod events;
mod lists;
mod meanwhile;
mod moderation;
mod openapi;
mod others;
mod own;
mod posts;
mod reactions;
mod shares;
mod sight;
mod stage;
