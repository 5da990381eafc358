//! **notification**: what happened to a person while they looked elsewhere: a bounded list of grouped items, pushes to their devices, digests
//! by e-mail.
//!
//! One item per person, kind and subject grows with those who did it and opens again as unread; its id is derived from the three, so nothing is
//! told twice. Unread is the size of an index and kept nowhere else: it cannot drift. An item says itself when its pushes are to be made out, a
//! push is a document that leaves its queue before it is sent. It keeps ids, never names of people nor what they wrote.

mod app;
mod config;
mod consumers;
mod domain;
mod error;
mod handlers;
mod one_click;
mod own_data;
mod push;
mod repo;
mod routes;

use std::path::PathBuf;
use std::sync::Arc;

use app::send_pushes::{Part, run};
use chassis::own_data::Documents;
use chassis::sealing::RootSecret;
use contracts::auth::Accounts;
use contracts::chat::ChatReader;
use contracts::friendship::Relationships;
use contracts::post::Posts;
use contracts::user::UserDirectory;
use ephemeral::Ephemeral;
use kernel::{Ambient, ErrorCode, Fault};
use mail::Mailer;
use store::Store;

pub use app::verify::Verified;
pub use config::{Config, ExpoConfig, WebPushConfig};
pub use repo::COLLECTIONS;

/// What the service needs from outside.
pub struct Deps {
    /// Time, randomness, ids.
    pub ambient: Ambient,
    /// Its documents.
    pub store: Arc<dyn Store>,
    /// Live frames, and who is online.
    pub ephemeral: Arc<dyn Ephemeral>,
    /// Names.
    pub users: Arc<dyn UserDirectory>,
    /// Blocks.
    pub relationships: Arc<dyn Relationships>,
    /// Who may see a post.
    pub posts: Arc<dyn Posts>,
    /// Members and titles of rooms.
    pub chat: Arc<dyn ChatReader>,
    /// Addresses for digests.
    pub accounts: Arc<dyn Accounts>,
    /// How digests leave.
    pub mailer: Arc<dyn Mailer>,
    /// Where the secret is kept.
    pub data_dir: PathBuf,
    /// Settings.
    pub config: Config,
}

/// Counts anew what the counters say. Right only while nobody writes.
pub async fn verify(store: &Arc<dyn Store>, ambient: Ambient, config: Config) -> Result<Verified, Fault> {
    repo::Repo::open(store, ambient, config).await?.verify().await
}

/// Builds the service. Fails when the configuration makes no sense or a secret cannot be read.
pub async fn service(deps: Deps) -> Result<chassis::Service, Fault> {
    let store = deps.store.clone();
    let app = Arc::new(open(deps).await?);
    let (plan, expo, after, web, writing) = (app.clone(), app.clone(), app.clone(), app.clone(), app.clone());
    let handler = Arc::new(consumers::Consumers(app.clone()));
    let mut service = chassis::Service::new("notification", routes::routes(app.clone()))
        .with_own_data(Documents::new(&store, own_data::PARTS))
        .with_store(store);
    for subscription in consumers::subscriptions() {
        service = service.with_consumer(subscription, handler.clone());
    }
    Ok(service
        .with_consumer(consumers::own::subscription(), Arc::new(consumers::own::Live(app)))
        .with_worker("push-plan", move |stop| run(plan.clone(), Part::Plan, stop))
        .with_worker("push-expo", move |stop| run(expo.clone(), Part::Expo, stop))
        .with_worker("push-web", move |stop| app::send_web::run(web.clone(), stop))
        .with_worker("push-after", move |stop| run(after.clone(), Part::After, stop))
        .with_worker("digests", move |stop| app::digests::run(writing.clone(), stop)))
}

async fn open(deps: Deps) -> Result<app::App, Fault> {
    let Deps { ambient, config, .. } = deps;
    config.check()?;
    let wrong = |why: String| Fault::new(ErrorCode::Invalid, "notification.config", why);
    let secret = RootSecret::open(&config.secret_path(&deps.data_dir), &ambient).map_err(wrong)?;
    let vapid = Arc::new(push::vapid::Vapid::open(&secret, &config.web_push.subject)?);
    let token = config.expo.access_token_file.as_ref().map(|path| {
        let text = std::fs::read_to_string(path).map_err(|e| wrong(format!("{}: {e}", path.display())))?;
        Ok::<_, Fault>(text.lines().next().unwrap_or_default().trim().to_owned())
    });
    let timeout = config.push_timeout();
    let private = config.web_push.endpoints_may_be_private;
    Ok(app::App {
        expo: push::expo::Expo::new(&config.expo.base_url, token.transpose()?, timeout)?,
        web_push: push::web_push::WebPush::new(vapid.clone(), ambient.clone(), timeout, private),
        one_click: one_click::OneClick::open(&secret),
        mailer: deps.mailer,
        repo: repo::Repo::open(&deps.store, ambient, config).await?,
        users: deps.users,
        relationships: deps.relationships,
        posts: deps.posts,
        chat: deps.chat,
        accounts: deps.accounts,
        ephemeral: deps.ephemeral,
        vapid,
    })
}
