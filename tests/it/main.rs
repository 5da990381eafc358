//! Owns the black-box suite: what the product promises, asked over HTTP and WebSocket of the real binary.
//! It refuses to know how the product is built. One binary, so that all tests share one running product.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a broken expectation ends the test"
)]

mod agents;
mod anthropic;
mod archives;
mod auth;
mod bad_input;
mod budgets;
mod counters;
mod debates;
mod durability;
mod edge;
mod edits;
mod erasure;
mod forgery;
mod friendship;
mod journey;
mod lives;
mod media;
mod membership;
mod moving;
mod openai;
mod presence;
mod resume;
mod routes;
mod sends;
mod social;
mod socket_guard;
mod sse;
mod users;
mod walkthroughs;
