//! What the service hears from others, one file a topic; and what other replicas of it did.

pub(crate) mod account;
pub(crate) mod order;
pub(crate) mod tail;
