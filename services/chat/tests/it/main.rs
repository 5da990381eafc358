//! What chat promises over HTTP, through its contract traits and to its consumers, each as a sentence.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod agents;
mod attachments;
mod coherence;
mod concurrency;
mod erasure;
mod events;
mod gate;
mod history;
mod lists;
mod members;
mod messages;
mod openapi;
mod permission;
mod reading;
mod rooms;
mod search;
mod stage;
