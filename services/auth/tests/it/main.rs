//! The auth service over HTTP, with real tokens: other services are faked, time is held.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

mod accounts;
mod forgery;
mod guessing;
mod house;
mod keys;
mod mail;
mod passwords;
mod sessions;
mod totp;
