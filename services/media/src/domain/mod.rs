//! What the service decides, without asking anybody.

pub(crate) mod asset;
pub(crate) mod kind;
pub(crate) mod name;
pub(crate) mod range;
pub(crate) mod shelf;
pub(crate) mod tus;
pub(crate) mod upload;
