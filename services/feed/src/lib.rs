//! **feed**: what lies before a person: the posts of friends and their own, and what is going on.
//!
//! A post is laid into the timelines of its author's friends when it is written (one small document each, in batches), up to a
//! stated number of friends; the latest posts of an author with more are kept once, and readers pull them. Which of it a reader
//! may see is asked of post and friendship at every reading, so that a timeline is only an index that may be late, too full
//! or built anew. An event is an occasion to ask its owner what is so now; so duplicates and disorder do no harm.
//!
//! It knows ids and counts only: what a post says, and who may see it, is post's.

mod app;
mod config;
mod consumers;
mod domain;
mod error;
mod handlers;
mod repo;
mod routes;

use std::sync::Arc;
use std::time::Duration;

use chassis::Service;
use contracts::friendship::Relationships;
use contracts::post::Posts;
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
    /// The channels of people who are online.
    pub ephemeral: Arc<dyn Ephemeral>,
    /// Post, for what there is and who may see it.
    pub posts: Arc<dyn Posts>,
    /// Friendship, for who is a friend.
    pub relationships: Arc<dyn Relationships>,
    /// Limits.
    pub config: Config,
}

/// Builds the service.
pub async fn service(deps: Deps) -> Result<Service, Fault> {
    deps.config.check()?;
    let pause = Duration::from_secs(deps.config.tell_seconds);
    let app = Arc::new(app::App {
        ambient: deps.ambient,
        repo: repo::Repo::open(&deps.store).await?,
        posts: deps.posts,
        relationships: deps.relationships,
        teller: app::Teller::new(deps.ephemeral, pause),
        touched: app::Touched::default(),
        hot: app::Hot::default(),
        config: deps.config,
    });
    let (build, warm, cool, tell) = (app.clone(), app.clone(), app.clone(), app.clone());
    let service = Service::new("feed", routes::routes(app.clone()))
        .with_store(deps.store)
        .with_consumer(
            consumers::post::subscription(),
            Arc::new(consumers::post::Posts(app.clone())),
        )
        .with_consumer(
            consumers::friendship::subscription(),
            Arc::new(consumers::friendship::Friendships(app.clone())),
        )
        .with_consumer(
            consumers::engagement::subscription(),
            Arc::new(consumers::engagement::Engagement(app.clone())),
        )
        .with_consumer(
            consumers::account::subscription(),
            Arc::new(consumers::account::Accounts(app)),
        )
        .with_worker("build", move |stop| build.clone().build(stop))
        .with_worker("warm", move |stop| warm.clone().warm(stop))
        .with_worker("cool", move |stop| cool.clone().cool(stop))
        .with_worker("tell", move |stop| tell.clone().tell(stop));
    Ok(service)
}
