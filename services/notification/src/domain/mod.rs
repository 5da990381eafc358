//! Pure types and rules.

pub(crate) mod device;
pub(crate) mod digest;
pub(crate) mod gone;
pub(crate) mod item;
pub(crate) mod kind;
pub(crate) mod letter;
pub(crate) mod preferences;
pub(crate) mod push;
pub(crate) mod quiet;
pub(crate) mod subject;
pub(crate) mod words;
