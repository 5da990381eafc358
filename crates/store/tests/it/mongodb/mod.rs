//! Owns the run of the conformance suite on MongoDB, or on a server that speaks its wire protocol: the one at
//! `AICHAT_TEST_MONGODB_URL`. Each case has a database of its own, dropped at its end. Without the variable each case is
//! skipped by name.

mod kill;
mod outbox;
mod processes;

use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use kernel::{Ambient, UserId};
use mongodb::bson::{Document as Object, doc};
use mongodb::options::IndexOptions;
use mongodb::{Client, Database, IndexModel};
use store::Store;
use store::conformance::{Home, Settings};
use store::mongodb::{MongoOptions, MongoStore};

/// Cases that take a unique key which an update has freed. `secantusd-rs` 0.5.3-beta.196 refuses that (its Python sibling and
/// MongoDB do not), so on a server with this defect they are skipped by name.
const TAKE_FREED_KEYS: [&str; 2] = [
    "mongodb::a_freed_unique_key_can_be_taken_again",
    "mongodb::a_mixed_load_agrees_with_an_oracle",
];

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
        let test = std::thread::current().name().unwrap_or_default().to_owned();
        if TAKE_FREED_KEYS.contains(&test.as_str()) && !frees_keys(&url) {
            skip("the server keeps a unique key taken after an update gave it up");
            return None;
        }
        Some(Self::at(url))
    }

    fn at(url: String) -> Self {
        let unlike: UserId = Ambient::system().id();
        let database = format!("test_{unlike}");
        Self { url, database }
    }

    /// Returns the URL and the name of the database, for a process of its own.
    pub fn place(&self) -> (&str, &str) {
        (&self.url, &self.database)
    }

    /// Opens the database as one more process would.
    pub async fn open_with(&self, options: MongoOptions, ambient: Ambient) -> Arc<MongoStore> {
        MongoStore::open(&self.url, &self.database, options, ambient)
            .await
            .unwrap()
    }

    /// Returns the server's own view of the database.
    pub async fn behind(&self) -> Database {
        Client::with_uri_str(&self.url).await.unwrap().database(&self.database)
    }
}

impl Drop for MongoHome {
    fn drop(&mut self) {
        let (url, database) = (self.url.clone(), self.database.clone());
        aside(async move { Client::with_uri_str(url).await?.database(&database).drop().await }).unwrap();
    }
}

/// Waits for `work` on a thread of its own, since the runtime of the test cannot be waited on from within.
fn aside<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> T {
    let waiting = std::thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.unwrap().block_on(work)
    });
    waiting.join().unwrap()
}

/// Finds out, once, whether the server frees a unique key when an update gives it up.
fn frees_keys(url: &str) -> bool {
    static FREES: OnceLock<bool> = OnceLock::new();
    *FREES.get_or_init(|| {
        let home = MongoHome::at(url.to_owned());
        aside(async move {
            let on = home.behind().await.collection::<Object>("keys");
            let unique = IndexOptions::builder().unique(true).build();
            let index = IndexModel::builder().keys(doc! { "key": 1 }).options(unique).build();
            on.create_index(index).await.unwrap();
            on.insert_one(doc! { "_id": 1, "key": "a" }).await.unwrap();
            let given_up = doc! { "$set": { "key": "b" } };
            on.update_one(doc! { "_id": 1 }, given_up).await.unwrap();
            on.insert_one(doc! { "_id": 2, "key": "a" }).await.is_ok()
        })
    })
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
