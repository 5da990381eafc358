//! What the service hears from others, and from itself, one file a topic.

pub(crate) mod account;
pub(crate) mod ledger;
pub(crate) mod order;
