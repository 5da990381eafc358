//! Owns the service on its stage: a store that counts what it is asked, a society that tells, and pages read to their end.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use chassis::Service;
use contracts::Event;
use feed::{Config, Deps};
use kernel::{Ambient, EventId, PostId, Timestamp, UserId};
use serde_json::Value;
use store::{Op, Query, Search, Spec, Store, StoreError, Stored, Write};
use testkit::{App, World};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::society::Society;

/// What runs of the service.
pub struct Running {
    pub app: App,
    consumers: Vec<chassis::Consumer>,
    workers: Vec<chassis::Worker>,
}

pub struct Stage {
    pub world: World,
    pub ambient: Ambient,
    pub society: Arc<Society>,
    pub store: Arc<Counting>,
    pub config: Config,
    pub running: Running,
    /// How often all documents were lost.
    lost: u32,
}

impl Stage {
    pub async fn new() -> Self {
        Self::with(Config::default()).await
    }

    pub async fn with(config: Config) -> Self {
        let world = World::new().await;
        let ambient = world.ambient();
        Self::of(world, ambient, config).await
    }

    pub async fn of(world: World, ambient: Ambient, config: Config) -> Self {
        let society = Arc::new(Society::new(ambient.clone()));
        let store = Counting::around(world.store("feed0").await);
        let running = run(&world, &ambient, &society, &store, &config).await;
        Self {
            world,
            ambient,
            society,
            store,
            config,
            running,
            lost: 0,
        }
    }

    pub fn people<const N: usize>(&self) -> [UserId; N] {
        std::array::from_fn(|_| self.ambient.id())
    }

    /// Stops, and starts again on what was written.
    pub async fn restart(&mut self) {
        self.store.close().await;
        self.store = Counting::around(self.world.store(&format!("feed{}", self.lost)).await);
        self.running = run(&self.world, &self.ambient, &self.society, &self.store, &self.config).await;
    }

    /// Stops, loses every document, and starts again.
    pub async fn lose_everything(&mut self) {
        self.lost += 1;
        self.restart().await;
    }

    /// Builds all timelines, as every start does that finds them not built.
    pub async fn build(&self) {
        let built = async || self.everything_of("progress").await.contains(r#""done":true"#);
        self.work("build", built).await;
    }

    /// Hands an event to whoever has subscribed to its topic.
    pub async fn hear(&self, event: &Event) {
        for consumer in &self.running.consumers {
            if consumer.subscription.topics.iter().any(|t| *t.name == *event.topic) {
                consumer.handler.handle(event).await.unwrap();
            }
        }
    }

    /// Hands over all that happened.
    pub async fn hear_all(&self) {
        for event in self.society.told() {
            self.hear(&event).await;
        }
    }

    /// Runs a worker until `until` holds, then stops it.
    pub async fn work(&self, name: &str, until: impl AsyncFn() -> bool) {
        let stop = CancellationToken::new();
        let worker = self.running.workers.iter().find(|w| w.name == name).unwrap();
        let run = tokio::spawn((worker.run)(stop.clone()));
        while !until().await {
            assert!(!run.is_finished(), "{name} has ended");
            tokio::task::yield_now().await;
        }
        stop.cancel();
        run.await.unwrap().unwrap();
    }

    pub async fn page(&self, reader: UserId, query: &str) -> Value {
        self.running
            .app
            .by(reader)
            .get(&format!("/api/feed?{query}"))
            .await
            .expect(200)
    }

    pub async fn newer(&self, reader: UserId, since: PostId) -> (u64, bool) {
        let path = format!("/api/feed/new?since={since}");
        let news = self.running.app.by(reader).get(&path).await.expect(200);
        (news["count"].as_u64().unwrap(), news["more"].as_bool().unwrap())
    }

    /// Reads what is trending, after the touched posts were looked at.
    pub async fn trending(&self, reader: UserId) -> Value {
        self.work("warm", async || true).await;
        self.running.app.by(reader).get("/api/feed/trending").await.expect(200)
    }

    /// Reads a chain of pages to its end; `between` runs before each further page.
    pub async fn chain_while(&self, reader: UserId, query: &str, between: impl AsyncFn()) -> Vec<PostId> {
        let mut page = self.page(reader, query).await;
        let mut seen = posts(&page);
        while let Some(cursor) = page["nextCursor"].as_str() {
            between().await;
            page = self.page(reader, &format!("{query}&cursor={cursor}")).await;
            seen.extend(posts(&page));
        }
        seen
    }

    pub async fn chain(&self, reader: UserId, query: &str) -> Vec<PostId> {
        self.chain_while(reader, query, async || {}).await
    }

    /// Returns `(reader, post)` of all entries in the store.
    pub async fn laid(&self) -> Vec<(UserId, PostId)> {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let some = self.store.scan("timeline", after, 1_000).await.unwrap();
            let Some(last) = some.last() else { return all };
            after = Some(last.id.clone());
            all.extend(some.iter().map(|s| {
                let json: Value = serde_json::from_slice(&s.body).unwrap();
                let id = |name: &str| json[name].as_str().unwrap().to_owned();
                (id("reader").parse().unwrap(), id("post").parse().unwrap())
            }));
        }
    }

    pub async fn laid_before(&self, reader: UserId) -> Vec<PostId> {
        let laid = self.laid().await.into_iter().filter(|(who, _)| *who == reader);
        let mut posts: Vec<PostId> = laid.map(|(_, post)| post).collect();
        posts.sort_unstable_by(|a, b| b.cmp(a));
        posts
    }

    /// Returns every document of a collection as text.
    pub async fn everything_of(&self, collection: &'static str) -> String {
        let stored = self.store.scan(collection, None, 1_000).await.unwrap();
        let line = |s: &Stored| format!("{collection} {} {}\n", s.id, String::from_utf8_lossy(&s.body));
        stored.iter().map(line).collect()
    }

    /// Returns every document of the service as text, but for the notes of who is gone.
    pub async fn everything(&self) -> String {
        let mut all = String::new();
        for spec in feed::COLLECTIONS.iter().filter(|spec| spec.collection != "gone") {
            all.push_str(&self.everything_of(spec.collection).await);
        }
        all
    }
}

async fn run(
    world: &World,
    ambient: &Ambient,
    society: &Arc<Society>,
    store: &Arc<Counting>,
    config: &Config,
) -> Running {
    let deps = Deps {
        ambient: ambient.clone(),
        store: store.clone(),
        ephemeral: world.ephemeral(),
        posts: society.clone(),
        relationships: society.clone(),
        config: config.clone(),
    };
    let mut service: Service = feed::service(deps).await.unwrap();
    let (consumers, workers) = (
        std::mem::take(&mut service.consumers),
        std::mem::take(&mut service.workers),
    );
    Running {
        app: world.app(service),
        consumers,
        workers,
    }
}

/// Returns the posts of a page, in its order.
pub fn posts(page: &Value) -> Vec<PostId> {
    let items = page["items"].as_array().unwrap().iter();
    items
        .map(|i| i["post"]["id"].as_str().unwrap().parse().unwrap())
        .collect()
}

/// Returns the warm posts, in their order.
pub fn hot(trending: &Value) -> Vec<PostId> {
    posts(&serde_json::json!({ "items": trending["posts"] }))
}

/// A store that counts what it is asked.
pub struct Counting {
    store: Arc<dyn Store>,
    reads: AtomicU64,
    writes: AtomicU64,
}

impl Counting {
    fn around(store: Arc<dyn Store>) -> Arc<Self> {
        Arc::new(Self {
            store,
            reads: AtomicU64::new(0),
            writes: AtomicU64::new(0),
        })
    }

    /// Returns reads and writes since the last time.
    pub fn taken(&self) -> (u64, u64) {
        (
            self.reads.swap(0, Ordering::SeqCst),
            self.writes.swap(0, Ordering::SeqCst),
        )
    }

    fn read(&self) -> &Arc<dyn Store> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        &self.store
    }
}

#[async_trait]
impl Store for Counting {
    async fn declare(&self, spec: Spec) -> Result<(), StoreError> {
        self.store.declare(spec).await
    }
    async fn get(&self, collection: &'static str, ids: &[String]) -> Result<Vec<Stored>, StoreError> {
        self.read().get(collection, ids).await
    }
    async fn find(&self, collection: &'static str, query: Query) -> Result<Vec<Stored>, StoreError> {
        self.read().find(collection, query).await
    }
    async fn count(&self, collection: &'static str, query: Query, cap: u64) -> Result<u64, StoreError> {
        self.read().count(collection, query, cap).await
    }
    async fn search(&self, collection: &'static str, search: Search) -> Result<Vec<Stored>, StoreError> {
        self.read().search(collection, search).await
    }
    async fn scan(&self, of: &'static str, after: Option<String>, limit: usize) -> Result<Vec<Stored>, StoreError> {
        self.store.scan(of, after, limit).await
    }
    async fn write(&self, write: Write) -> Result<u64, StoreError> {
        assert!(
            !matches!(&write.op, Op::InsertMany(all) if all.len() > 500),
            "a batch is bounded"
        );
        self.writes.fetch_add(1, Ordering::SeqCst);
        self.store.write(write).await
    }
    async fn pending_events(&self, limit: usize) -> Result<Vec<Event>, StoreError> {
        self.store.pending_events(limit).await
    }
    async fn mark_sent(&self, events: &[EventId]) -> Result<(), StoreError> {
        self.store.mark_sent(events).await
    }
    async fn sent_since(&self, since: Timestamp, limit: usize) -> Result<Vec<Event>, StoreError> {
        self.store.sent_since(since, limit).await
    }
    fn outbox_signal(&self) -> Arc<Notify> {
        self.store.outbox_signal()
    }
    async fn outbox_depth(&self) -> Result<u64, StoreError> {
        self.store.outbox_depth().await
    }
    async fn ping(&self) -> Result<(), StoreError> {
        self.store.ping().await
    }
    async fn close(&self) {
        self.store.close().await;
    }
}

pub const HOUR: Duration = Duration::from_secs(3_600);
