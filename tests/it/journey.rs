//! The main job from end to end.

use blackbox::{Actor, Field as _, Instance, Socket, assemble, assert_gap_free, friends};
use serde_json::{Value, json};

#[tokio::test]
async fn people_and_an_agent_talk_in_a_room_and_everything_is_there_after_a_kill_and_a_restart() {
    let Some(mut product) = Instance::own() else { return };
    let [ada, bob] = friends(&product, ["ada", "bob"]).await;
    let room = ada
        .group_with(&[&bob], json!({"title": "Tea", "agentIds": [ada.agent("sage").await]}))
        .await;
    let sockets = [Socket::in_room(&ada, &room).await, Socket::in_room(&bob, &room).await];
    bob.say(&room, "hello Ada").await;
    ada.say(&room, "@sage hello, my name is Ada").await;
    for socket in &sockets {
        answer_streamed_to(socket, &room).await;
    }
    let before = everything(&ada, &room).await;
    product.kill9();
    product.up();
    assert_eq!(everything(&ada, &room).await, before, "after a kill");
    product.stop();
    product.up();
    assert_eq!(everything(&ada, &room).await, before, "after a restart");
    bob.say(&room, "and on we talk").await;
    assert_gap_free(&ada.history(&room).await);
}

#[tokio::test]
async fn an_agent_alone_with_a_person_always_answers_and_recalls_what_was_said() {
    let ada = Actor::signup(Instance::shared(), "ada").await;
    let body = json!({"kind": "direct", "memberIds": [], "agentIds": [ada.agent("muse").await]});
    let room = ada.post("/api/chat/rooms", body).await.is(201).text("id");
    let socket = Socket::in_room(&ada, &room).await;
    ada.say(&room, "my name is Ada").await;
    let first = answer_streamed_to(&socket, &room).await;
    ada.say(&room, "what is my name?").await;
    let is_second = |message: &Value| message.has("author.kind", "agent") && !message.has("id", &first.text("id"));
    let second = socket.event(&room, "message.sent", is_second).await;
    assert!(second.text("text").contains("Ada"), "{second}");
    assert!(second.flag("ai.demo"), "the scripted provider must be badged: {second}");
}

/// Waits for the durable answer, and expects the streamed characters to be exactly its text.
async fn answer_streamed_to(socket: &Socket, room: &str) -> Value {
    let answer = socket
        .event(room, "message.sent", |message| message.has("author.kind", "agent"))
        .await;
    assert_eq!(assemble(&socket.frames(), &answer.text("id")), answer.text("text"));
    assert_eq!(answer.text("ai.state"), "complete");
    answer
}

async fn everything(actor: &Actor, room: &str) -> Value {
    let history = actor.history(room).await;
    assert!(
        history.iter().any(|message| message.has("author.kind", "agent")),
        "no answer in {history:?}"
    );
    let friends = actor.get("/api/friendships").await.is(200);
    let me = actor.get("/api/users/me").await.is(200);
    json!({"room": actor.room(room).await, "history": history, "friends": friends, "me": me})
}
