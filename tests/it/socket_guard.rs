//! Sockets that misbehave, and those that should not be.

use blackbox::{Actor, Field as _, Instance, Socket, Upgrade, friends, strangers};
use serde_json::json;

const BAD_TOKEN: u16 = 4501;
const POLICY: u16 = 1008;
const TOO_LARGE: u16 = 1009;

#[tokio::test]
async fn a_bad_token_closes_the_socket() {
    let ada = Actor::signup(Instance::shared(), "ada").await;
    let socket = Socket::unsigned(&ada).await;
    socket.tell(json!({"op": "auth", "token": "a.b.c"}));
    assert_eq!(socket.close_code().await, BAD_TOKEN);
    assert!(socket.frames().iter().any(|frame| frame.has("op", "err")));
}

#[tokio::test]
async fn a_socket_that_is_not_signed_in_can_do_nothing() {
    let [ada, bob] = friends(Instance::shared(), ["ada", "bob"]).await;
    let room = ada.group(&[&bob]).await;
    let socket = Socket::unsigned(&ada).await;
    socket
        .wait("hello", |frame| frame.has("op", "hello") && frame["limits"].is_object())
        .await;
    let answer = socket
        .attempt(json!({"op": "send", "r": room, "clientId": "c", "text": "t"}))
        .await;
    assert!(answer.is_none_or(|answer| answer.has("op", "err")));
    assert!(
        ada.history(&room)
            .await
            .iter()
            .all(|message| !message.has("clientId", "c"))
    );
}

#[tokio::test]
async fn a_foreign_origin_and_a_token_in_the_address_are_refused() {
    let ada = Actor::signup(Instance::shared(), "ada").await;
    let foreign = Socket::upgrade(&ada, "", &[("origin", "https://evil.example")]).await;
    assert!(matches!(foreign, Upgrade::Refused(401 | 403)), "a foreign origin");
    for query in ["?token=", "?access_token=", "?ticket="] {
        let upgrade = Socket::upgrade(&ada, &format!("{query}{}", ada.token()), &[]).await;
        match upgrade {
            Upgrade::Refused(status) => assert!(matches!(status, 400..=403), "{query}: {status}"),
            Upgrade::Open(socket) => assert_not_signed_in(&socket, query).await,
            Upgrade::Unreachable(why) => panic!("no answer to {query}: {why}"),
        }
    }
}

async fn assert_not_signed_in(socket: &Socket, how: &str) {
    let answer = socket.attempt(json!({"op": "unsub", "rooms": []})).await;
    assert!(
        answer.is_none_or(|answer| answer.has("op", "err")),
        "signed in by {how}"
    );
    assert!(
        !socket.frames().iter().any(|frame| frame.has("op", "ready")),
        "signed in by {how}"
    );
}

#[tokio::test]
async fn a_ticket_opens_one_socket_of_its_person() {
    let ada = Actor::signup(Instance::shared(), "ada").await;
    let issued = ada.post_empty("/api/realtime/tickets").await.is(201);
    assert_eq!(issued.number("expiresIn"), 30);
    let query = format!("?ticket={}", issued.text("ticket"));
    let Upgrade::Open(socket) = Socket::upgrade(&ada.with_token(""), &query, &[]).await else {
        panic!("refused")
    };
    let ready = socket.wait("ready", |frame| frame.has("op", "ready")).await;
    assert_eq!(ready.text("userId"), ada.id);
    match Socket::upgrade(&ada, &query, &[]).await {
        Upgrade::Refused(status) => assert!(matches!(status, 401 | 403), "{status}"),
        Upgrade::Open(again) => assert_eq!(again.close_code().await, BAD_TOKEN, "a ticket works once"),
        Upgrade::Unreachable(why) => panic!("no answer: {why}"),
    }
}

#[tokio::test]
async fn a_frame_that_is_too_large_closes_only_the_offender() {
    let [ada, bob] = friends(Instance::shared(), ["ada", "bob"]).await;
    let room = ada.group(&[&bob]).await;
    let (offender, neighbour) = (Socket::in_room(&ada, &room).await, Socket::in_room(&bob, &room).await);
    offender.tell(json!({"op": "send", "id": "big", "r": room, "clientId": "big", "text": "x".repeat(100 * 1024)}));
    assert_eq!(offender.close_code().await, TOO_LARGE);
    let sent = ada.say(&room, "still here").await;
    neighbour.message(&room, &sent.text("id")).await;
}

#[tokio::test]
async fn a_flood_of_frames_closes_only_the_offender() {
    let [ada, bob] = friends(Instance::shared(), ["ada", "bob"]).await;
    let room = ada.group(&[&bob]).await;
    let (offender, neighbour) = (Socket::in_room(&ada, &room).await, Socket::in_room(&bob, &room).await);
    for _ in 0..10_000 {
        offender.tell(json!({"op": "typing", "r": room}));
    }
    assert_eq!(offender.close_code().await, POLICY);
    let sent = ada.say(&room, "still here").await;
    neighbour.message(&room, &sent.text("id")).await;
}

#[tokio::test]
async fn frames_without_sense_get_an_error_and_the_socket_lives_on() {
    let [ada, bob] = friends(Instance::shared(), ["ada", "bob"]).await;
    let room = ada.group(&[&bob]).await;
    let socket = Socket::in_room(&ada, &room).await;
    for nonsense in [
        "",
        "{",
        "[]",
        "null",
        "17",
        "{}",
        r#"{"op":17}"#,
        r#"{"op":"fly"}"#,
        r#"{"op":"send"}"#,
    ] {
        let mark = socket.mark();
        socket.tell_raw(nonsense.to_owned());
        let is_error = |frame: &serde_json::Value| frame.has("op", "err") && frame.has("code", "realtime.bad_frame");
        socket
            .wait_from(mark, &format!("an error for `{nonsense}`"), is_error)
            .await;
    }
    socket.send(&room, "after", "the nonsense").await;
}

#[tokio::test]
async fn a_socket_cannot_send_into_a_strangers_room() {
    let [ada, mallory] = strangers(Instance::shared(), ["ada", "mallory"]).await;
    let room = ada.group(&[]).await;
    let socket = Socket::open(&mallory).await;
    let frames = [
        json!({"op": "send", "r": room, "clientId": "c", "text": "t"}),
        json!({"op": "send", "r": "not-an-id", "clientId": "c", "text": "t"}),
        json!({"op": "read", "r": room, "seq": 1}),
        json!({"op": "cancel", "r": room, "runId": room}),
    ];
    for frame in frames {
        let answer = socket.attempt(frame.clone()).await.unwrap();
        assert!(
            answer.has("op", "err") && answer["code"].is_string(),
            "{frame} -> {answer}"
        );
    }
    assert!(
        ada.history(&room)
            .await
            .iter()
            .all(|message| message.has("author.id", &ada.id) || message.has("origin", "system"))
    );
}
