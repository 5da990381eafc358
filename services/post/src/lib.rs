//! **post**: what people show to everybody, to their friends or to themselves; comments, reactions, shares, hashtags,
//! mentions, reports.
//!
//! Three thoughts carry the rest. **Who sees it is asked each time** (`app/see.rs`): visibility, friendship, blocks and
//! deletion, on every path, before a page is cut, and what one may not see is not there. **Nobody waits for anybody**: a
//! reaction, a comment and a share are documents of their own, and the event that commits with each says by how much a
//! counter changes; one consumer adds that up (`domain/tally.rs`), and [`verify`] recounts it. **A post that is gone is
//! gone at once**: its words go in the same write; what hangs on it is cleared away when its event comes round.
//!
//! Names and handles are user's, friendships and blocks friendship's, files media's; this service asks them. [`local`]
//! makes the one [`App`] of a process, which is also the [`contracts::post::Posts`] of others; [`service`] puts routes and
//! consumers around it.

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

use chassis::Service;
use chassis::own_data::Documents;
use contracts::friendship::Relationships;
use contracts::media::MediaLibrary;
use contracts::user::UserDirectory;
use ephemeral::Ephemeral;
use kernel::{Ambient, Fault};
use store::Store;

pub use app::App;
pub use app::verify::{Verification, recount, verify};
pub use config::Config;
pub use repo::COLLECTIONS;

/// What the service needs from outside.
pub struct Deps {
    /// Time, randomness, ids.
    pub ambient: Ambient,
    /// Its documents.
    pub store: Arc<dyn Store>,
    /// What people did lately, for the limits.
    pub ephemeral: Arc<dyn Ephemeral>,
    /// User, for names and handles.
    pub users: Arc<dyn UserDirectory>,
    /// Friendship, for friends and blocks.
    pub relationships: Arc<dyn Relationships>,
    /// Media, for what is shown with a post.
    pub media: Arc<dyn MediaLibrary>,
    /// Limits.
    pub config: Config,
}

/// Makes post in this process: the [`contracts::post::Posts`] of others.
pub async fn local(deps: Deps) -> Result<Arc<App>, Fault> {
    App::open(deps).await
}

/// Puts post's routes and consumers around the one [`App`] of this process.
pub fn service(app: &Arc<App>) -> Service {
    Service::new("post", routes::routes(app.clone()))
        .with_own_data(Documents::new(&app.store, own_data::PARTS))
        .with_store(app.store.clone())
        .with_consumer(
            consumers::account::subscription(),
            Arc::new(consumers::account::Erase(app.clone())),
        )
        .with_consumer(
            consumers::asset::subscription(),
            Arc::new(consumers::asset::Drop(app.clone())),
        )
        .with_consumer(
            consumers::moderation::subscription(),
            Arc::new(consumers::moderation::CarryOut(app.clone())),
        )
        .with_consumer(
            consumers::tally::subscription(),
            Arc::new(consumers::tally::Count(app.clone())),
        )
        .with_consumer(
            consumers::purge::subscription(),
            Arc::new(consumers::purge::Purge(app.clone())),
        )
}
