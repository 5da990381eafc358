//! What happens to a message after it was sent.

use blackbox::{Actor, Field as _, Instance, Socket, assert_gap_free, friends};
use serde_json::{Value, json};

#[tokio::test]
async fn edits_reactions_and_deletions_reach_live_sockets_with_growing_versions() {
    let (ada, bob, room) = two_in_a_room().await;
    let socket = Socket::in_room(&bob, &room).await;
    let sent = ada.say(&room, "helo").await;
    let path = path(&room, &sent);
    let is_it = |message: &Value| message.has("id", &sent.text("id"));
    assert_eq!(sent.number("version"), 1);
    let edited = ada.patch(&path, json!({"text": "hello"})).await.is(200);
    assert!(
        edited.has("text", "hello") && edited["editedAt"].is_string(),
        "{edited}"
    );
    assert_eq!(
        socket.event(&room, "message.edited", is_it).await["version"],
        edited["version"]
    );
    let reacted = bob.put_empty(&format!("{path}/reactions/👍")).await.is(200);
    assert_eq!(reacted["reactions"], json!([{"emoji": "👍", "count": 1, "mine": true}]));
    let seen = socket.event(&room, "message.reacted", is_it).await;
    assert_eq!(seen["reactions"][0]["userIds"], json!([bob.id]));
    assert!(
        seen["reactions"][0].get("mine").is_none(),
        "one frame serves everybody: {seen}"
    );
    ada.delete(&path).await.is(204);
    let gone = socket.event(&room, "message.deleted", is_it).await;
    assert!(
        gone.flag("deleted") && gone.has("text", "") && gone["seq"] == sent["seq"],
        "{gone}"
    );
    let versions = [&sent, &edited, &seen, &gone].map(|message| message.number("version"));
    assert!(versions.windows(2).all(|pair| pair[0] < pair[1]), "{versions:?}");
}

#[tokio::test]
async fn changes_to_old_messages_reach_a_resumed_socket_and_use_up_no_sequence() {
    let (ada, bob, room) = two_in_a_room().await;
    let messages = [
        ada.say(&room, "one").await,
        ada.say(&room, "two").await,
        ada.say(&room, "three").await,
    ];
    let held = messages[2].number("seq");
    ada.patch(&path(&room, &messages[0]), json!({"text": "first"}))
        .await
        .is(200);
    ada.delete(&path(&room, &messages[1])).await.is(204);
    bob.put_empty(&format!("{}/reactions/❤️", path(&room, &messages[2])))
        .await
        .is(200);
    let socket = Socket::open(&bob).await;
    assert_eq!(
        socket.sub_from(&room, held).await,
        Some(held),
        "changes use up no sequence"
    );
    let edited = socket
        .event(&room, "message.edited", |message| message["id"] == messages[0]["id"])
        .await;
    assert_eq!(edited.text("text"), "first");
    socket
        .event(&room, "message.deleted", |message| message["id"] == messages[1]["id"])
        .await;
    socket
        .event(&room, "message.reacted", |message| message["id"] == messages[2]["id"])
        .await;
    assert!(socket.events(&room, "message.sent").is_empty(), "nothing new was sent");
    assert_gap_free(&ada.history(&room).await);
}

#[tokio::test]
async fn a_deleted_message_never_comes_back() {
    let (ada, bob, room) = two_in_a_room().await;
    let sent = ada.send(&room, "gone", "regret").await.is(201);
    ada.delete(&path(&room, &sent)).await.is(204);
    let edit = ada.patch(&path(&room, &sent), json!({"text": "back"})).await;
    assert!(matches!(edit.status, 404 | 409), "{}: {}", edit.status, edit.text);
    let reaction = bob.put_empty(&format!("{}/reactions/👍", path(&room, &sent))).await;
    assert!(
        matches!(reaction.status, 404 | 409),
        "{}: {}",
        reaction.status,
        reaction.text
    );
    let again = ada.send(&room, "gone", "regret").await.is(200);
    assert!(
        again.flag("deleted") && again.has("text", ""),
        "a repeated send brings the text back: {again}"
    );
    let kept = bob.history(&room).await;
    let kept = kept.iter().find(|message| message["id"] == sent["id"]).unwrap();
    assert!(
        kept.flag("deleted") && kept.has("text", "") && kept["reactions"] == json!([]),
        "{kept}"
    );
}

#[tokio::test]
async fn others_may_not_edit_and_only_admins_may_delete() {
    let (ada, bob, room) = two_in_a_room().await;
    let of_ada = ada.say(&room, "mine").await;
    let of_bob = bob.say(&room, "Bob's").await;
    bob.patch(&path(&room, &of_ada), json!({"text": "forged"}))
        .await
        .fails(403);
    bob.delete(&path(&room, &of_ada)).await.fails(403);
    ada.patch(&path(&room, &of_bob), json!({"text": "forged"}))
        .await
        .fails(403);
    ada.delete(&path(&room, &of_bob)).await.is(204);
}

#[tokio::test]
async fn a_message_of_one_room_cannot_be_reached_through_another() {
    let (ada, bob, room) = two_in_a_room().await;
    let other = ada.group(&[&bob]).await;
    let sent = ada.say(&room, "here").await;
    ada.patch(&path(&other, &sent), json!({"text": "there"}))
        .await
        .fails(404);
    ada.delete(&path(&other, &sent)).await.fails(404);
    ada.put_empty(&format!("{}/pin", path(&other, &sent))).await.fails(404);
    let reply = json!({"clientId": "r", "text": "re", "replyTo": sent.text("id")});
    let crossed = ada.post(&format!("/api/chat/rooms/{other}/messages"), reply).await;
    assert!(
        matches!(crossed.status, 404 | 422),
        "{}: {}",
        crossed.status,
        crossed.text
    );
}

#[tokio::test]
async fn reactions_are_one_per_person_and_emoji_and_can_be_taken_back() {
    let (ada, bob, room) = two_in_a_room().await;
    let reaction = format!("{}/reactions/🎉", path(&room, &ada.say(&room, "party").await));
    ada.put_empty(&reaction).await.is(200);
    ada.put_empty(&reaction).await.is(200);
    assert_eq!(bob.put_empty(&reaction).await.is(200)["reactions"][0]["count"], 2);
    let left = ada.delete(&reaction).await.is(200);
    assert_eq!(left["reactions"], json!([{"emoji": "🎉", "count": 1, "mine": false}]));
}

#[tokio::test]
async fn pins_are_shown_in_the_room_and_told_to_it() {
    let (ada, bob, room) = two_in_a_room().await;
    let socket = Socket::in_room(&bob, &room).await;
    let sent = ada.say(&room, "keep this").await;
    let pin = format!("{}/pin", path(&room, &sent));
    bob.put_empty(&pin).await.fails(403);
    ada.put_empty(&pin).await.is(204);
    socket
        .event(&room, "message.pinned", |event| {
            event.has("messageId", &sent.text("id"))
        })
        .await;
    assert_eq!(bob.room(&room).await["pinned"], json!([sent["id"]]));
    ada.delete(&pin).await.is(204);
    socket
        .event(&room, "message.unpinned", |event| {
            event.has("messageId", &sent.text("id"))
        })
        .await;
    assert_eq!(bob.room(&room).await["pinned"], json!([]));
}

async fn two_in_a_room() -> (Actor, Actor, String) {
    let [ada, bob] = friends(Instance::shared(), ["ada", "bob"]).await;
    let room = ada.group(&[&bob]).await;
    (ada, bob, room)
}

fn path(room: &str, message: &Value) -> String {
    format!("/api/chat/rooms/{room}/messages/{}", message.text("id"))
}
