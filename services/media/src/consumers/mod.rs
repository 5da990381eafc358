//! What the service hears from others, one file a topic.

pub(crate) mod account;
