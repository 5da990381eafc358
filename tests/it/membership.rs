//! Who may see a room, and from when to when.

use blackbox::{Actor, Field as _, Instance, Socket, friends, strangers};
use serde_json::json;

#[tokio::test]
async fn a_removed_member_receives_nothing_more_on_any_path_and_sees_again_when_added_again() {
    let [ada, bob] = friends(Instance::shared(), ["ada", "bob"]).await;
    let (room, other) = (ada.group(&[&bob]).await, ada.group(&[&bob]).await);
    let socket = Socket::in_room(&bob, &room).await;
    socket.sub(&other).await;
    let held = ada.say(&room, "welcome").await.number("seq");
    ada.delete(&member(&room, &bob)).await.is(204);
    let secret = ada.say(&room, "a secret").await.text("id");
    let fence = ada.say(&other, "a fence").await.text("id");
    socket.message(&other, &fence).await;
    socket
        .own_event("room.removed", |event| event.has("roomId", &room))
        .await;
    assert!(
        !socket.frames().iter().any(|frame| frame.to_string().contains(&secret)),
        "told to the removed"
    );
    assert_resume_refused(&bob, &room, held).await;
    bob.get(&format!("/api/chat/rooms/{room}")).await.fails(404);
    bob.get(&format!("/api/chat/rooms/{room}/messages?after=0"))
        .await
        .fails(404);
    bob.send(&room, "from-outside", "may I?").await.fails(404);
    ada.put(&member(&room, &bob), json!({})).await.is(201);
    let back = Socket::in_room(&bob, &room).await;
    let again = ada.say(&room, "welcome back").await.text("id");
    back.message(&room, &again).await;
    assert_eq!(bob.room(&room).await.text("lastMessage.id"), again);
}

async fn assert_resume_refused(actor: &Actor, room: &str, held: u64) {
    let socket = Socket::open(actor).await;
    socket.tell(json!({"op": "sub", "id": "resume", "rooms": [{"r": room, "o": held}]}));
    let refusal = socket.wait("an answer to sub", |frame| frame.has("r", room)).await;
    assert_eq!(
        (refusal.text("op"), refusal.text("code")),
        ("err".into(), "chat.not_found".into()),
        "{refusal}"
    );
}

#[tokio::test]
async fn a_stranger_gets_404_on_everything_of_a_room() {
    let [ada, bob, mallory] = friends(Instance::shared(), ["ada", "bob", "mallory"]).await;
    let room = ada.group(&[&bob]).await;
    let path = format!("/api/chat/rooms/{room}");
    mallory.get(&path).await.fails(404);
    mallory.patch(&path, json!({"title": "mine"})).await.fails(404);
    mallory.delete(&path).await.fails(404);
    mallory.get(&format!("{path}/messages")).await.fails(404);
    mallory.put(&format!("{path}/read"), json!({"seq": 1})).await.fails(404);
    mallory
        .put(&member(&room, &mallory), json!({"role": "owner"}))
        .await
        .fails(404);
    mallory.send(&room, "x", "let me in").await.fails(404);
    assert_resume_refused(&mallory, &room, 0).await;
}

#[tokio::test]
async fn roles_decide_who_may_rename_add_and_remove() {
    let [ada, bob, cyd, dan] = friends(Instance::shared(), ["ada", "bob", "cyd", "dan"]).await;
    let room = ada.group(&[&bob, &cyd]).await;
    let path = format!("/api/chat/rooms/{room}");
    bob.patch(&path, json!({"title": "Bob's"})).await.fails(403);
    bob.delete(&member(&room, &cyd)).await.fails(403);
    bob.put(&member(&room, &bob), json!({"role": "owner"})).await.fails(403);
    bob.delete(&path).await.fails(403);
    ada.put(&member(&room, &bob), json!({"role": "admin"})).await.is(200);
    assert_eq!(
        bob.patch(&path, json!({"title": "Bob's"})).await.is(200).text("title"),
        "Bob's"
    );
    bob.delete(&member(&room, &ada)).await.fails(403);
    ada.put(&member(&room, &dan), json!({})).await.is(201);
    ada.delete(&path).await.is(204);
    bob.get(&path).await.fails(404);
}

#[tokio::test]
async fn a_new_member_is_told_and_one_who_leaves_is_gone() {
    let [ada, bob, cyd] = friends(Instance::shared(), ["ada", "bob", "cyd"]).await;
    let room = ada.group(&[&bob]).await;
    let (in_room, outside) = (Socket::in_room(&bob, &room).await, Socket::open(&cyd).await);
    ada.put(&member(&room, &cyd), json!({})).await.is(201);
    outside
        .own_event("room.added", |event| event.has("roomId", &room))
        .await;
    in_room
        .event(&room, "room.member_added", |event| event.has("userId", &cyd.id))
        .await;
    cyd.delete(&member(&room, &cyd)).await.is(204);
    in_room
        .event(&room, "room.member_removed", |event| event.has("userId", &cyd.id))
        .await;
    cyd.get(&format!("/api/chat/rooms/{room}")).await.fails(404);
    let rooms = cyd.get("/api/chat/rooms").await.is(200).list("items");
    assert!(!rooms.iter().any(|listed| listed.has("id", &room)));
}

#[tokio::test]
async fn a_room_opened_with_me_appears_on_my_socket_and_its_messages_as_activity() {
    let [ada, bob] = friends(Instance::shared(), ["ada", "bob"]).await;
    let socket = Socket::open(&bob).await;
    let room = ada.group(&[&bob]).await;
    socket.own_event("room.added", |event| event.has("roomId", &room)).await;
    let sent = ada.say(&room, "are you there?").await;
    let activity = socket.own_event("room.activity", |event| {
        event.has("roomId", &room) && event["seq"] == sent["seq"]
    });
    assert_eq!(activity.await.text("authorId"), ada.id);
    assert!(
        socket.events(&room, "message.sent").is_empty(),
        "not subscribed, so no text"
    );
}

#[tokio::test]
async fn only_the_permitted_may_be_drawn_into_a_room() {
    let [ada, bob] = strangers(Instance::shared(), ["ada", "bob"]).await;
    bob.put_empty(&format!("/api/users/me/blocks/{}", ada.id)).await.is(204);
    let refused = ada
        .post("/api/chat/rooms", json!({"kind": "direct", "memberIds": [bob.id]}))
        .await;
    assert!(
        matches!(refused.status, 403 | 404),
        "{} {}",
        refused.status,
        refused.text
    );
    let unknown = blackbox::unknown_id();
    let refused = ada
        .post("/api/chat/rooms", json!({"kind": "direct", "memberIds": [unknown]}))
        .await;
    assert!(
        matches!(refused.status, 404 | 422),
        "{} {}",
        refused.status,
        refused.text
    );
}

fn member(room: &str, actor: &Actor) -> String {
    format!("/api/chat/rooms/{room}/members/{}", actor.id)
}
