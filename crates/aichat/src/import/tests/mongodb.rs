//! The way to MongoDB and back, or to a server that speaks its wire: the one at `AICHAT_TEST_MONGODB_URL`.

use std::sync::Arc;

use ::mongodb::Client;
use bus::embedded::{EmbeddedBus, Options};
use store::Store;
use store::mongodb::{MongoOptions, MongoStore};

use super::*;
use crate::holdings::COLLECTIONS;

/// A database for each service, which vanish with the test.
struct Databases {
    url: String,
    prefix: String,
}

impl Databases {
    /// Names databases that nobody has; nothing, and says so, when there is no server.
    fn new() -> Option<Self> {
        let Ok(url) = std::env::var("AICHAT_TEST_MONGODB_URL") else {
            testkit::skip("AICHAT_TEST_MONGODB_URL is not set");
            return None;
        };
        let unlike: kernel::UserId = Ambient::system().id();
        Some(Self {
            url,
            prefix: format!("test_{unlike}"),
        })
    }

    fn name(&self, service: &str) -> String {
        format!("{}_{}", self.prefix, service.replace('-', "_"))
    }

    async fn open(&self, config: &Config) -> Holdings {
        let ambient = Ambient::system();
        let mut stores: Vec<Arc<dyn Store>> = Vec::new();
        for (service, _) in COLLECTIONS {
            let database = self.name(service);
            let store = MongoStore::open(&self.url, &database, MongoOptions::default(), ambient.clone()).await;
            stores.push(store.unwrap());
        }
        let log = config.process.data_dir.with_extension("bus.db");
        let bus = EmbeddedBus::open(log, Options::default(), ambient, topic::ALL).unwrap();
        Holdings::on(config, stores, bus).await.unwrap()
    }
}

impl Drop for Databases {
    fn drop(&mut self) {
        let (url, names) = (
            self.url.clone(),
            COLLECTIONS
                .iter()
                .map(|(service, _)| self.name(service))
                .collect::<Vec<_>>(),
        );
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async {
                let Ok(client) = Client::with_uri_str(url).await else {
                    return;
                };
                for name in names {
                    drop(client.database(&name).drop().await);
                }
            });
            Ok::<_, std::io::Error>(())
        });
        drop(dropping.join());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_instance_moves_to_mongodb_and_back() {
    let Some(databases) = Databases::new() else { return };
    let desk = Desk::new();
    desk.demo("old").await;
    let there = desk.export("old", "there.jsonl").await.unwrap();
    let (config, file) = (desk.config("servers"), desk.at("there.jsonl"));
    let servers = databases.open(&config).await;
    bring(&servers, &file, &prove(&file).unwrap()).await.unwrap();
    assert_eq!(servers.figures().await.unwrap(), there.collections);
    let again = bring(&servers, &file, &prove(&file).unwrap()).await;
    assert!(words(again).contains("is not empty"));
    servers.close().await;

    // Another process finds what the first has written.
    let servers = databases.open(&config).await;
    let back = export::fill(&servers, &desk.at("back.jsonl.gz")).await.unwrap();
    assert_eq!(
        (&back.collections, back.files, back.events),
        (&there.collections, there.files, there.events)
    );
    servers.close().await;
    desk.import("back.jsonl.gz", "new").await.unwrap();
    assert_eq!(desk.figures("new").await, there.collections);
    let product = Product::open(&desk.config("new"), Ambient::system()).await.unwrap();
    sign_in(&product).await;
    product.supervisor.stop().await;
}
