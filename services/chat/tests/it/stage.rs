//! Owns the stage of every test: chat on a store of its own, with people who are fakes.

use std::ops::Deref;
use std::sync::Arc;

use chassis::Consumer;
use contracts::Event;
use kernel::{RoomId, UserId};
use serde_json::{Value, json};
use store::Store;
use testkit::{Asker, Reply, World};

/// Chat with its surroundings.
pub struct Stage {
    pub world: World,
    pub chat: Arc<chat::App>,
    pub store: Arc<dyn Store>,
    app: testkit::App,
    consumers: Vec<Consumer>,
}

/// A person who asks chat.
pub struct Actor {
    pub id: UserId,
    asker: Asker,
}

impl Deref for Actor {
    type Target = Asker;
    fn deref(&self) -> &Asker {
        &self.asker
    }
}

impl Stage {
    pub async fn open() -> Self {
        let world = World::new().await;
        let store = world.store("chat").await;
        Self::on(world, store).await
    }

    /// Opens chat on a given store.
    pub async fn on(world: World, store: Arc<dyn Store>) -> Self {
        let chat = Self::chat_on(&world, &store).await;
        let mut service = chat::service(&chat);
        let consumers = std::mem::take(&mut service.consumers);
        Self {
            app: world.app(service),
            world,
            chat,
            store,
            consumers,
        }
    }

    async fn chat_on(world: &World, store: &Arc<dyn Store>) -> Arc<chat::App> {
        let deps = chat::Deps {
            ambient: world.ambient(),
            store: store.clone(),
            bus: world.bus().await,
            users: world.users(),
            relationships: world.relationships(),
            agents: world.agents(),
            media: world.media(),
            config: chat::Config::default(),
        };
        chat::local(deps).await.unwrap()
    }

    pub fn person(&self, handle: &str) -> Actor {
        let id = self.world.users().add(handle);
        Actor {
            id,
            asker: self.app.by(id),
        }
    }

    pub fn people<const N: usize>(&self, handles: [&str; N]) -> [Actor; N] {
        handles.map(|handle| self.person(handle))
    }

    pub fn anonymous(&self) -> Asker {
        self.app.anonymous()
    }

    /// Hands what waits in the outbox to chat's consumers, as the bus would.
    pub async fn deliver(&self) {
        loop {
            let events = self.world.pending(&self.store).await;
            if events.is_empty() {
                return;
            }
            for event in &events {
                self.hand(event).await;
            }
            self.store
                .mark_sent(&events.iter().map(|e| e.id).collect::<Vec<_>>())
                .await
                .unwrap();
        }
    }

    /// Hands one event to those of chat's consumers that want it.
    pub async fn hand(&self, event: &Event) {
        let wants = |c: &&Consumer| c.subscription.topics.iter().any(|t| *t.name == *event.topic);
        for consumer in self.consumers.iter().filter(wants) {
            consumer.handler.handle(event).await.unwrap();
        }
    }

    /// Returns the names of the events that wait, such as `message.sent`.
    pub async fn told(&self) -> Vec<String> {
        let events = self.world.pending(&self.store).await;
        events
            .iter()
            .map(|e| e.kind.trim_start_matches("aichat.").trim_end_matches(".v1").to_owned())
            .collect()
    }

    /// Fails the test unless a recount of the whole store finds nothing wrong.
    pub async fn assert_verified(&self) {
        let found = chat::verify(&self.store).await.unwrap();
        assert!(found.is_clean(), "{found:?}");
    }
}

impl Actor {
    pub async fn group(&self, others: &[&Actor]) -> String {
        let ids: Vec<UserId> = others.iter().map(|o| o.id).collect();
        text(
            &self
                .open(json!({"kind": "group", "title": "A room", "memberIds": ids}))
                .await
                .expect(201),
            "id",
        )
    }

    pub async fn direct(&self, other: &Actor) -> String {
        text(
            &self
                .open(json!({"kind": "direct", "memberIds": [other.id]}))
                .await
                .expect(201),
            "id",
        )
    }

    pub async fn open(&self, body: Value) -> Reply {
        self.post("/api/chat/rooms", body).await
    }

    pub async fn send_as(&self, room: &str, client_id: &str, words: &str) -> Reply {
        self.post(
            &format!("{}/messages", at(room)),
            json!({"clientId": client_id, "text": words}),
        )
        .await
    }

    /// Says something new.
    pub async fn say(&self, room: &str, words: &str) -> Value {
        self.send_as(room, &format!("{words} {}", self.history(room).await.len()), words)
            .await
            .expect(201)
    }

    pub async fn room(&self, room: &str) -> Value {
        self.get(&at(room)).await.expect(200)
    }

    pub async fn history(&self, room: &str) -> Vec<Value> {
        let mut all: Vec<Value> = Vec::new();
        loop {
            let path = format!("{}/messages?after={}&limit=200", at(room), all.len());
            let page = self.get(&path).await.expect(200);
            all.extend(page["items"].as_array().unwrap().clone());
            if page["hasMoreAfter"] == false {
                return all;
            }
        }
    }

    pub async fn read(&self, room: &str, seq: u64) -> Value {
        self.put(&format!("{}/read", at(room)), json!({"seq": seq}))
            .await
            .expect(200)
    }

    pub async fn seat(&self, room: &str, other: &Actor, role: Option<&str>) -> Reply {
        let body = role.map_or(json!({}), |role| json!({"role": role}));
        self.put(&format!("{}/members/{}", at(room), other.id), body).await
    }

    pub async fn unseat(&self, room: &str, other: &Actor) -> Reply {
        self.delete(&format!("{}/members/{}", at(room), other.id)).await
    }
}

/// The path of a room.
pub fn at(room: &str) -> String {
    format!("/api/chat/rooms/{room}")
}

/// The path of a message.
pub fn on(message: &Value) -> String {
    format!("{}/messages/{}", at(&text(message, "roomId")), text(message, "id"))
}

pub fn id(room: &str) -> RoomId {
    room.parse().unwrap()
}

pub fn text(value: &Value, field: &str) -> String {
    value[field]
        .as_str()
        .unwrap_or_else(|| panic!("no text {field} in {value}"))
        .to_owned()
}

/// The values of one field of a page's items.
pub fn column(page: &Value, field: &str) -> Vec<Value> {
    page["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item[field].clone())
        .collect()
}

/// The thumbs-up as it stands in a path.
pub const THUMBS_UP: &str = "%F0%9F%91%8D";
