//! Owns the embedded bus under test: its directory, and what a killed process would leave of it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use bus::Bus;
use bus::conformance::{Rig, TOPICS};
use bus::embedded::{EmbeddedBus, Options};
use kernel::Ambient;
use parking_lot::Mutex;
use store::Store;
use store::sqlite::{SqliteOptions, SqliteStore};
use tempfile::TempDir;

/// Directories, the last of which is in use.
struct EmbeddedRig {
    dirs: Mutex<Vec<TempDir>>,
    ambient: Ambient,
}

/// Makes a rig over an empty directory.
pub async fn rig() -> Box<dyn Rig> {
    Box::new(EmbeddedRig {
        dirs: Mutex::new(vec![tempfile::tempdir().unwrap()]),
        ambient: Ambient::system(),
    })
}

impl EmbeddedRig {
    fn path(&self) -> PathBuf {
        self.dirs.lock().last().unwrap().path().join("bus.db")
    }
}

/// Copies a log as a kill at this instant would leave it: the main file first, since only a checkpoint changes it.
pub fn image(of: &Path, to: &Path) {
    for name in ["bus.db", "bus.db-wal"] {
        std::fs::copy(of.join(name), to.join(name)).unwrap();
    }
}

#[async_trait]
impl Rig for EmbeddedRig {
    async fn open(&self) -> Arc<dyn Bus> {
        EmbeddedBus::open(self.path(), Options::default(), self.ambient.clone(), TOPICS).unwrap()
    }

    async fn crash(&self) {
        let next = tempfile::tempdir().unwrap();
        image(self.path().parent().unwrap(), next.path());
        self.dirs.lock().push(next);
    }

    async fn store(&self) -> Arc<dyn Store> {
        let path = self.dirs.lock()[0].path().join("store.db");
        SqliteStore::open(&path, SqliteOptions::default(), self.ambient.clone()).unwrap()
    }

    fn dedupes(&self) -> bool {
        true
    }

    fn ambient(&self) -> Ambient {
        self.ambient.clone()
    }
}
