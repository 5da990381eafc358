//! ai-chat-host with chat and models faked: who answers, what streams, what survives.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "tests")]

mod agents;
mod arena;
mod bills;
mod canary;
mod chat;
mod costs;
mod crashes;
mod debate_crashes;
mod debate_votes;
mod debates;
mod gate;
mod house;
mod market;
mod memory;
mod models;
mod policies;
mod rooms;
mod sold;
mod streams;
mod summaries;
mod try_outs;
