//! Drives what docs/walkthroughs tells, step by step: one test for each page, of the same name.

use blackbox::{Actor, Field as _, Instance, Socket, assemble, eventually, friends};
use serde_json::json;

#[tokio::test]
async fn a_chat_message() {
    let [ada, bob] = friends(Instance::shared(), ["ada", "bob"]).await;
    let room = ada
        .group_with(&[&bob], json!({"agentIds": [ada.agent("sage").await]}))
        .await;
    let socket = Socket::in_room(&bob, &room).await;
    // Steps 1 to 4: an answer with the number that the write assigned; the same client id is the same message.
    let sent = ada.send(&room, "once", "@sage good morning").await.is(201);
    let again = ada.send(&room, "once", "@sage good morning").await.is(200);
    assert_eq!(
        (sent.text("id"), sent.number("seq")),
        (again.text("id"), again.number("seq"))
    );
    // Steps 5 and 6: the others' sockets.
    let live = socket.message(&room, &sent.text("id")).await;
    assert_eq!(live.number("seq"), sent.number("seq"));
    // Steps 7 and 8: the agent's stream is its durable message.
    let answer = socket
        .event(&room, "message.sent", |m| m.has("author.kind", "agent"))
        .await;
    assert_eq!(assemble(&socket.frames(), &answer.text("id")), answer.text("text"));
    assert_eq!(answer.text("rootId"), sent.text("id"));
    assert_eq!(ada.history(&room).await.last().unwrap().text("id"), answer.text("id"));
}

#[tokio::test]
async fn a_sign_in() {
    let ada = Actor::signup(Instance::shared(), "ada").await;
    let elsewhere = ada.another_device().await;
    let socket = Socket::open(&elsewhere).await;
    let sessions = ada.get("/api/auth/sessions").await.is(200);
    assert_eq!(sessions["items"].as_array().unwrap().len(), 2);
    ada.delete("/api/auth/sessions").await.is(204);
    // The token dies at once, and the open socket hears of it.
    elsewhere.get("/api/users/me").await.fails(401);
    socket.own_event("session.revoked", |_| true).await;
    assert_eq!(socket.close_code().await, 4502);
    eventually("one session is left", async || {
        let left = ada.get("/api/auth/sessions").await.is(200);
        (left["items"].as_array().unwrap().len() == 1).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_post() {
    let [ada, bob] = friends(Instance::shared(), ["ada", "bob"]).await;
    // Steps 1 to 4: the same client id is the same post; it is listed and found.
    let body = json!({"text": "ravens over the #engine", "visibility": "friends", "clientId": "once"});
    let post = ada.post("/api/posts", body.clone()).await.is(201);
    assert_eq!(ada.post("/api/posts", body).await.is(200).text("id"), post.text("id"));
    let path = format!("/api/posts/{}", post.text("id"));
    let found = bob
        .get(&format!("/api/posts?author={}&tag=engine&q=rav", ada.id))
        .await
        .is(200);
    assert_eq!(found["items"][0]["id"], post["id"]);
    // Steps 5 to 7: it lies before a friend, who reacts, and is counted.
    eventually("the post in a friend's timeline", async || {
        let feed = bob.get("/api/feed").await.is(200);
        (feed["items"][0]["post"]["id"] == post["id"]).then_some(())
    })
    .await;
    let reacted = bob.put_empty(&format!("{path}/reactions/like")).await.is(200);
    assert!(reacted.has("myReaction", "like"), "{reacted}");
    bob.put_empty(&format!("{path}/reactions/love")).await.is(200);
    eventually("one reaction is counted, of the new kind", async || {
        let seen = ada.get(&path).await.is(200);
        (seen["reactions"] == json!([{"kind": "love", "count": 1}])).then_some(())
    })
    .await;
    // Step 8: gone is gone, at once and for everybody.
    ada.delete(&path).await.is(204);
    ada.get(&path).await.fails_with(404, "post.not_found");
    bob.get(&path).await.fails_with(404, "post.not_found");
}
