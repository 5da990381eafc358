//! Pure types and rules.

pub(crate) mod card;
pub(crate) mod content;
pub(crate) mod edition;
pub(crate) mod handle;
pub(crate) mod reservation;
pub(crate) mod review;
pub(crate) mod search;
