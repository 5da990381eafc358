//! HTTP in and out.

pub(crate) mod devices;
pub(crate) mod items;
pub(crate) mod preferences;
