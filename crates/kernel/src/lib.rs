//! The words that every part of the product shares: ids, time, pages, errors, money.
//!
//! Owns no behaviour that waits: nothing here is async, does IO or knows a service.

mod ambient;
mod fault;
mod id;
mod money;
mod page;
mod time;

pub use ambient::{Ambient, Clock, HeldClock, OsRandom, Random, SeededRandom, SystemClock};
pub use fault::{ErrorCode, Fault, FieldError};
pub use id::*;
pub use money::{Cost, Currency, Money};
pub use page::{Cursor, LIMIT_DEFAULT, LIMIT_MAX, Page};
pub use time::Timestamp;
