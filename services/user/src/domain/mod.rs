//! Pure types and rules.

pub(crate) mod profile;
pub(crate) mod report;
