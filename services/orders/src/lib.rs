//! **orders**: purchases of cards on their way from the wish to the entitlement, coupons, refunds, and what buyers are entitled to.
//!
//! An order is one document and one pure function (`domain/order.rs`): whatever comes (a hold, a payment, a timer, a
//! change of mind), in whatever order and however often, becomes an input of it, and what it tells commits with it. Nothing
//! waits for another service: what is asked for travels as an event, and a sweep asks again. It never moves money; payments
//! does, and says so. It keeps ids and sums, and neither names nor addresses of people.

#![deny(clippy::float_arithmetic)]

mod app;
mod config;
mod consumers;
mod domain;
mod error;
mod handlers;
mod local;
mod own_data;
mod repo;
mod routes;

use std::sync::Arc;

use bus::{OnPoison, Start, Subscription};
use chassis::own_data::Documents;
use contracts::ai_model_cards::ModelCards;
use contracts::event::topic;
use contracts::orders::{Entitlements, Orders};
use ephemeral::Ephemeral;
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
    /// Shows buyers live where their orders stand.
    pub ephemeral: Arc<dyn Ephemeral>,
    /// Offers and holds.
    pub cards: Arc<dyn ModelCards>,
    /// Times and limits.
    pub config: Config,
}

/// What other services ask in process.
#[derive(Clone)]
pub struct Asked {
    /// For payments and ai-model-cards.
    pub orders: Arc<dyn Orders>,
    /// For ai-chat-host and ai-model-cards.
    pub entitlements: Arc<dyn Entitlements>,
}

/// Opens what other services ask in process. Needs nothing but the documents.
pub async fn local(store: &Arc<dyn Store>, ambient: Ambient, config: Config) -> Result<Asked, Fault> {
    let local = Arc::new(local::Local(Arc::new(repo::Repo::open(store, ambient, config).await?)));
    Ok(Asked {
        orders: local.clone(),
        entitlements: local,
    })
}

/// Builds the service. Fails when the configuration makes no sense.
pub async fn service(deps: Deps) -> Result<chassis::Service, Fault> {
    deps.config.check()?;
    let app = Arc::new(app::App {
        repo: repo::Repo::open(&deps.store, deps.ambient, deps.config).await?,
        cards: deps.cards,
        ephemeral: deps.ephemeral,
        asking: app::sweep::Asking::default(),
    });
    let heard = [
        topic::RESERVATION,
        topic::TIMER,
        topic::PAYMENT,
        topic::CARD,
        topic::ACCOUNT,
    ];
    let live = Subscription {
        start: Start::Latest,
        on_poison: OnPoison::Skip,
        ..Subscription::new("orders.live", &[topic::ORDER])
    };
    let (sweeping, asking) = (app.clone(), app.clone());
    Ok(chassis::Service::new("orders", routes::routes(app.clone()))
        .with_own_data(Documents::new(&deps.store, own_data::PARTS))
        .with_store(deps.store)
        .with_consumer(
            Subscription::new("orders", &heard),
            Arc::new(consumers::Consumers(app.clone())),
        )
        .with_consumer(live, Arc::new(consumers::own::Live(app)))
        .with_worker("sweep", move |stop| app::sweep::run(sweeping.clone(), stop))
        .with_worker("holds", move |stop| app::sweep::ask(asking.clone(), stop)))
}
