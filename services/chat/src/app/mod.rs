//! Owns what chat does, one use case a file, over the ports that this file holds together. Refuses to know HTTP.

pub(crate) mod admit_people;
pub(crate) mod attach_agent;
pub(crate) mod attach_media;
pub(crate) mod change_message;
pub(crate) mod change_room;
pub(crate) mod create_room;
pub(crate) mod erase_person;
pub(crate) mod list_rooms;
pub(crate) mod mark_read;
pub(crate) mod page_messages;
pub(crate) mod pin_message;
pub(crate) mod purge_room;
pub(crate) mod search_messages;
pub(crate) mod send_message;
pub(crate) mod show_room;
pub(crate) mod verify;
pub(crate) mod view_room;

use std::sync::Arc;

use bus::Bus;
use contracts::ai_chat_host::AgentDirectory;
use contracts::friendship::Relationships;
use contracts::media::MediaLibrary;
use contracts::user::UserDirectory;
use kernel::{Ambient, Fault, UserId};
use moka::sync::Cache;

use crate::Deps;
use crate::config::Config;
use crate::repo::Repo;
use crate::room_cache::RoomCache;

/// How many questions to a store or another service one request asks at once.
pub(crate) const PARALLEL: usize = 16;
/// Between how many pairs of people the absence of a block is remembered.
const PAIRS_MAX: u64 = 100_000;

/// Chat: the one instance in a process, behind the routes, the consumers, [`contracts::chat::ChatWriter`] and
/// [`contracts::chat::ChatReader`] alike.
pub struct App {
    pub(crate) ambient: Ambient,
    pub(crate) store: Arc<dyn store::Store>,
    pub(crate) bus: Arc<dyn Bus>,
    pub(crate) users: Arc<dyn UserDirectory>,
    pub(crate) relationships: Arc<dyn Relationships>,
    pub(crate) agents: Arc<dyn AgentDirectory>,
    pub(crate) media: Arc<dyn MediaLibrary>,
    pub(crate) repo: Repo,
    pub(crate) rooms: RoomCache,
    /// Whether two people (lower id first) have blocked each other.
    pub(crate) blocks: Cache<(UserId, UserId), bool>,
}

impl App {
    /// Opens the collections in `deps.store`.
    pub(crate) async fn open(deps: Deps) -> Result<Arc<Self>, Fault> {
        let Deps {
            ambient,
            store,
            bus,
            users,
            relationships,
            agents,
            media,
            config,
        } = deps;
        let repo = Repo::open(&store).await?;
        Ok(Arc::new(Self {
            ambient,
            store,
            bus,
            users,
            relationships,
            agents,
            media,
            repo,
            rooms: RoomCache::new(&config),
            blocks: pairs(&config),
        }))
    }
}

fn pairs(config: &Config) -> Cache<(UserId, UserId), bool> {
    Cache::builder()
        .max_capacity(PAIRS_MAX)
        .time_to_live(config.block_cache_ttl())
        .build()
}
