//! Pure types and rules.

pub(crate) mod chain;
pub(crate) mod entry;
pub(crate) mod gone;
pub(crate) mod heat;
pub(crate) mod rank;
pub(crate) mod recent;
pub(crate) mod ties;
