//! What a client asks over its socket.

use serde_json::json;

use crate::client::Client;
use crate::rig::Rig;

#[tokio::test]
async fn a_send_is_answered_when_it_is_durable_and_a_repeat_with_the_first() {
    let (rig, [ada], room) = Rig::people(["ada"]).await;
    let mut client = Client::of(&rig, ada).await;
    let send = json!({"op": "send", "r": room, "clientId": "c1", "text": "hello"});
    let first = client.ask(send.clone()).await;
    let stored = rig.chat.with(room, |r| r.messages[0].id);
    assert_eq!(
        first,
        json!({"op": "ok", "id": "q", "messageId": stored, "seq": 1, "repeat": false})
    );
    assert_eq!(client.ask(send).await["repeat"], true);
}

#[tokio::test]
async fn sends_of_one_socket_that_do_not_wait_for_each_other_stay_in_order() {
    let (rig, [ada], room) = Rig::people(["ada"]).await;
    let mut client = Client::of(&rig, ada).await;
    for n in 0..100 {
        client
            .say(json!({"op": "send", "id": n, "r": room, "clientId": n.to_string(), "text": "t"}))
            .await;
    }
    client.wait(|f| f["id"] == 99).await;
    let order: Vec<_> = rig.chat.with(room, |r| {
        r.messages.iter().map(|m| m.client_id.clone().unwrap()).collect()
    });
    assert_eq!(order, (0..100).map(|n| n.to_string()).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_chat_refuses_is_an_error_with_its_code() {
    let (rig, [ada], room) = Rig::people(["ada"]).await;
    let others = rig.chat.room(&[]);
    let mut client = Client::of(&rig, ada).await;
    let refused = client
        .ask(json!({"op": "send", "r": others, "clientId": "c", "text": "t"}))
        .await;
    assert_eq!(
        (&refused["code"], &refused["r"]),
        (&json!("chat.not_found"), &json!(others))
    );
    *rig.chat.away.lock() = true;
    let refused = client
        .ask(json!({"op": "send", "r": room, "clientId": "c", "text": "t"}))
        .await;
    assert_eq!(
        (&refused["code"], &refused["retryAfterMs"]),
        (&json!("store.unavailable"), &json!(10))
    );
}

#[tokio::test]
async fn a_read_marker_is_answered_with_what_is_unread() {
    let (rig, [ada], room) = Rig::people(["ada"]).await;
    (1..=3).for_each(|n| drop(rig.chat.commit(room, ada, &n.to_string())));
    let mut client = Client::of(&rig, ada).await;
    let answer = client.ask(json!({"op": "read", "r": room, "seq": 2})).await;
    assert_eq!(answer, json!({"op": "ok", "id": "q", "seq": 2, "unread": 1}));
}

#[tokio::test]
async fn typing_is_told_to_the_others_and_not_by_strangers() {
    let (rig, [ada, bob], room) = Rig::people(["ada", "bob"]).await;
    let stranger = rig.users.add("mallory");
    let (mut a, mut b) = (
        Client::in_room(&rig, ada, room).await,
        Client::in_room(&rig, bob, room).await,
    );
    let mut m = Client::of(&rig, stranger).await;
    assert_eq!(
        m.ask(json!({"op": "typing", "r": room})).await["code"],
        "chat.not_found"
    );
    a.say(json!({"op": "typing", "r": room})).await;
    assert_eq!(b.event("typing").await["d"], json!({"userId": ada}));
    rig.sent(room, bob, "a fence").await;
    a.until(1).await;
    assert!(!a.saw(|f| f["t"] == "typing"));
}

#[tokio::test]
async fn nonsense_is_an_error_and_the_socket_lives_on() {
    let (rig, [ada], _) = Rig::people(["ada"]).await;
    let mut client = Client::of(&rig, ada).await;
    for nonsense in ["", "[]", r#"{"op":"fly"}"#, r#"{"op":"send"}"#] {
        let mark = client.frames.len();
        client.say_raw(nonsense.into()).await;
        client
            .wait_from(mark, |f| f["op"] == "err" && f["code"] == "realtime.bad_frame")
            .await;
    }
    assert_eq!(
        client.ask(json!({"op": "unsub", "rooms": []})).await,
        json!({"op": "ok", "id": "q"})
    );
}
