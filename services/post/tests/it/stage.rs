//! A stage: post with the other services faked, named actors, and a bus that delivers everything twice.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use async_trait::async_trait;
use chassis::Consumer;
use contracts::Event;
use contracts::auth::AccountEvent;
use contracts::friendship::Relationships as _;
use contracts::media::{AssetChange, AssetEvent, AssetKind, AssetStatus, AssetView, MediaLibrary};
use contracts::own_data::OwnData;
use kernel::{AssetId, Fault, Timestamp, UserId};
use parking_lot::Mutex;
use post::{App, Config, Deps};
use serde_json::{Value, json};
use store::Store;
use testkit::{Asker, Between, World};

/// A library of media that a test fills.
#[derive(Default)]
pub struct FakeMedia {
    owners: Mutex<HashMap<AssetId, UserId>>,
    pub claims: Mutex<BTreeSet<(String, String)>>,
}

#[async_trait]
impl MediaLibrary for FakeMedia {
    async fn views(&self, ids: &[AssetId]) -> Result<Vec<AssetView>, Fault> {
        let owners = self.owners.lock();
        let view = |id: &AssetId| {
            Some(AssetView {
                id: *id,
                owner_id: *owners.get(id)?,
                kind: AssetKind::Image,
                status: AssetStatus::Ready,
                file_name: "a.png".into(),
                alt: String::new(),
                blurhash: None,
                animated: false,
                variants: Vec::new(),
                expires_at: Timestamp::default(),
            })
        };
        Ok(ids.iter().filter_map(view).collect())
    }
    async fn claim(&self, user: UserId, ids: &[AssetId], used_by: &str) -> Result<(), Fault> {
        let owners = self.owners.lock();
        if ids.iter().any(|id| owners.get(id) != Some(&user)) {
            return Err(Fault::invalid("mediaIds", "is not there"));
        }
        let claims = ids.iter().map(|id| (id.to_string(), used_by.to_owned()));
        self.claims.lock().extend(claims);
        Ok(())
    }
    async fn release(&self, ids: &[AssetId], used_by: &str) -> Result<(), Fault> {
        let mut claims = self.claims.lock();
        for id in ids {
            claims.remove(&(id.to_string(), used_by.to_owned()));
        }
        Ok(())
    }
    async fn keep(&self, _: UserId, _: &str, _: Vec<u8>, _: Timestamp) -> Result<AssetId, Fault> {
        Err(Fault::internal("not asked for"))
    }
}

pub struct Stage {
    pub world: World,
    pub store: Arc<dyn Store>,
    pub posts: Arc<App>,
    pub app: testkit::App,
    pub media: Arc<FakeMedia>,
    pub between: Arc<Between>,
    pub own_data: Arc<dyn OwnData>,
    consumers: Vec<Consumer>,
}

/// Somebody on the stage.
#[derive(Clone)]
pub struct Person {
    pub id: UserId,
    pub ask: Asker,
}

impl Stage {
    pub async fn open() -> Self {
        let calm = Config {
            posts_per_hour_max: 1_000,
            comments_per_minute_max: 1_000,
            changes_per_hour_max: 1_000,
            reactions_per_minute_max: 1_000,
            reports_per_hour_max: 1_000,
            ..Config::default()
        };
        Self::open_with(calm).await
    }

    pub async fn open_with(config: Config) -> Self {
        let world = World::new().await;
        let between = Between::over(world.store("post").await);
        let store: Arc<dyn Store> = between.clone();
        let media = Arc::new(FakeMedia::default());
        let deps = Deps {
            ambient: world.ambient(),
            store: store.clone(),
            ephemeral: world.ephemeral(),
            users: world.users(),
            relationships: world.relationships(),
            media: media.clone(),
            config,
        };
        let posts = post::local(deps).await.unwrap();
        let mut service = post::service(&posts);
        let consumers = std::mem::take(&mut service.consumers);
        let own_data = service.own_data.clone().unwrap();
        let app = world.app(service);
        Self {
            world,
            store,
            posts,
            app,
            media,
            between,
            own_data,
            consumers,
        }
    }

    pub fn people<const N: usize>(&self, handles: [&str; N]) -> [Person; N] {
        handles.map(|handle| self.person(handle))
    }

    pub fn person(&self, handle: &str) -> Person {
        let id = self.world.users().add(handle);
        Person {
            id,
            ask: self.app.by(id),
        }
    }

    pub fn befriend(&self, a: &Person, b: &Person) {
        self.world.relationships().befriend(a.id, b.id);
    }

    pub fn block(&self, by: &Person, other: &Person) {
        self.world.relationships().set_blocked(by.id, other.id);
    }

    /// Makes two friends part, without a block.
    pub async fn part(&self, a: &Person, b: &Person) {
        self.world.relationships().block(a.id, b.id).await.unwrap();
        self.world.relationships().unblock(a.id, b.id).await.unwrap();
    }

    pub fn asset_of(&self, owner: &Person) -> AssetId {
        let id = self.world.ambient().id();
        self.media.owners.lock().insert(id, owner.id);
        id
    }

    /// Delivers an event to whoever subscribed to its topic, twice.
    pub async fn deliver(&self, event: &Event) {
        for consumer in &self.consumers {
            if consumer.subscription.topics.iter().any(|t| t.name == &*event.topic) {
                for _ in 0..2 {
                    consumer.handler.handle(event).await.unwrap();
                }
            }
        }
    }

    /// Delivers what waits in the outbox, and what comes of it, until nothing waits.
    pub async fn settle(&self) {
        loop {
            let events = self.world.pending(&self.store).await;
            if events.is_empty() {
                return;
            }
            for event in &events {
                self.deliver(event).await;
            }
            let ids: Vec<_> = events.iter().map(|e| e.id).collect();
            self.store.mark_sent(&ids).await.unwrap();
        }
    }

    /// Settles, and checks that every counter is what stands.
    pub async fn settle_clean(&self) {
        self.settle().await;
        let found = post::verify(&self.store).await.unwrap();
        assert!(found.is_clean() && found.drift == 0, "{found:?}");
    }

    pub async fn erase(&self, person: &Person) {
        let event = AccountEvent::Deleted { user_id: person.id };
        self.deliver(&Event::new(&self.world.ambient(), &event).unwrap()).await;
    }

    pub async fn delete_asset(&self, owner: &Person, asset: AssetId) {
        let event = AssetEvent {
            asset_id: asset,
            owner_id: owner.id,
            change: AssetChange::Deleted,
        };
        self.deliver(&Event::new(&self.world.ambient(), &event).unwrap()).await;
    }

    /// Returns the bodies of all documents of a collection.
    pub async fn all(&self, collection: &'static str) -> Vec<String> {
        let found = self.store.scan(collection, None, 1_000).await.unwrap();
        let text = |d: store::Stored| String::from_utf8(d.body.to_vec()).unwrap();
        found.into_iter().map(text).collect()
    }
}

impl Person {
    pub async fn post(&self, visibility: &str, text: &str) -> String {
        self.write(json!({ "text": text, "visibility": visibility })).await
    }

    pub async fn write(&self, body: Value) -> String {
        id_of(&self.ask.post("/api/posts", body).await.expect(201))
    }

    pub async fn view(&self, post: &str) -> Value {
        self.ask.get(&format!("/api/posts/{post}")).await.expect(200)
    }

    pub async fn sees(&self, post: &str) -> bool {
        self.ask.get(&format!("/api/posts/{post}")).await.status == 200
    }

    pub async fn list(&self, query: &str) -> Vec<String> {
        let page = self.ask.get(&format!("/api/posts?{query}")).await.expect(200);
        ids(&page)
    }

    pub async fn react(&self, post: &str, kind: &str) -> Value {
        let path = format!("/api/posts/{post}/reactions/{kind}");
        self.ask.put(&path, Value::Null).await.expect(200)
    }

    pub async fn comment(&self, post: &str, text: &str) -> String {
        self.comment_with(post, json!({ "text": text })).await
    }

    pub async fn comment_with(&self, post: &str, body: Value) -> String {
        let path = format!("/api/posts/{post}/comments");
        id_of(&self.ask.post(&path, body).await.expect(201))
    }

    pub async fn comments(&self, post: &str) -> Vec<String> {
        let page = self.ask.get(&format!("/api/posts/{post}/comments")).await.expect(200);
        ids(&page)
    }

    pub async fn share(&self, post: &str, body: Value) -> String {
        id_of(
            &self
                .ask
                .post(&format!("/api/posts/{post}/shares"), body)
                .await
                .expect(201),
        )
    }

    pub async fn delete(&self, path: &str) {
        self.ask.delete(&format!("/api/posts/{path}")).await.expect(204);
    }
}

pub fn id_of(value: &Value) -> String {
    value["id"].as_str().unwrap().to_owned()
}

pub fn ids(page: &Value) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(id_of).collect()
}
