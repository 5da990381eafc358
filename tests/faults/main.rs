//! Owns the faults: one process per service on servers of its own, people who write and read all the while, and one thing
//! after the other that breaks. It refuses to know how the product is built; what it promises is asked from outside.
//!
//! One cluster for all cases, one case at a time. What each saw is printed as a line of the table in docs/operations.md.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a broken expectation ends the test"
)]

mod ask;
mod follow;
mod probes;
mod stand;
mod traffic;

mod backing;
mod links;
mod processes;
mod rolling;
mod slow;
mod upgrade;
mod writer;
