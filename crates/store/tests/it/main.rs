//! Owns the proof that the SQLite adapter means what the port means, and what only it promises: files, kills, full disks.
#![expect(clippy::unwrap_used, reason = "tests")]

mod conformance;
mod files;
mod kill;
mod late;
