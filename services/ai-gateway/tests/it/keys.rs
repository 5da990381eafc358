//! Gateway keys and what they used.

use std::time::Duration;

use contracts::auth::AccountEvent;
use serde_json::{Value, json};
use store::{Fields, Index, Op, RawDocument};
use testkit::{Asker, End, Script, ScriptedUpstream};

use super::{Dialect, Frames, Setup, chat};

impl Setup {
    fn with_key(&self, key: &str) -> Asker {
        self.app.anonymous().header("authorization", &format!("Bearer {key}"))
    }

    async fn made(&self, name: &str) -> (String, String) {
        let made = self
            .ada()
            .post("/api/ai/keys", json!({ "name": name }))
            .await
            .expect(201);
        (
            made["id"].as_str().unwrap().to_owned(),
            made["key"].as_str().unwrap().to_owned(),
        )
    }
}

#[tokio::test]
async fn a_key_is_shown_once_works_at_the_gateway_alone_and_dies_when_revoked() {
    let s = Setup::demo().await;
    let (id, key) = s.made("laptop").await;
    assert!(key.starts_with("sk-aichat-"));
    s.with_key(&key)
        .post("/v1/chat/completions", chat("demo/scripted", "hi", false))
        .await
        .expect(200);
    s.with_key(&key).get("/api/ai/keys").await.expect(401);
    s.flush().await;
    let list = s.ada().get("/api/ai/keys").await;
    assert!(!list.text.contains(&key));
    let listed = &list.expect(200)["items"][0];
    assert_eq!(
        (&listed["name"], &listed["lastUsedAt"]),
        (&json!("laptop"), &json!("2026-01-01T00:00:00.000Z"))
    );
    assert!(key.starts_with(listed["prefix"].as_str().unwrap()));
    s.ada().delete(&format!("/api/ai/keys/{id}")).await.expect(204);
    assert_eq!(
        s.with_key(&key).get("/v1/models").await.expect_code(401),
        "ai.key_invalid"
    );
    s.ada().delete(&format!("/api/ai/keys/{id}")).await.expect(404);
    assert!(
        s.ada().get("/api/ai/keys").await.expect(200)["items"]
            .as_array()
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn keys_are_ones_own() {
    let s = Setup::demo().await;
    let (id, _) = s.made("mine").await;
    let grace = s.app.by(s.world.users().add("grace"));
    grace.delete(&format!("/api/ai/keys/{id}")).await.expect(404);
    assert!(
        grace.get("/api/ai/keys").await.expect(200)["items"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    for bad in [
        "sk-aichat-wrong",
        "sk-aichat-",
        "not a token",
        &format!("sk-aichat-{}", "x".repeat(9000)),
    ] {
        s.with_key(bad).get("/v1/models").await.expect(401);
    }
}

#[tokio::test]
async fn one_may_have_twenty_even_when_asked_for_all_at_once() {
    let s = Setup::demo().await;
    let asked = futures::future::join_all((0..25).map(|n| {
        let ada = s.ada();
        async move { ada.post("/api/ai/keys", json!({ "name": format!("key {n}") })).await }
    }));
    let statuses: Vec<u16> = asked.await.iter().map(|r| r.status.as_u16()).collect();
    assert_eq!(statuses.iter().filter(|s| **s == 201).count(), 20, "{statuses:?}");
    assert_eq!(
        s.ada()
            .post("/api/ai/keys", json!({"name": "one more"}))
            .await
            .expect_code(409),
        "ai.too_many_keys"
    );
    let first = s.ada().get("/api/ai/keys?limit=15").await.expect(200);
    let next = s
        .ada()
        .get(&format!(
            "/api/ai/keys?limit=15&cursor={}",
            first["nextCursor"].as_str().unwrap()
        ))
        .await
        .expect(200);
    assert_eq!(
        (next["items"].as_array().unwrap().len(), next["nextCursor"].is_null()),
        (5, true)
    );
}

#[tokio::test]
async fn a_name_is_needed_and_unknown_fields_are_refused() {
    let s = Setup::demo().await;
    for (body, field) in [
        (json!({"name": ""}), "name"),
        (json!({}), "name"),
        (json!({"name": "a", "owner": "b"}), "owner"),
    ] {
        assert_eq!(
            s.ada().post("/api/ai/keys", body).await.expect(422)["errors"][0]["field"],
            field
        );
    }
    s.ada().get("/api/ai/keys?cursor=nonsense").await.expect(422);
}

#[tokio::test]
async fn usage_is_added_up_by_day_and_model_with_an_event_for_each_call() {
    let s = Setup::demo().await;
    for _ in 0..3 {
        s.ada()
            .post("/v1/chat/completions", chat("demo/scripted", "hi", false))
            .await
            .expect(200);
    }
    s.flush().await;
    s.world.advance(Duration::from_secs(24 * 3600));
    s.ada()
        .post("/v1/chat/completions", chat("demo/scripted", "hi", false))
        .await
        .expect(200);
    s.flush().await;
    let usage = s.ada().get("/api/ai/usage").await.expect(200);
    let rows: Vec<_> = usage["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| (r["day"].as_str().unwrap(), r["calls"].as_u64().unwrap()))
        .collect();
    assert_eq!(rows, [("2026-01-02", 1), ("2026-01-01", 3)]);
    assert!(usage["items"][1]["completionTokens"].as_u64() > usage["items"][0]["completionTokens"].as_u64());
    let events = s.metered().await;
    assert_eq!(events.len(), 4);
    assert!(
        events
            .iter()
            .all(|e| e.user_id == s.ada && e.model == "demo/scripted" && e.completion_tokens > 0)
    );
}

#[tokio::test]
async fn a_ban_ends_the_keys_and_erasing_leaves_nothing() {
    let s = Setup::demo().await;
    let (_, key) = s.made("one").await;
    s.with_key(&key)
        .post("/v1/chat/completions", chat("demo/scripted", "hi", false))
        .await
        .expect(200);
    s.flush().await;
    s.told(AccountEvent::Banned {
        user_id: s.ada,
        reason: "spam".into(),
    })
    .await;
    s.with_key(&key).get("/v1/models").await.expect(401);
    assert_eq!(s.store.scan("keys", None, 10).await.unwrap(), []);
    s.ada()
        .post("/v1/chat/completions", chat("demo/scripted", "hi", false))
        .await
        .expect(200);
    s.told(AccountEvent::Deleted { user_id: s.ada }).await;
    s.flush().await;
    assert_eq!(s.store.scan("usage", None, 10).await.unwrap(), []);
}

#[tokio::test]
async fn what_ends_after_its_payer_was_erased_leaves_nothing() {
    let stalled = Script::Stream(vec!["data: {}\n\n".into()], End::Stall);
    let upstream = ScriptedUpstream::start([stalled]).await;
    let s = Setup::before(&upstream, Dialect::OpenAi).await;
    let running = Frames::open(&s.ada(), &chat("scripted-1", "x", true).to_string()).await;
    s.told(AccountEvent::Deleted { user_id: s.ada }).await;
    drop(running);
    upstream.abandoned(1).await;
    assert!(s.metered().await.is_empty(), "nor is anybody told of it");
    assert_eq!(s.store.scan("usage", None, 10).await.unwrap(), []);
    let s = s.reopened().await;
    s.ada()
        .post("/v1/chat/completions", chat("demo/scripted", "hi", false))
        .await
        .expect(200);
    assert!(s.metered().await.is_empty(), "after a restart as well");
    assert_eq!(s.store.scan("usage", None, 10).await.unwrap(), []);
}

#[tokio::test]
async fn a_key_that_comes_after_the_ban_never_holds() {
    let s = Setup::demo().await;
    let (_, key) = s.made("one").await;
    let kept = s.store.scan("keys", None, 10).await.unwrap().remove(0);
    let told = || AccountEvent::Banned {
        user_id: s.ada,
        reason: "spam".into(),
    };
    s.told(told()).await;
    let refused = s.ada().post("/api/ai/keys", json!({"name": "two"})).await;
    assert_eq!(refused.expect_code(401), "ai.account_gone");
    assert_eq!(s.store.scan("keys", None, 10).await.unwrap(), []);
    // One that another process was just writing.
    let doc: Value = serde_json::from_slice(&kept.body).unwrap();
    const INDEXES: [Index; 2] = [
        Index::unique("hash", &["hash"]),
        Index::plain("owner", &["ownerId", "slot", "createdAt"]),
    ];
    let raw = RawDocument {
        collection: "keys",
        id: kept.id,
        fields: Fields::from_json(&INDEXES, doc),
        body: kept.body,
    };
    s.store.write(Op::Insert(raw).into()).await.unwrap();
    s.with_key(&key).get("/v1/models").await.expect(401);
    s.reopened().await.with_key(&key).get("/v1/models").await.expect(401);
}
