//! Owns the surroundings of one service under test.

use std::sync::Arc;
use std::time::Duration;

use bus::embedded::{EmbeddedBus, Options};
use contracts::{Event, event::topic};
use ephemeral::memory::MemoryEphemeral;
use kernel::{Ambient, HeldClock, OsRandom, Timestamp};
use store::Store;
use store::sqlite::{SqliteOptions, SqliteStore};
use tempfile::TempDir;

use crate::{FakeAccounts, FakeAgents, FakeMedia, FakeRelationships, FakeUsers};

/// Time held, a folder of its own, ephemeral memory, and fakes for the other services.
pub struct World {
    dir: TempDir,
    clock: Arc<HeldClock>,
    ambient: Ambient,
    ephemeral: Arc<MemoryEphemeral>,
    users: Arc<FakeUsers>,
    relationships: Arc<FakeRelationships>,
    agents: Arc<FakeAgents>,
    accounts: Arc<FakeAccounts>,
    media: Arc<FakeMedia>,
}

impl World {
    /// Makes a world whose clock stands at 2026-01-01T00:00:00Z.
    pub async fn new() -> Self {
        let clock = HeldClock::new(Timestamp::from_millis(1_767_225_600_000));
        let ambient = Ambient::new(clock.clone(), Arc::new(OsRandom));
        Self {
            dir: tempfile::tempdir().unwrap(),
            ephemeral: MemoryEphemeral::new(ambient.clone()),
            users: Arc::new(FakeUsers::new(ambient.clone())),
            relationships: Arc::default(),
            agents: Arc::new(FakeAgents::new(ambient.clone())),
            accounts: Arc::default(),
            media: Arc::new(FakeMedia::new(ambient.clone())),
            clock,
            ambient,
        }
    }

    /// Moves time forward.
    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
    }

    /// Returns time, randomness and ids.
    pub fn ambient(&self) -> Ambient {
        self.ambient.clone()
    }

    /// Returns the world's folder, removed with it.
    pub fn path(&self) -> &std::path::Path {
        self.dir.path()
    }

    /// Opens the store `name`; the same data when opened again after `close`.
    pub async fn store(&self, name: &str) -> Arc<dyn Store> {
        let path = self.dir.path().join(format!("{name}.db"));
        SqliteStore::open(&path, SqliteOptions::default(), self.ambient()).unwrap()
    }

    /// Opens an embedded bus with all topics.
    pub async fn bus(&self) -> Arc<EmbeddedBus> {
        let path = self.dir.path().join("bus.db");
        EmbeddedBus::open(&path, Options::default(), self.ambient(), topic::ALL).unwrap()
    }

    /// Returns the ephemeral store.
    pub fn ephemeral(&self) -> Arc<MemoryEphemeral> {
        self.ephemeral.clone()
    }

    /// Returns the fake user service.
    pub fn users(&self) -> Arc<FakeUsers> {
        self.users.clone()
    }

    /// Returns the fake friendship service.
    pub fn relationships(&self) -> Arc<FakeRelationships> {
        self.relationships.clone()
    }

    /// Returns the fake pictures.
    pub fn media(&self) -> Arc<FakeMedia> {
        self.media.clone()
    }

    /// Returns the fake agents.
    pub fn agents(&self) -> Arc<FakeAgents> {
        self.agents.clone()
    }

    /// Returns the fake auth service.
    pub fn accounts(&self) -> Arc<FakeAccounts> {
        self.accounts.clone()
    }

    /// Makes an app of a service's routes.
    pub fn app(&self, service: chassis::Service) -> crate::App {
        crate::App::new(service, self)
    }

    /// Reads the events that wait in a store's outbox.
    pub async fn pending(&self, store: &Arc<dyn Store>) -> Vec<Event> {
        store.pending_events(512).await.unwrap()
    }
}
