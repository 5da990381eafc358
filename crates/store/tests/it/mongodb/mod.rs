//! Owns the run of the conformance suite on MongoDB, or on a server that speaks its wire protocol: the one at
//! `AICHAT_TEST_MONGODB_URL`. Each case has a database of its own, dropped at its end. Without the variable each case is
//! skipped by name.

mod outbox;
mod processes;

use std::sync::Arc;

use async_trait::async_trait;
use kernel::{Ambient, UserId};
use mongodb::Client;
use store::Store;
use store::conformance::{Home, Settings};
use store::mongodb::{MongoOptions, MongoStore};

/// A database of its own that vanishes with the test.
pub struct MongoHome {
    url: String,
    database: String,
}

impl MongoHome {
    /// Names a database that nobody has; nothing, and says so, when there is no server.
    pub fn new() -> Option<Self> {
        let Ok(url) = std::env::var("AICHAT_TEST_MONGODB_URL") else {
            skip("AICHAT_TEST_MONGODB_URL is not set");
            return None;
        };
        let unlike: UserId = Ambient::system().id();
        Some(Self {
            url,
            database: format!("test_{unlike}"),
        })
    }

    /// Opens the database as one more process would.
    pub async fn open_with(&self, options: MongoOptions, ambient: Ambient) -> Arc<MongoStore> {
        MongoStore::open(&self.url, &self.database, options, ambient)
            .await
            .unwrap()
    }

    /// Returns the server's own view of the database.
    pub async fn behind(&self) -> mongodb::Database {
        Client::with_uri_str(&self.url).await.unwrap().database(&self.database)
    }
}

impl Drop for MongoHome {
    fn drop(&mut self) {
        let (url, database) = (self.url.clone(), self.database.clone());
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            let dropped = runtime.block_on(async { Client::with_uri_str(url).await?.database(&database).drop().await });
            Ok::<_, std::io::Error>(drop(dropped))
        });
        drop(dropping.join());
    }
}

/// Prints why the calling test did not run, past the capture of the test harness.
fn skip(reason: &str) {
    use std::io::Write as _;
    // The harness names each thread after its test.
    let thread = std::thread::current();
    let _ = writeln!(
        std::io::stderr(),
        "SKIP {}: {reason}",
        thread.name().unwrap_or("a test")
    );
}

#[async_trait]
impl Home for MongoHome {
    async fn open(&self, settings: Settings) -> Arc<dyn Store> {
        let options = MongoOptions {
            outbox_max: settings.outbox_max,
            sent_kept: settings.sent_kept,
            ..MongoOptions::default()
        };
        self.open_with(options, settings.ambient).await
    }
}

store::store_conformance!(optional MongoHome::new());
