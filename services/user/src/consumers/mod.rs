//! What the service hears from others, one file a topic.

pub(crate) mod account;
pub(crate) mod moderation;
