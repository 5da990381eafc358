//! Pure types and rules: no clock, no dice, no waiting.

pub(crate) mod agent;
pub(crate) mod allowance;
pub(crate) mod day;
pub(crate) mod debate;
pub(crate) mod draft;
pub(crate) mod frame;
pub(crate) mod gone;
pub(crate) mod memory;
pub(crate) mod reply;
pub(crate) mod run;
pub(crate) mod sameness;
pub(crate) mod spend;
pub(crate) mod starter;
pub(crate) mod summary;
pub(crate) mod turn;
pub(crate) mod window;
