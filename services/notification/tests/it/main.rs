//! notification over HTTP and by what it hears, the other services faked.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod chat;
mod commerce;
mod devices;
mod digests;
mod erasure;
mod expo;
mod fakes;
mod house;
mod items;
mod live;
mod meanwhile;
mod moderation;
mod moving;
mod posts;
mod preferences;
mod walks;
mod web_push;
