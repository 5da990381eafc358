//! Pure types and rules.

pub(crate) mod account;
pub(crate) mod ids;
pub(crate) mod invoice;
pub(crate) mod ledger;
pub(crate) mod payment;
pub(crate) mod payout;
pub(crate) mod receipt;
pub(crate) mod request;
pub(crate) mod signature;
pub(crate) mod split;
pub(crate) mod wallet;
