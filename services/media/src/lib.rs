//! **media**: files that people upload, looked at, made smaller, and handed out at signed addresses.
//!
//! Bytes come in by a form or by the tus protocol, piece by piece, and lie in the object store; a document for each file says
//! what is known of it. A worker looks at what has come (`app/look`): what a file is, its content says. Pictures lose their
//! metadata and get smaller sizes and a blurred hash. Other services ask for views and claim what they use
//! ([`contracts::media::MediaLibrary`]); what nobody claims is swept. Who may see what belongs to a file is theirs to say: this
//! service only knows owners, and addresses that hold for a short time.

mod address;
mod app;
mod config;
mod consumers;
mod domain;
mod error;
mod film;
mod handlers;
mod objects;
mod own_data;
mod picture;
mod repo;
mod routes;

use std::path::PathBuf;
use std::sync::Arc;

use bus::Subscription;
use chassis::Service;
use contracts::event::topic;
use contracts::media::MediaLibrary;
use kernel::{Ambient, Fault};
use store::Store;

pub use config::{Config, Hidden, Limits, S3Config, Times};
pub use repo::COLLECTIONS;

/// What the service needs from outside.
pub struct Deps {
    /// Time, randomness, ids.
    pub ambient: Ambient,
    /// Its documents.
    pub store: Arc<dyn Store>,
    /// Where secret, files and scratch lie, as far as the configuration does not say otherwise.
    pub data_dir: PathBuf,
    /// Limits and times.
    pub config: Config,
}

/// The service's inside, opened: what other services ask, and what [`service`] is built around.
#[derive(Clone)]
pub struct Media {
    app: Arc<app::App>,
    store: Arc<dyn Store>,
}

impl Media {
    /// Returns what other services ask in process.
    pub fn library(&self) -> Arc<dyn MediaLibrary> {
        self.app.clone()
    }
}

/// Opens documents, objects and secret. Fails when the configuration makes no sense, or folder or secret cannot be had.
pub async fn local(deps: Deps) -> Result<Media, Fault> {
    deps.config.check()?;
    let Deps {
        ambient,
        store,
        data_dir,
        config,
    } = &deps;
    let repo = repo::Repo::open(store, ambient.clone()).await?;
    let objects = objects::Objects::open(config, data_dir, ambient.clone())?;
    let signer = address::Signer::open(&config.secret_path(data_dir), config.times.address_seconds, ambient)?;
    let app = app::App::new(repo, objects, signer, &deps);
    app.clear_scratch()?;
    Ok(Media {
        app: Arc::new(app),
        store: deps.store,
    })
}

/// Builds the service.
pub fn service(media: &Media) -> Service {
    let Media { app, store } = media.clone();
    let (looker, sweeper) = (app.clone(), app.clone());
    Service::new("media", routes::routes(app.clone()))
        .with_store(store)
        .with_own_data(app.clone())
        .with_consumer(
            Subscription::new("media", &[topic::ACCOUNT]),
            Arc::new(consumers::account::Accounts(app)),
        )
        .with_worker("look", move |stop| app::look::run(looker.clone(), stop))
        .with_worker("sweep", move |stop| app::sweep::run(sweeper.clone(), stop))
}

/// Makes every size of a picture, as the worker does, and returns how many bytes came of it. For `bench/media.sh` only.
#[doc(hidden)]
pub fn measure_picture(bytes: &[u8], mime: &'static str) -> Option<usize> {
    let made = picture::make(bytes, mime, u64::MAX / 16).ok()?;
    Some(made.sizes.iter().map(|size| size.bytes.len()).sum())
}
