//! The document store: a port, its adapters, and the conformance suite that is the port's meaning.
//!
//! A service keeps documents in collections with **declared indexes**; every query names the index that serves it, so
//! that no full scan can be written. A write is one document, compared-and-set on its version, and carries its events
//! (the outbox) and its inbox mark with it: both are durable together or not at all. An acknowledged write survives
//! power loss. The port knows neither SQL nor BSON; an adapter knows no service.
//!
//! Services use [`Collection`]; adapters implement [`Store`].

mod check;
mod collection;
mod document;
mod error;
mod keys;
#[cfg(feature = "mongodb")]
pub mod mongodb;
mod near;
mod port;
pub mod sqlite;
mod turns;
mod words;

pub mod conformance;

pub use collection::{Change, Collection};
pub use document::{Document, Fields, Index, IndexKind, Key, RawDocument, Spec};
pub use error::StoreError;
pub use near::NEAR_CANDIDATES_MAX;
pub use port::{Append, Mark, Op, Place, Query, Search, Store, Stored, Write};
pub use turns::Turns;
pub use words::{SEARCH_WORDS_MAX, stands_alone};
