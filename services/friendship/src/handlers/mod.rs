//! Requests and answers, one file a resource.

pub(crate) mod friends;
pub(crate) mod requests;
