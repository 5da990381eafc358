//! Owns what a process remembers of rooms between two sends: the room, its people's names, who may write. Bounded, and
//! never believed after this process has acknowledged a change to the room. Refuses to know where rooms come from.
//!
//! Somebody may look at a room, lose the processor while they are removed from it, and write then. Therefore a room is
//! **closed** while it is being changed: what was remembered of it is forgotten and `retired`, nobody loads it until the
//! change is durable, and a send looks once more, where its number is assigned, whether its view has been retired.
//! Whoever is still let through there stands in the store before the change does.

use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use contracts::chat::{Mention, Role, RoomAgent};
use kernel::{RoomId, UserId};
use moka::policy::EvictionPolicy;
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::config::Config;
use crate::domain::mention;
use crate::domain::room::Room;
use crate::error::ChatError;

/// Number of shards. In each one room at a time is loaded or changed, so that a busy room is loaded once for all who
/// wait for it.
const SHARDS: usize = 64;

/// A person in a room, as others see them there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Person {
    /// For mentions; empty when the account is gone.
    pub handle: String,
    /// On screen.
    pub name: String,
}

/// A room with what is needed to let somebody write in it.
pub(crate) struct RoomView {
    pub room: Room,
    people: HashMap<UserId, (Role, Person)>,
    by_handle: HashMap<String, Mention>,
    loaded: Instant,
    retired: AtomicBool,
}

impl RoomView {
    /// Builds a view; agents carry their present names.
    pub(crate) fn new(room: Room, mut names: HashMap<UserId, Person>) -> Self {
        let nameless = || Person {
            handle: String::new(),
            name: crate::domain::message::ERASED_NAME.to_owned(),
        };
        let people: HashMap<UserId, (Role, Person)> = room
            .members
            .iter()
            .map(|m| (m.user_id, (m.role, names.remove(&m.user_id).unwrap_or_else(nameless))))
            .collect();
        let users = people
            .iter()
            .map(|(id, (_, person))| (person.handle.clone(), Mention::User { id: *id }));
        let agents = room
            .agents
            .iter()
            .map(|a| (a.handle.clone(), Mention::Agent { id: a.agent_id }));
        let by_handle = users.chain(agents).filter(|(handle, _)| !handle.is_empty()).collect();
        Self {
            room,
            people,
            by_handle,
            loaded: Instant::now(),
            retired: AtomicBool::new(false),
        }
    }

    /// Returns a member's role.
    pub(crate) fn role_of(&self, user: UserId) -> Option<Role> {
        self.people.get(&user).map(|(role, _)| *role)
    }

    /// Returns how a member is called.
    pub(crate) fn person(&self, user: UserId) -> Option<&Person> {
        self.people.get(&user).map(|(_, person)| person)
    }

    /// Finds who is mentioned in a text, among this room's people and agents.
    pub(crate) fn mentions(&self, text: &str) -> Vec<Mention> {
        mention::handles(text)
            .iter()
            .filter_map(|handle| self.by_handle.get(handle).copied())
            .collect()
    }

    /// Returns an agent of this room.
    pub(crate) fn agent(&self, agent: kernel::AgentId) -> Option<&RoomAgent> {
        self.room.agents.iter().find(|a| a.agent_id == agent)
    }

    /// Tells whether the room is being changed, or has been.
    pub(crate) fn is_retired(&self) -> bool {
        self.retired.load(Ordering::Acquire)
    }

    /// Fails with `RoomChanged` when the room is being changed, or has been.
    pub(crate) fn require_current(&self) -> Result<(), ChatError> {
        if self.is_retired() {
            Err(ChatError::RoomChanged)
        } else {
            Ok(())
        }
    }

    fn retire(&self) {
        self.retired.store(true, Ordering::Release);
    }

    fn weight(&self) -> u32 {
        u32::try_from(self.people.len() + self.room.agents.len() + 1).unwrap_or(u32::MAX)
    }
}

/// The rooms that a process remembers.
pub(crate) struct RoomCache {
    rooms: moka::sync::Cache<RoomId, Arc<RoomView>>,
    /// How long a view is believed.
    ttl: Duration,
    /// Held across a load or a change on purpose: who waits here must see what comes of it.
    shards: Vec<Arc<Mutex<()>>>,
}

/// Keeps a room closed: nobody loads it until this is dropped.
pub(crate) struct Closed {
    _turn: Option<OwnedMutexGuard<()>>,
}

impl RoomCache {
    /// Builds an empty cache, bounded by members.
    pub(crate) fn new(config: &Config) -> Self {
        let rooms = moka::sync::Cache::builder()
            .weigher(|_, view: &Arc<RoomView>| view.weight())
            .max_capacity(config.cached_members_max)
            // The default admits by how often a key was asked for, so a large room would be retired as soon as it is loaded.
            .eviction_policy(EvictionPolicy::lru())
            .eviction_listener(|_, view, _| view.retire())
            .build();
        let shards = std::iter::repeat_with(Arc::default).take(SHARDS).collect();
        Self {
            rooms,
            ttl: config.room_cache_ttl(),
            shards,
        }
    }

    /// Returns the room, loading it when it is not remembered. `Ok(None)` when there is none.
    pub(crate) async fn get_or_load<Fut>(
        &self,
        id: RoomId,
        load: impl FnOnce() -> Fut,
    ) -> Result<Option<Arc<RoomView>>, ChatError>
    where
        Fut: Future<Output = Result<Option<RoomView>, ChatError>>,
    {
        if let Some(view) = self.young(id) {
            return Ok(Some(view));
        }
        let _turn = self.turn(id).await;
        if let Some(view) = self.young(id) {
            return Ok(Some(view));
        }
        let Some(view) = load().await?.map(Arc::new) else {
            return Ok(None);
        };
        self.forget(id);
        self.rooms.insert(id, view.clone());
        Ok(Some(view))
    }

    /// Closes a room for a change: forgets it, retires who looks at it, and lets nobody look until the answer is dropped.
    pub(crate) async fn close(&self, id: RoomId) -> Closed {
        let turn = self.turn(id).await;
        self.forget(id);
        Closed { _turn: turn }
    }

    /// Forgets a room that is remembered at a version below `version`, as changed by another process.
    pub(crate) async fn outdate(&self, id: RoomId, version: u64) {
        let _turn = self.turn(id).await;
        if self.rooms.get(&id).is_some_and(|view| view.room.version < version) {
            self.forget(id);
        }
    }

    fn young(&self, id: RoomId) -> Option<Arc<RoomView>> {
        self.rooms.get(&id).filter(|view| view.loaded.elapsed() < self.ttl)
    }

    fn forget(&self, id: RoomId) {
        if let Some(view) = self.rooms.remove(&id) {
            view.retire();
        }
    }

    async fn turn(&self, id: RoomId) -> Option<OwnedMutexGuard<()>> {
        // The tail of a UUIDv7 is random.
        let [.., last] = *id.uuid().as_bytes();
        match self.shards.get(usize::from(last) % SHARDS) {
            Some(shard) => Some(shard.clone().lock_owned().await),
            None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use contracts::chat::RoomKind;
    use kernel::Ambient;

    use super::*;
    use crate::domain::room::tests::founded;

    fn view() -> RoomView {
        let ambient = Ambient::system();
        RoomView::new(
            founded(RoomKind::Group, ambient.id(), &[ambient.id()], 1).unwrap(),
            HashMap::new(),
        )
    }

    #[tokio::test]
    async fn a_closed_room_is_loaded_by_nobody_until_it_is_open_again() {
        let (cache, id) = (RoomCache::new(&Config::default()), Ambient::system().id());
        let before = cache
            .get_or_load(id, || async { Ok(Some(view())) })
            .await
            .unwrap()
            .unwrap();
        let closed = cache.close(id).await;
        assert!(before.is_retired());
        let mut waiting = std::pin::pin!(cache.get_or_load(id, || async { Ok(Some(view())) }));
        assert!(futures::poll!(waiting.as_mut()).is_pending());
        drop(closed);
        assert!(!waiting.await.unwrap().unwrap().is_retired());
    }

    #[tokio::test]
    async fn a_newer_version_elsewhere_is_noticed_and_an_echo_of_ones_own_is_not() {
        let (cache, id) = (RoomCache::new(&Config::default()), Ambient::system().id());
        let first = cache
            .get_or_load(id, || async { Ok(Some(view())) })
            .await
            .unwrap()
            .unwrap();
        cache.outdate(id, first.room.version).await;
        assert!(!first.is_retired());
        cache.outdate(id, first.room.version + 1).await;
        assert!(first.is_retired());
    }

    #[tokio::test]
    async fn what_is_too_old_is_loaded_again_and_retired() {
        let config = Config {
            room_cache_ttl_ms: 0,
            ..Config::default()
        };
        let (cache, id) = (RoomCache::new(&config), Ambient::system().id());
        let first = cache
            .get_or_load(id, || async { Ok(Some(view())) })
            .await
            .unwrap()
            .unwrap();
        let second = cache
            .get_or_load(id, || async { Ok(Some(view())) })
            .await
            .unwrap()
            .unwrap();
        assert!(first.is_retired() && !second.is_retired());
    }

    #[tokio::test]
    async fn a_large_room_is_remembered_in_a_cache_full_of_busy_small_ones() {
        let ambient = Ambient::system();
        let config = Config {
            cached_members_max: 100,
            ..Config::default()
        };
        let cache = RoomCache::new(&config);
        let small: Vec<RoomId> = (0..25).map(|_| ambient.id()).collect();
        for id in small.iter().cycle().take(500) {
            cache.get_or_load(*id, || async { Ok(Some(view())) }).await.unwrap();
            cache.rooms.run_pending_tasks();
        }
        let people: Vec<UserId> = (0..60).map(|_| ambient.id()).collect();
        let large = RoomView::new(
            founded(RoomKind::Group, ambient.id(), &people, 0).unwrap(),
            HashMap::new(),
        );
        let id = ambient.id();
        let loaded = cache.get_or_load(id, || async { Ok(Some(large)) }).await.unwrap();
        cache.rooms.run_pending_tasks();
        assert!(!loaded.unwrap().is_retired());
        assert!(cache.rooms.contains_key(&id));
    }

    #[test]
    fn mentions_are_people_and_agents_of_the_room_only() {
        let view = view();
        assert_eq!(
            view.mentions("@sage and @nobody"),
            [Mention::Agent {
                id: view.room.agents[0].agent_id
            }]
        );
    }
}
