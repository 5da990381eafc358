//! Owns the proof that the SQLite adapter means what the port means, and what only it promises: batches, files, kills.
//! Refuses to look behind the port.
#![expect(clippy::unwrap_used, reason = "tests")]

mod batch;
mod conformance;
mod files;
mod kill;
mod late;
#[cfg(feature = "mongodb")]
mod mongodb;
