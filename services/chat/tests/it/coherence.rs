//! Two processes on one store: what one of them remembers, the other changes.

use std::sync::Arc;
use std::time::Duration;

use bus::Bus as _;
use contracts::Event;
use contracts::chat::{ChatReader as _, ChatWriter as _, RoomChange, RoomEvent, SendMessage};
use contracts::friendship::FriendshipEvent;
use kernel::{Ambient, UserId};
use store::Store;
use testkit::World;
use tokio_util::sync::CancellationToken;

const DEADLINE: Duration = Duration::from_secs(10);

struct Process {
    chat: Arc<chat::App>,
    stop: CancellationToken,
}

impl Drop for Process {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Starts a chat whose memory would hold for an hour, were it not told.
async fn process(world: &World, store: &Arc<dyn Store>, bus: &Arc<bus::embedded::EmbeddedBus>) -> Process {
    let hour = 3_600_000;
    let deps = chat::Deps {
        ambient: world.ambient(),
        store: store.clone(),
        bus: bus.clone(),
        users: world.users(),
        relationships: world.relationships(),
        agents: world.agents(),
        media: world.media(),
        config: chat::Config {
            room_cache_ttl_ms: hour,
            block_cache_ttl_ms: hour,
            ..chat::Config::default()
        },
    };
    let (chat, stop) = (chat::local(deps).await.unwrap(), CancellationToken::new());
    for worker in chat::service(&chat).workers {
        tokio::spawn((worker.run)(stop.clone()));
    }
    Process { chat, stop }
}

async fn until(what: &str, check: impl AsyncFn() -> bool) {
    let wait = async {
        while !check().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(DEADLINE, wait)
        .await
        .unwrap_or_else(|_| panic!("not within {DEADLINE:?}: {what}"));
}

fn hello(room_id: kernel::RoomId, ambient: &Ambient) -> SendMessage {
    let client_id = ambient.id::<kernel::MessageId>().to_string();
    SendMessage {
        room_id,
        client_id,
        text: "hello".into(),
        reply_to: None,
        attachment_ids: vec![],
    }
}

#[tokio::test]
async fn a_removal_in_another_process_is_noticed_without_waiting_for_the_memory_to_age() {
    let world = World::new().await;
    let (store, bus) = (world.store("chat").await, world.bus().await);
    let (here, there) = (process(&world, &store, &bus).await, process(&world, &store, &bus).await);
    let (ada, bob) = (world.users().add("ada"), world.users().add("bob"));
    let app = world.app(chat::service(&there.chat));
    let body = serde_json::json!({"kind": "group", "memberIds": [bob]});
    let room = app.by(ada).post("/api/chat/rooms", body).await.expect(201)["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let id = crate::stage::id(&room);
    here.chat.send(bob, hello(id, &world.ambient())).await.unwrap();
    app.by(ada)
        .delete(&format!("/api/chat/rooms/{room}/members/{bob}"))
        .await
        .expect(204);
    let told = RoomEvent {
        room_id: id,
        version: 2,
        by: ada,
        change: RoomChange::MemberRemoved { user_id: bob },
    };
    until("the removal", async || {
        bus.publish(&[Event::new(&world.ambient(), &told).unwrap()])
            .await
            .unwrap();
        !here.chat.is_member(id, bob).await.unwrap()
    })
    .await;
}

#[tokio::test]
async fn a_block_is_noticed_as_soon_as_it_is_told() {
    let world = World::new().await;
    let (store, bus) = (world.store("chat").await, world.bus().await);
    let here = process(&world, &store, &bus).await;
    let (ada, bob): (UserId, UserId) = (world.users().add("ada"), world.users().add("bob"));
    let app = world.app(chat::service(&here.chat));
    let body = serde_json::json!({"kind": "direct", "memberIds": [bob]});
    let room = app.by(ada).post("/api/chat/rooms", body).await.expect(201)["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let id = crate::stage::id(&room);
    here.chat.send(bob, hello(id, &world.ambient())).await.unwrap();
    world.relationships().set_blocked(ada, bob);
    let told = FriendshipEvent::Blocked {
        by: ada,
        other: bob,
        version: 1,
    };
    until("the block", async || {
        bus.publish(&[Event::new(&world.ambient(), &told).unwrap()])
            .await
            .unwrap();
        let sent = here.chat.send(bob, hello(id, &world.ambient())).await;
        sent.is_err_and(|fault| fault.code == "chat.blocked")
    })
    .await;
}
