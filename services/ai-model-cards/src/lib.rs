//! **ai-model-cards**: the shop window of agents, and the counting of their editions.
//!
//! A card is drafted by its seller, looked at by a moderator, and published as an immutable revision that is one agent for ever; an
//! edited card becomes the next revision of the same card. Buyers search, filter and review. Orders hold editions here before they
//! are paid: a limited edition is counted in the card's own document by one compare-and-set, so that available + held + sold is its
//! size at every instant; an unlimited one is not counted, so that its buyers do not wait for each other (`app/desk.rs`).
//!
//! What is paid, and who may use what, is orders' and payments'; this service asks them and hears their events.

#![deny(clippy::float_arithmetic)]

mod app;
mod config;
mod consumers;
mod domain;
mod error;
mod handlers;
mod own_data;
mod repo;
mod routes;

use std::sync::Arc;

use bus::Bus;
use chassis::Service;
use chassis::own_data::Documents;
use contracts::ai_model_cards::ModelCards;
use contracts::friendship::Relationships;
use contracts::orders::{Entitlements, Orders};
use contracts::user::UserDirectory;
use kernel::{Ambient, Fault};
use store::Store;

pub use config::Config;
pub use repo::COLLECTIONS;

/// What the service needs from outside.
pub struct Deps {
    /// Time, randomness, ids.
    pub ambient: Ambient,
    /// Its documents.
    pub store: Arc<dyn Store>,
    /// What other replicas of it do, as a hint.
    pub bus: Arc<dyn Bus>,
    /// User, for whose handle is whose.
    pub users: Arc<dyn UserDirectory>,
    /// Friendship, for whom a block parts.
    pub relationships: Arc<dyn Relationships>,
    /// Orders, for whether one still stands.
    pub orders: Arc<dyn Orders>,
    /// Orders, for who holds what.
    pub entitlements: Arc<dyn Entitlements>,
    /// Limits.
    pub config: Config,
}

/// Opens what other services ask in process. Needs nothing but the store and friendship, so that orders can be built on it.
pub async fn local(
    store: &Arc<dyn Store>,
    ambient: Ambient,
    relationships: Arc<dyn Relationships>,
    config: Config,
) -> Result<Arc<dyn ModelCards>, Fault> {
    let repo = app::Repo::open(store, &ambient).await?;
    Ok(Arc::new(app::desk::Desk::new(repo, relationships, ambient, config)))
}

/// Builds the service; reads the cards on sale into the index of the search first.
pub async fn service(deps: Deps) -> Result<Service, Fault> {
    let store = deps.store.clone();
    let app = Arc::new(app::App::open(deps).await?);
    let (sweep, rebuild, counts, tail) = (app.clone(), app.clone(), app.clone(), app.clone());
    Ok(Service::new("ai-model-cards", routes::routes(app.clone()))
        .with_own_data(Documents::new(&store, own_data::PARTS))
        .with_store(store)
        .with_consumer(
            consumers::order::subscription(),
            Arc::new(consumers::order::Orders(app.clone())),
        )
        .with_consumer(
            consumers::account::subscription(),
            Arc::new(consumers::account::Accounts(app)),
        )
        .with_worker("sweep", move |stop| sweep.clone().sweep(stop))
        .with_worker("index", move |stop| rebuild.clone().rebuild(stop))
        .with_worker("counts", move |stop| counts.clone().count(stop))
        .with_worker("tail", move |stop| consumers::tail::run(tail.clone(), stop)))
}
