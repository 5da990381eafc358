//! Profiles: what one changes, what others see.

use blackbox::{Actor, Field as _, Instance, Reply, eventually, strangers};
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn a_profile_is_changed_by_its_owner_and_seen_by_others() {
    let [ada, bob] = strangers(Instance::shared(), ["ada", "bob"]).await;
    let me = ada
        .patch(
            "/api/users/me",
            json!({"displayName": "Ada L.", "bio": "<b>counts</b>"}),
        )
        .await
        .is(200);
    assert_eq!(
        (me.text("displayName"), me.text("email")),
        ("Ada L.".into(), ada.email.clone())
    );
    let seen = bob.get(&format!("/api/users/{}", ada.id)).await.is(200);
    assert_eq!(
        (seen.text("displayName"), seen.text("bio")),
        ("Ada L.".into(), "<b>counts</b>".into())
    );
    let by_handle = bob.get(&format!("/api/users/by-handle/{}", ada.handle)).await.is(200);
    assert_eq!(by_handle.text("id"), ada.id);
    bob.patch("/api/users/me", json!({"handle": ada.handle}))
        .await
        .fails_with(409, "user.handle_taken");
}

#[tokio::test]
async fn a_stale_change_is_refused_with_412() {
    let ada = Actor::signup(Instance::shared(), "ada").await;
    let etag = ada.get("/api/users/me").await.header("etag").to_owned();
    assert!(!etag.is_empty());
    let change = async |bio: &str| {
        let request = ada.request(Method::PATCH, "/api/users/me").header("if-match", &etag);
        Reply::of(request.json(&json!({"bio": bio}))).await
    };
    let changed = change("first").await;
    changed.is(200);
    assert_ne!(changed.header("etag"), etag);
    change("second").await.fails(412);
    assert_eq!(ada.get("/api/users/me").await.is(200).text("bio"), "first");
}

#[tokio::test]
async fn search_finds_a_word_of_a_name_but_not_those_who_hide() {
    let [ada, bob] = strangers(Instance::shared(), ["ada", "bob"]).await;
    let word = blackbox::unique("zeb").replace('_', "");
    ada.patch("/api/users/me", json!({"displayName": format!("Ada {word}")}))
        .await
        .is(200);
    let found = async || {
        let items = bob
            .get(&format!("/api/users?query={}", &word[..10]))
            .await
            .is(200)
            .list("items");
        items.iter().any(|user| user.has("id", &ada.id))
    };
    eventually("found by a prefix", async || found().await.then_some(())).await;
    let privacy = ada.get("/api/users/me").await.is(200)["privacy"].clone();
    let mut hidden = privacy.clone();
    hidden["findable"] = json!(false);
    ada.patch("/api/users/me", json!({"privacy": hidden})).await.is(200);
    eventually("hidden", async || (!found().await).then_some(())).await;
}

#[tokio::test]
async fn a_person_can_be_reported() {
    let [ada, bob] = strangers(Instance::shared(), ["ada", "bob"]).await;
    let path = format!("/api/users/{}/reports", bob.id);
    ada.post(&path, json!({"reason": "spam", "detail": "many links"}))
        .await
        .is(202);
    ada.post(&path, json!({"reason": "dislike"})).await.blames("reason");
}

#[tokio::test]
async fn lists_are_paged_to_their_end() {
    let [ada, b, c, d] = strangers(Instance::shared(), ["ada", "b", "c", "d"]).await;
    for other in [&b, &c, &d] {
        ada.group(&[]).await;
        ada.befriend(other).await;
    }
    for path in ["/api/friendships", "/api/chat/rooms"] {
        let first = ada.get(&format!("{path}?limit=2")).await.is(200);
        let rest = ada
            .get(&format!("{path}?limit=2&cursor={}", first.text("nextCursor")))
            .await
            .is(200);
        assert_eq!((first.list("items").len(), rest.list("items").len()), (2, 1), "{path}");
        assert!(rest["nextCursor"].is_null(), "{path}: {rest}");
    }
}
