//! Owns the run of the conformance suite on SQLite.

use std::sync::Arc;

use async_trait::async_trait;
use store::Store;
use store::conformance::{Home, Settings};
use store::sqlite::{SqliteOptions, SqliteStore};

/// A directory of its own that vanishes with the test.
struct SqliteHome(tempfile::TempDir);

impl SqliteHome {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }
}

#[async_trait]
impl Home for SqliteHome {
    async fn open(&self, settings: Settings) -> Arc<dyn Store> {
        let options = SqliteOptions {
            outbox_max: settings.outbox_max,
            sent_kept: settings.sent_kept,
            ..SqliteOptions::default()
        };
        SqliteStore::open(&self.0.path().join("notes.db"), options, settings.ambient).unwrap()
    }
}

store::store_conformance!(SqliteHome::new());
