//! Requests and answers, one file a resource.

pub(crate) mod blocks;
pub(crate) mod export;
pub(crate) mod me;
pub(crate) mod moderation;
pub(crate) mod people;
pub(crate) mod reports;
