//! Devices.

use contracts::auth::AccountEvent;
use kernel::SessionId;
use notification::Config;
use serde_json::{Value, json};

use crate::house::{House, quick};

const POINT: &str = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";

fn browser(endpoint: &str) -> Value {
    json!({ "kind": "webPush", "endpoint": endpoint, "keys": { "p256dh": POINT, "auth": "BTBZMqHH6r4Tts7J_aSIgg" } })
}

#[tokio::test]
async fn a_device_is_whose_it_was_last_and_shows_nothing_of_its_way() {
    let h = House::new().await;
    let [ada, grace] = h.people(["ada", "grace"]);
    let path = "/api/notifications/devices";
    h.phone(ada, "same").await;
    h.phone(ada, "same").await;
    h.world.advance(std::time::Duration::from_secs(1));
    h.app
        .by(ada)
        .post(path, browser("https://push.example.com/secret-way"))
        .await
        .expect(201);
    let page = h.app.by(ada).get(path).await.expect(200);
    assert_eq!(
        (&page["items"][1]["kind"], &page["items"][1]["service"]),
        (&json!("webPush"), &json!("push.example.com"))
    );
    assert!(!page.to_string().contains("secret-way") && !page.to_string().contains("same]"));
    h.phone(grace, "same").await;
    assert_eq!((h.devices(ada).await, h.devices(grace).await), (1, 1));
    let id = page["items"][1]["id"].as_str().unwrap();
    h.app.by(grace).delete(&format!("{path}/{id}")).await.expect(404);
    h.app.by(ada).delete(&format!("{path}/{id}")).await.expect(204);
    h.app.by(ada).delete(&format!("{path}/{id}")).await.expect(404);
}

#[tokio::test]
async fn a_device_goes_with_its_session_and_with_a_ban() {
    let h = House::new().await;
    let [ada] = h.people(["ada"]);
    let session: SessionId = h.ambient.id();
    let body = json!({ "kind": "expo", "token": "ExponentPushToken[x]" });
    h.app
        .by(ada)
        .on_session(session)
        .post("/api/notifications/devices", body)
        .await
        .expect(201);
    h.phone(ada, "y").await;
    h.hear(&AccountEvent::SessionRevoked {
        user_id: ada,
        session_id: session,
    })
    .await;
    assert_eq!(h.devices(ada).await, 1);
    h.hear(&AccountEvent::Banned {
        user_id: ada,
        reason: "spam".into(),
    })
    .await;
    assert_eq!(h.devices(ada).await, 0);
}

#[tokio::test]
async fn a_device_of_a_session_that_ended_meanwhile_is_not_kept() {
    let h = House::new().await;
    let [ada] = h.people(["ada"]);
    let session: SessionId = h.ambient.id();
    h.mailboxes.ended.lock().insert(session);
    let body = json!({ "kind": "expo", "token": "ExponentPushToken[x]" });
    let by = h.app.by(ada).on_session(session);
    by.post("/api/notifications/devices", body).await.expect(401);
    assert_eq!(h.devices(ada).await, 0);
}

#[tokio::test]
async fn the_oldest_devices_go_when_there_are_too_many() {
    let h = House::with(Config {
        devices_max: 2,
        ..quick()
    })
    .await;
    let [ada] = h.people(["ada"]);
    for name in ["a", "b", "c"] {
        h.world.advance(std::time::Duration::from_secs(1));
        h.phone(ada, name).await;
    }
    assert_eq!(h.devices(ada).await, 2);
}

#[tokio::test]
async fn ways_that_lead_into_ones_own_network_or_nowhere_are_refused() {
    let h = House::new().await;
    let [ada] = h.people(["ada"]);
    let keys = |p256dh: &str, auth: &str| json!({ "kind": "webPush", "endpoint": "https://push.example.com/x", "keys": { "p256dh": p256dh, "auth": auth } });
    for body in [
        browser("https://127.0.0.1/x"),
        browser("https://169.254.169.254/latest/meta-data"),
        browser("https://[::ffff:10.0.0.1]/x"),
        browser("http://push.example.com/x"),
        browser("nonsense"),
        keys("AA", "BTBZMqHH6r4Tts7J_aSIgg"),
        keys(POINT, "AA"),
        json!({ "kind": "expo", "token": "hello" }),
        json!({ "kind": "expo", "token": "ExponentPushToken[x]", "more": 1 }),
        json!({ "kind": "pigeon" }),
    ] {
        h.app.by(ada).post("/api/notifications/devices", body).await.expect(422);
    }
}
