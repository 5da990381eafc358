//! Requests and answers, one file a resource.

pub(crate) mod invoices;
pub(crate) mod ledger;
mod money_key;
pub(crate) mod payments;
pub(crate) mod payouts;
pub(crate) mod statements;
pub(crate) mod test_provider;
pub(crate) mod wallet;
pub(crate) mod webhooks;
