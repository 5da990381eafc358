//! Requests and answers, one file a resource.

pub(crate) mod comments;
pub(crate) mod moderation;
pub(crate) mod posts;
pub(crate) mod reactions;
pub(crate) mod reports;
pub(crate) mod shares;
