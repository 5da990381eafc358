//! Read markers and unread counters.

use serde_json::json;

use crate::stage::{Actor, Stage};

#[tokio::test]
async fn unread_is_what_others_said_after_my_marker() {
    let stage = Stage::open().await;
    let [ada, bob, cyd] = stage.people(["ada", "bob", "cyd"]);
    let room = ada.group(&[&bob, &cyd]).await;
    for actor in [&ada, &bob, &bob, &cyd, &ada] {
        actor.say(&room, "word").await;
    }
    assert_eq!(ada.room(&room).await["unread"], 3);
    assert_eq!(bob.room(&room).await["unread"], 3);
    assert_eq!(bob.read(&room, 3).await["unread"], 2);
    assert_eq!(cyd.read(&room, 5).await["unread"], 0);
    stage.assert_verified().await;
}

#[tokio::test]
async fn a_marker_never_moves_back_nor_beyond_the_end_and_tells_only_when_it_moves() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let room = ada.group(&[&bob]).await;
    ada.say(&room, "one").await;
    ada.say(&room, "two").await;
    assert_eq!(bob.read(&room, 1).await, json!({"roomId": room, "seq": 1, "unread": 1}));
    assert_eq!(bob.read(&room, 99).await["seq"], 2);
    assert_eq!(bob.read(&room, 1).await, json!({"roomId": room, "seq": 2, "unread": 0}));
    assert_eq!(bob.read(&room, 2).await["seq"], 2);
    assert_eq!(bob.read(&room, 0).await["seq"], 2);
    assert_eq!(
        stage.told().await.iter().filter(|kind| *kind == "receipt.read").count(),
        2
    );
}

#[tokio::test]
async fn a_marker_outlives_leaving_and_coming_back() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let room = ada.group(&[&bob]).await;
    ada.say(&room, "one").await;
    bob.read(&room, 1).await;
    bob.unseat(&room, &bob).await.expect(204);
    ada.say(&room, "two").await;
    ada.seat(&room, &bob, None).await.expect(201);
    assert_eq!(bob.room(&room).await["readSeq"], 2);
    stage.assert_verified().await;
}

#[tokio::test]
async fn others_may_ask_how_far_each_of_some_people_has_read() {
    let stage = Stage::open().await;
    let [ada, bob, cyd] = stage.people(["ada", "bob", "cyd"]);
    let room = ada.group(&[&bob]).await;
    ada.say(&room, "one").await;
    ada.say(&room, "two").await;
    bob.read(&room, 1).await;
    let people = [cyd.id, bob.id, ada.id];
    let read = contracts::chat::ChatReader::read_seqs(&*stage.chat, room.parse().unwrap(), &people)
        .await
        .unwrap();
    assert_eq!(read[..2], [0, 1], "in their order; cyd is no member");
}

#[tokio::test]
async fn who_opens_a_room_sees_how_far_the_others_have_read() {
    let stage = Stage::open().await;
    let [ada, bob, cyd] = stage.people(["ada", "bob", "cyd"]);
    let room = ada.group(&[&bob, &cyd]).await;
    ada.say(&room, "one").await;
    ada.say(&room, "two").await;
    bob.read(&room, 1).await;
    let shown = ada.room(&room).await;
    let of = |who: &Actor| {
        let members = shown["members"].as_array().unwrap();
        members.iter().find(|m| m["userId"] == json!(who.id)).unwrap()["readSeq"].clone()
    };
    assert_eq!([of(&bob), of(&cyd)], [json!(1), json!(0)]);
    let listed = &ada.get("/api/chat/rooms").await.expect(200)["items"][0]["members"][1];
    assert!(
        listed["userId"].is_string() && listed.get("readSeq").is_none(),
        "not in a list"
    );
}

#[tokio::test]
async fn many_devices_marking_at_once_leave_the_highest_mark() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let room = ada.group(&[&bob]).await;
    for _ in 0..10 {
        ada.say(&room, "word").await;
    }
    let marks = (1..=10).map(|seq| bob.read(&room, seq));
    futures::future::join_all(marks).await;
    assert_eq!(bob.room(&room).await["readSeq"], 10);
}
