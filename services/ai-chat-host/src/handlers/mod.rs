//! Requests and answers, one file a resource.

pub(crate) mod agents;
pub(crate) mod allowance;
pub(crate) mod debates;
pub(crate) mod memory;
pub(crate) mod runs;
pub(crate) mod try_outs;
