//! What the service listens to.

pub(crate) mod account;
