//! **friendship**: who is friends with whom, who has asked whom, who has blocked whom.
//!
//! One document per pair of people holds all of it, so that a block ends a friendship and a request in the same write,
//! and two requests that cross become a friendship. It knows ids only: names come from user.

mod app;
mod consumers;
mod domain;
mod error;
mod handlers;
mod own_data;
mod repo;
mod routes;

use std::sync::Arc;

use bus::Subscription;
use chassis::own_data::Documents;
use contracts::event::topic;
use contracts::friendship::Relationships;
use contracts::user::UserDirectory;
use kernel::{Ambient, Fault};
use store::Store;

pub use repo::COLLECTIONS;

/// What the service needs from outside.
pub struct Deps {
    /// Time, randomness, ids.
    pub ambient: Ambient,
    /// Its documents.
    pub store: Arc<dyn Store>,
    /// User, for names and privacy.
    pub users: Arc<dyn UserDirectory>,
}

/// Opens the relations that other services ask in process.
pub async fn local(store: &Arc<dyn Store>, ambient: Ambient) -> Result<Arc<dyn Relationships>, Fault> {
    Ok(Arc::new(repo::Pairs::open(store, ambient).await?))
}

/// Builds the service.
pub async fn service(deps: Deps) -> Result<chassis::Service, Fault> {
    let pairs = repo::Pairs::open(&deps.store, deps.ambient).await?;
    let app = Arc::new(app::App {
        pairs,
        users: deps.users,
    });
    Ok(chassis::Service::new("friendship", routes::routes(app.clone()))
        .with_own_data(Documents::new(&deps.store, own_data::PARTS))
        .with_store(deps.store)
        .with_consumer(
            Subscription::new("friendship", &[topic::ACCOUNT]),
            Arc::new(consumers::account::Accounts(app)),
        ))
}
