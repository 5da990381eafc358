//! What the gateway knows without asking anybody: pure and synchronous.

pub(crate) mod catalogue;
pub(crate) mod chunk;
pub(crate) mod days;
pub(crate) mod delta;
pub(crate) mod embedding;
pub(crate) mod gone;
pub(crate) mod kept;
pub(crate) mod key;
pub(crate) mod outline;
pub(crate) mod sse;
pub(crate) mod sum;
pub(crate) mod tail;
pub(crate) mod tap;
pub(crate) mod usage;
