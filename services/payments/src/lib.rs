//! **payments**: takes the money of orders, keeps the books, bills messages and pays sellers.
//!
//! Whatever moves money is written down before a provider is asked, has a key that follows from what it is of, and is asked for again with that
//! key until the outcome is known: a lost reply is one charge. What a provider says, in whatever order and however often, only ever moves a
//! payment forward. The ledger is double-entry: a transaction is one immutable document that sums to zero and whose id says what it is of, so that
//! it is posted once. Balances are projections of it that know what is in them, or single documents of their own where two at once must not overspend.
//!
//! It refuses to know what is sold, card numbers, and floats.

#![deny(clippy::float_arithmetic)]

mod app;
mod config;
mod consumers;
mod domain;
mod error;
mod handlers;
mod own_data;
mod providers;
mod repo;
mod routes;
mod secret;

use std::sync::Arc;

use chassis::own_data::Documents;
use contracts::orders::Orders;
use contracts::payments::Billing;
use kernel::{Ambient, Fault};
use store::Store;

pub use config::{Config, FaultPlan, ReconcileConfig, SlowMs, StripeConfig, TestConfig, WalletConfig};
pub use repo::COLLECTIONS;
pub use secret::Secret;

/// What the service needs from outside.
pub struct Deps {
    /// Time, randomness, ids.
    pub ambient: Ambient,
    /// Its documents, and those of the built-in provider, which are no others' business.
    pub store: Arc<dyn Store>,
    /// Orders, which say who may pay what.
    pub orders: Arc<dyn Orders>,
    /// Rates, providers, limits.
    pub config: Config,
}

/// Opens the billing of messages that other services ask in process. It needs nobody, so that it can be there before orders.
pub async fn local(store: &Arc<dyn Store>, ambient: Ambient, config: &Config) -> Result<Arc<dyn Billing>, Fault> {
    config.check()?;
    let repo = repo::Repo::open(store, ambient).await?;
    Ok(Arc::new(app::Biller::new(repo, config)))
}

/// Builds the service. Fails when the configuration makes no sense or a secret cannot be read.
pub async fn service(deps: Deps) -> Result<chassis::Service, Fault> {
    let store = deps.store.clone();
    let app = Arc::new(app::App::open(deps).await?);
    let (reconciled, tested) = (app.clone(), app.clone());
    Ok(chassis::Service::new("payments", routes::routes(&app))
        .with_own_data(Documents::new(&store, own_data::PARTS))
        .with_store(store)
        .with_consumer(
            consumers::order::subscription(),
            Arc::new(consumers::order::Orders(app.clone())),
        )
        .with_consumer(
            consumers::ledger::subscription(),
            Arc::new(consumers::ledger::Balances(app.clone())),
        )
        .with_consumer(
            consumers::account::subscription(),
            Arc::new(consumers::account::Accounts(app)),
        )
        .with_worker("reconcile", move |stop| reconciled.clone().reconcile(stop))
        .with_worker("test provider", move |stop| tested.clone().run_test_provider(stop)))
}
