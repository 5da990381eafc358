//! Chat: rooms of people and agents, and what is said in them.
//!
//! A room is one document with its members in it; a message is one document with a place in its room. Three promises
//! carry everything else, and each rests on an index of the store, never on a cache:
//!
//! 1. **One gap-free order per room.** The sequence number is assigned by the write that makes the message durable
//!    (unique `room_seq`). Edits, reactions and deletions never use one up.
//! 2. **A send is idempotent for ever.** The sender's own id for it is unique in room and author
//!    (`room_author_client`); a repeat is answered with the first message, as it is now.
//! 3. **Nothing after the removal.** Who may write is remembered between sends, but a change to the room is forgotten
//!    before it is acknowledged, and a send looks once more where its number is assigned.
//!
//! Unread counters are not kept but counted: what came after the reader's marker, less what they wrote themselves.
//! The words of a message are an index of its document; the store brings it up to date late and in bulk, so that a
//! send is one write, and before a search that needs it.
//!
//! Read `app/send_message.rs` first, then `domain/`. [`local`] makes the one [`App`] of a process, which is also the
//! [`contracts::chat::ChatWriter`] and [`contracts::chat::ChatReader`] for others; [`service`] puts routes, consumers
//! and the tail around it.

mod app;
mod config;
mod consumers;
mod domain;
mod error;
mod handlers;
mod local;
mod own_data;
mod repo;
mod room_cache;
mod routes;
mod wire;

use std::sync::Arc;

use bus::Bus;
use chassis::Service;
use contracts::ai_chat_host::AgentDirectory;
use contracts::friendship::Relationships;
use contracts::media::MediaLibrary;
use contracts::user::UserDirectory;
use kernel::{Ambient, Fault};
use store::Store;

pub use app::App;
pub use app::verify::{Verification, verify};
pub use config::Config;
pub use repo::COLLECTIONS;

/// What chat stands on.
pub struct Deps {
    /// Time, randomness, ids.
    pub ambient: Ambient,
    /// Chat's own store.
    pub store: Arc<dyn Store>,
    /// The bus, to follow what other processes change.
    pub bus: Arc<dyn Bus>,
    /// Names and privacy of people.
    pub users: Arc<dyn UserDirectory>,
    /// Friendships and blocks.
    pub relationships: Arc<dyn Relationships>,
    /// Names of agents and who may use them.
    pub agents: Arc<dyn AgentDirectory>,
    /// What is attached to messages.
    pub media: Arc<dyn MediaLibrary>,
    /// Settings.
    pub config: Config,
}

/// Makes chat in this process: the [`contracts::chat::ChatWriter`] and [`contracts::chat::ChatReader`] of others.
pub async fn local(deps: Deps) -> Result<Arc<App>, Fault> {
    App::open(deps).await
}

/// Puts chat's routes, consumers and background work around the one [`App`] of this process.
pub fn service(app: &Arc<App>) -> Service {
    let tail = app.clone();
    Service::new("chat", routes::routes(app.clone()))
        .with_store(app.store.clone())
        .with_own_data(app.clone())
        .with_consumer(
            consumers::account::subscription(),
            Arc::new(consumers::account::Erase(app.clone())),
        )
        .with_consumer(
            consumers::room::subscription(),
            Arc::new(consumers::room::Purge(app.clone())),
        )
        .with_worker("tail", move |stop| consumers::tail::run(tail.clone(), stop))
}
