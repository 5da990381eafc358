//! **auth**: who somebody is: accounts, passwords, second factors, sessions, and the keys that prove them to every other
//! service.
//!
//! Access tokens are EdDSA JWTs of 15 minutes that each service checks by itself; refresh tokens are opaque, rotate with
//! each use, and are stored nowhere: they are derived from the server secret and the session, so that the successor of a
//! token can be given twice within the grace, and a stolen database opens nothing. Ending a session is durable first, then
//! remembered in the ephemeral store for as long as its access tokens could live, and told on the bus. What that
//! forgets it is told again within seconds; while it does not answer, who checks a token asks here.
//!
//! Handles and names belong to **user**: a sign-up claims the handle there, makes the account here, and activates the
//! claim. Mail is a durable queue of letters with a worker; a sign-up never waits for a mail server.

mod app;
mod config;
mod domain;
mod error;
mod guesses;
mod handlers;
mod hasher;
mod own_data;
mod repo;
mod routes;
mod secret;
mod signer;

use std::path::PathBuf;
use std::sync::Arc;

use chassis::own_data::Documents;
use contracts::user::UserDirectory;
use ephemeral::Ephemeral;
use kernel::{Ambient, Fault};
use mail::Mailer;
use store::Store;

pub use app::Local;
pub use config::Config;
pub use repo::COLLECTIONS;

/// What auth needs from outside.
pub struct Deps {
    /// Time, randomness, ids.
    pub ambient: Ambient,
    /// Its documents.
    pub store: Arc<dyn Store>,
    /// Revocations and limits.
    pub ephemeral: Arc<dyn Ephemeral>,
    /// How letters leave.
    pub mailer: Arc<dyn Mailer>,
    /// Where the server secret is kept.
    pub data_dir: PathBuf,
    /// Settings.
    pub config: Config,
}

/// Opens auth in this process: the `Accounts` that other services ask. Makes the server secret and the first signing key
/// on a first start, and tells the ephemeral store which sessions ended lately. Fails when the secret is not the one that
/// the store was written with.
pub async fn local(deps: Deps) -> Result<Arc<Local>, Fault> {
    Ok(Arc::new(Local::open(deps).await?))
}

/// Builds the service around what `local` opened.
pub fn service(local: &Arc<Local>, users: Arc<dyn UserDirectory>) -> chassis::Service {
    let (letters, upkeep, memory) = (local.clone(), local.clone(), local.clone());
    let app = Arc::new(app::App {
        local: local.clone(),
        users,
    });
    chassis::Service::new("auth", routes::routes(app))
        .with_own_data(Documents::new(&local.store, own_data::PARTS))
        .with_store(local.store.clone())
        .with_worker("letters", move |stop| app::deliver_letters::run(letters.clone(), stop))
        .with_worker("upkeep", move |stop| app::upkeep::run(upkeep.clone(), stop))
        .with_worker("memory", move |stop| {
            app::restore_revocations::run(memory.clone(), stop)
        })
}
