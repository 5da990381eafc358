//! Search, pure: words, an inverted index, and questions to it.

pub(crate) mod ask;
pub(crate) mod index;
#[cfg(test)]
mod oracle;
pub(crate) mod words;
