//! Owns Anthropic's Messages dialect as a caller speaks it: its request in OpenAI's words, its answer made of pieces, and
//! the tap on one that passes through. Refuses to know which provider answers.

mod request;
mod tap;
mod usage;
mod writer;

pub(crate) use request::translate;
pub(crate) use tap::{MessageTap, Said, message_said, message_usage};
pub(crate) use usage::Counted;
pub(crate) use writer::{MessageWriter, counted, error_event};
