//! **expiration**: tells when the deadline of an order has come.
//!
//! A timer is a document, and its firing is one write of it that carries the event: however many processes, claims and sweeps
//! meet there, one of them wins. The ephemeral store's sorted set only makes timers prompt; a sweep each second finds whatever it
//! has lost. It decides nothing about orders: a timer that comes early, twice or for nothing is harmless by the order's own state.

#![deny(clippy::float_arithmetic)]

mod app;
mod config;
mod consumers;
mod domain;
mod repo;

use std::sync::Arc;

use bus::Subscription;
use contracts::event::topic;
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
    /// Makes timers prompt.
    pub ephemeral: Arc<dyn Ephemeral>,
    /// Times and limits.
    pub config: Config,
}

/// Builds the service. Fails when the configuration makes no sense.
pub async fn service(deps: Deps) -> Result<chassis::Service, Fault> {
    deps.config.check()?;
    let app = Arc::new(app::App {
        timers: repo::Timers::open(&deps.store, deps.ambient).await?,
        ephemeral: deps.ephemeral,
        config: deps.config,
    });
    let (prompt, sweep) = (app.clone(), app.clone());
    Ok(chassis::Service::new("expiration", chassis::OpenApiRouter::new())
        .with_store(deps.store)
        .with_consumer(
            Subscription {
                in_flight_max: 256,
                ..Subscription::new("expiration", &[topic::ORDER])
            },
            Arc::new(consumers::order::Orders(app)),
        )
        .with_worker("prompt", move |stop| app::fire_prompt::run(prompt.clone(), stop))
        .with_worker("sweep", move |stop| app::sweep::run(sweep.clone(), stop)))
}
