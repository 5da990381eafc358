//! Owns the commerce suite: people who sell and buy, a program that keeps its own journal of what it was told, and the
//! judgement of the invariants I1 to I8 over what is there in the end. It refuses to know how the product is built.
//!
//! `AICHAT_COMMERCE_SECONDS` (60) and `AICHAT_COMMERCE_RATE` (30 orders a second) shape the load of the invariants' program;
//! `AICHAT_TEST_JOURNAL` names a file for its journal.
//! Tests whose names end in `in_a_cluster` start one process per service on servers of their own.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a broken expectation ends the test"
)]

mod breaking;
mod clerk;
mod journal;
mod load;
mod market;
mod sampler;
mod scripts;
mod till;
mod turns;

mod checks;
mod evidence;
mod world;

mod agents;
mod expiry;
mod invariants;
mod races;
mod single;
mod teeth;
