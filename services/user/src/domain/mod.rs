//! Pure types and rules.

pub(crate) mod profile;
