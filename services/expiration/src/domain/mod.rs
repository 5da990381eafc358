//! Pure types and decisions.

pub(crate) mod timer;
