//! Requests and answers, one file a resource.

pub(crate) mod coupons;
pub(crate) mod entitlements;
pub(crate) mod keyed;
pub(crate) mod orders;
