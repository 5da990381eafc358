//! **user**: who a person is to others: handle, name, bio, picture, privacy; search; reports; and the way out (export, erase).
//!
//! A profile begins *pending* while auth makes the account (`claim`), and becomes visible with `activate`; a claim whose
//! sign-up never finished is swept. E-mail and password belong to auth, blocks and friends to friendship: this service
//! only passes the question on.

mod app;
mod config;
mod consumers;
mod domain;
mod error;
mod handlers;
mod own_data;
mod repo;
mod routes;
mod wire;

use std::sync::Arc;

use bus::Subscription;
use chassis::own_data::Documents;
use contracts::auth::Accounts;
use contracts::event::topic;
use contracts::friendship::Relationships;
use contracts::media::MediaLibrary;
use contracts::own_data::OwnData;
use contracts::user::UserDirectory;
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
    /// Auth, for the owner's own view and for erasing.
    pub accounts: Arc<dyn Accounts>,
    /// Friendship, for blocks.
    pub relationships: Arc<dyn Relationships>,
    /// Media, for pictures that are files of ours.
    pub media: Arc<dyn MediaLibrary>,
    /// Remembers who had an archive lately.
    pub ephemeral: Arc<dyn Ephemeral>,
    /// What the other services keep of a person, by their names, in the archive's order.
    pub own_data: Vec<(&'static str, Arc<dyn OwnData>)>,
    /// Limits.
    pub config: Config,
}

/// Opens the directory that other services ask in process.
pub async fn local(store: &Arc<dyn Store>, ambient: Ambient) -> Result<Arc<dyn UserDirectory>, Fault> {
    Ok(Arc::new(repo::Profiles::open(store, ambient).await?))
}

/// Builds the service.
pub async fn service(deps: Deps) -> Result<chassis::Service, Fault> {
    let own: Arc<dyn OwnData> = Documents::new(&deps.store, own_data::PARTS);
    let app = Arc::new(app::App::open(&deps, own.clone()).await?);
    let sweeper = app.clone();
    Ok(chassis::Service::new("user", routes::routes(app.clone()))
        .with_store(deps.store)
        .with_own_data(own)
        .with_consumer(
            Subscription::new("user", &[topic::ACCOUNT]),
            Arc::new(consumers::account::Accounts(app.clone())),
        )
        .with_consumer(
            consumers::moderation::subscription(),
            Arc::new(consumers::moderation::CarryOut(app)),
        )
        .with_worker("claims", move |stop| sweeper.clone().sweep_claims(stop)))
}
