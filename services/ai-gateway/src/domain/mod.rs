//! What the gateway knows without asking anybody: pure and synchronous.

pub(crate) mod address;
pub(crate) mod catalogue;
pub(crate) mod chat_request;
pub(crate) mod chunk;
pub(crate) mod delta;
pub(crate) mod embedding;
pub(crate) mod gone;
pub(crate) mod key;
pub(crate) mod ledger;
pub(crate) mod messages;
pub(crate) mod models;
pub(crate) mod ndjson;
pub(crate) mod outline;
pub(crate) mod price;
pub(crate) mod prompt;
pub(crate) mod provider;
pub(crate) mod purse;
pub(crate) mod route;
pub(crate) mod sse;
pub(crate) mod subject;
pub(crate) mod tap;
pub(crate) mod usage;
pub(crate) mod vectors;
pub(crate) mod window;
