//! Finding messages by words.

use serde_json::json;

use crate::stage::{Stage, THUMBS_UP, column, on};

#[tokio::test]
async fn a_search_finds_the_words_of_my_rooms_only_newest_first() {
    let stage = Stage::open().await;
    let [ada, bob, cyd] = stage.people(["ada", "bob", "cyd"]);
    let (room, other) = (ada.group(&[&bob]).await, ada.group(&[]).await);
    let first = ada.say(&room, "a Needle in the hay").await;
    let second = ada.say(&other, "another needle").await;
    ada.say(&room, "just hay").await;
    stage.deliver().await;
    let found = ada.get("/api/chat/search?q=needle").await.expect(200);
    assert_eq!(column(&found, "id"), [second["id"].clone(), first["id"].clone()]);
    assert_eq!(
        column(&bob.get("/api/chat/search?q=need").await.expect(200), "id"),
        [first["id"].clone()]
    );
    assert_eq!(
        cyd.get("/api/chat/search?q=needle").await.expect(200)["items"],
        json!([])
    );
    let in_room = ada
        .get(&format!("/api/chat/search?q=needle&roomId={room}"))
        .await
        .expect(200);
    assert_eq!(column(&in_room, "id"), [first["id"].clone()]);
    bob.get(&format!("/api/chat/search?q=needle&roomId={other}"))
        .await
        .expect(404);
}

#[tokio::test]
async fn what_was_just_said_is_found_at_once() {
    let stage = Stage::open().await;
    let ada = stage.person("ada");
    let room = ada.group(&[]).await;
    for _ in 0..20 {
        let sent = ada.say(&room, "needle").await;
        let found = ada.get("/api/chat/search?q=needle").await.expect(200);
        assert_eq!(column(&found, "id")[0], sent["id"]);
    }
}

#[tokio::test]
async fn an_edited_message_is_found_by_its_new_words_and_a_deleted_one_never_again() {
    let stage = Stage::open().await;
    let ada = stage.person("ada");
    let sent = ada.say(&ada.group(&[]).await, "needle").await;
    ada.patch(&on(&sent), json!({"text": "thimble"})).await.expect(200);
    ada.put(&format!("{}/reactions/{THUMBS_UP}", on(&sent)), json!({}))
        .await
        .expect(200);
    let needle = ada.get("/api/chat/search?q=needle").await.expect(200);
    assert_eq!(needle["items"], json!([]));
    assert_eq!(
        column(&ada.get("/api/chat/search?q=thimble").await.expect(200), "seq"),
        [1]
    );
    ada.delete(&on(&sent)).await.expect(204);
    let deleted = ada.get("/api/chat/search?q=thimble").await.expect(200);
    assert_eq!(deleted["items"], json!([]));
    let kept = stage.store.scan("messages", None, 10).await.unwrap();
    assert!(
        !String::from_utf8_lossy(&kept[0].body).contains("thimble"),
        "its words are kept"
    );
}

#[tokio::test]
async fn words_are_only_words() {
    let stage = Stage::open().await;
    let ada = stage.person("ada");
    ada.group(&[]).await;
    for q in [
        "(a%2B)%2B",
        ".*",
        "%22",
        "'%20OR%201=1--",
        "NEAR(",
        "*",
        "%25",
        "a%20AND",
        "%F0%9F%91%8D",
    ] {
        ada.get(&format!("/api/chat/search?q={q}")).await.expect(200);
    }
    for query in [
        "",
        "q=",
        &format!("q={}", "x".repeat(201)),
        "q=x&roomId=1",
        "q=x&user=1",
    ] {
        ada.get(&format!("/api/chat/search?{query}")).await.expect(422);
    }
}
