//! One send is one message, on every path and for ever.

use std::collections::BTreeSet;

use blackbox::{Field as _, Instance, Socket, assert_gap_free, friends};
use futures::future::{Either, join_all};
use serde_json::json;

#[tokio::test]
async fn the_same_client_id_sent_20_times_from_3_connections_is_one_message() {
    let [ada, bob] = friends(Instance::shared(), ["ada", "bob"]).await;
    let room = ada.group(&[&bob]).await;
    let sockets = [Socket::open(&ada).await, Socket::open(&ada).await];
    let sends = (0..20).map(|number: usize| match sockets.get(number % 3) {
        Some(socket) => Either::Left(async {
            let ok = socket.send(&room, "once", "only once").await;
            (ok.text("messageId"), ok.number("seq"), !ok.flag("repeat"))
        }),
        None => Either::Right(async {
            let reply = ada.send(&room, "once", "only once").await;
            assert!(matches!(reply.status, 200 | 201), "{}", reply.text);
            (reply.json().text("id"), reply.json().number("seq"), reply.status == 201)
        }),
    });
    let answers = join_all(sends).await;
    let same: BTreeSet<_> = answers.iter().map(|(id, seq, _)| (id, seq)).collect();
    assert_eq!(same.len(), 1, "different answers for one client id: {answers:?}");
    assert_eq!(
        answers.iter().filter(|(_, _, first)| *first).count(),
        1,
        "exactly one send is the first: {answers:?}"
    );
    let history = bob.history(&room).await;
    assert_eq!(
        history.iter().filter(|message| message.has("clientId", "once")).count(),
        1
    );
    assert_gap_free(&history);
}

#[tokio::test]
async fn the_same_client_id_of_another_person_or_room_is_another_message() {
    let [ada, bob] = friends(Instance::shared(), ["ada", "bob"]).await;
    let (room, other) = (ada.group(&[&bob]).await, ada.group(&[&bob]).await);
    let first = ada.send(&room, "mine", "one").await.is(201);
    let second = bob.send(&room, "mine", "two").await.is(201);
    let third = ada.send(&other, "mine", "three").await.is(201);
    let ids = BTreeSet::from([first.text("id"), second.text("id"), third.text("id")]);
    assert_eq!(ids.len(), 3);
    assert_eq!(ada.send(&room, "mine", "changed").await.is(200).text("text"), "one");
}

#[tokio::test]
async fn a_direct_room_between_the_same_two_is_the_same_room() {
    let [ada, bob] = friends(Instance::shared(), ["ada", "bob"]).await;
    let room = ada.direct(&bob).await;
    assert_eq!(bob.direct(&ada).await, room);
    let again = ada
        .post("/api/chat/rooms", json!({"kind": "direct", "memberIds": [bob.id]}))
        .await;
    assert_eq!(again.is(200).text("id"), room);
}

#[tokio::test]
async fn pages_before_after_and_around_fit_together() {
    let [ada, bob] = friends(Instance::shared(), ["ada", "bob"]).await;
    let room = ada.group(&[&bob]).await;
    for number in 0..12 {
        ada.say(&room, &format!("number {number}")).await;
    }
    let all = ada.history(&room).await;
    let page = async |query: &str| {
        ada.get(&format!("/api/chat/rooms/{room}/messages?{query}"))
            .await
            .is(200)
    };
    let newest = page("limit=5").await;
    assert_eq!(newest.list("items"), all[all.len() - 5..]);
    assert!(newest.flag("hasMoreBefore") && !newest.flag("hasMoreAfter"), "{newest}");
    let cursor = newest.text("nextCursor");
    assert_eq!(
        page(&format!("limit=5&cursor={cursor}")).await.list("items"),
        all[all.len() - 10..all.len() - 5]
    );
    let seqs: Vec<_> = page("around=6&limit=5")
        .await
        .list("items")
        .iter()
        .map(|message| message.number("seq"))
        .collect();
    assert!(seqs.contains(&6) && seqs.is_sorted() && seqs.len() <= 6, "{seqs:?}");
    assert_eq!(page("before=4&limit=2").await.list("items"), all[1..3]);
}

#[tokio::test]
async fn search_finds_my_rooms_messages_only() {
    let [ada, bob, cyd] = friends(Instance::shared(), ["ada", "bob", "cyd"]).await;
    let room = ada.group(&[&bob]).await;
    let word = blackbox::unique("needle").replace('_', "");
    let sent = ada.say(&room, &format!("a {word} in the hay")).await;
    let find = |query: String| format!("/api/chat/search?q={query}");
    let found = bob.get(&find(word.clone())).await.is(200).list("items");
    assert_eq!(
        found.iter().map(|message| message.text("id")).collect::<Vec<_>>(),
        [sent.text("id")]
    );
    assert!(cyd.get(&find(word.clone())).await.is(200).list("items").is_empty());
    ada.delete(&format!("/api/chat/rooms/{room}/messages/{}", sent.text("id")))
        .await
        .is(204);
    assert!(
        bob.get(&find(word)).await.is(200).list("items").is_empty(),
        "a deleted message is found"
    );
}
