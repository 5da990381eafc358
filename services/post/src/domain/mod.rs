//! The rules, without waiting: what a post, a comment, a counter and a case may become.

pub(crate) mod case;
pub(crate) mod comment;
pub(crate) mod gone;
pub(crate) mod mention;
pub(crate) mod post;
pub(crate) mod reaction;
pub(crate) mod tag;
pub(crate) mod tally;
