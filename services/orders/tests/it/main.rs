//! orders over HTTP, events and its traits; the other services faked.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

mod cards;
mod coupons;
mod entitlements;
mod keys;
mod placing;
mod races;
mod refunds;
mod shop;
mod sweeping;
