//! What the service hears from others, one file a topic. All of them ask the owner what is so now, so that they are idempotent by
//! themselves; what counts carries a mark.

pub(crate) mod account;
pub(crate) mod engagement;
pub(crate) mod friendship;
pub(crate) mod post;
