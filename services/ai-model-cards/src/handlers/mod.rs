//! Requests and answers, one file a resource.

pub(crate) mod admin;
pub(crate) mod cards;
pub(crate) mod listing;
pub(crate) mod moderation;
pub(crate) mod reviews;
pub(crate) mod revisions;
pub(crate) mod rules;
pub(crate) mod selling;
