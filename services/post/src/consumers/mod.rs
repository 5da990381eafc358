//! What the service hears from others and from itself, one file a purpose.

pub(crate) mod account;
pub(crate) mod asset;
pub(crate) mod moderation;
pub(crate) mod purge;
pub(crate) mod tally;
