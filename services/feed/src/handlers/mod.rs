//! Requests and answers, one file a resource.

pub(crate) mod home;
pub(crate) mod trending;
