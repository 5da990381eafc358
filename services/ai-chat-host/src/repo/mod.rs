//! Queries over the store, in the domain's words.

pub(crate) mod agents;
pub(crate) mod runs;
