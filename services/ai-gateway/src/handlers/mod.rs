//! Requests and answers, one file a resource.

pub(crate) mod admin;
pub(crate) mod budgets;
pub(crate) mod cache_wish;
pub(crate) mod chat_completions;
pub(crate) mod embeddings;
pub(crate) mod keys;
pub(crate) mod messages;
pub(crate) mod models;
pub(crate) mod payer;
pub(crate) mod providers;
pub(crate) mod raw;
pub(crate) mod usage;
pub(crate) mod usage_of_all;
