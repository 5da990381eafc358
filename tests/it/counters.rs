//! Unread counters and read markers.

use blackbox::{Actor, Field as _, Instance, Seed, Socket, friends};
use serde_json::Value;

const STEPS: usize = 80;

#[tokio::test]
async fn unread_counters_equal_a_recount_after_random_sends_and_reads() {
    let actors = friends(Instance::shared(), ["ada", "bob", "cyd"]).await;
    let room = actors[0].group(&[&actors[1], &actors[2]]).await;
    let mut seed = Seed::printed();
    let mut last = 0;
    for step in 0..STEPS {
        let actor = seed.one_of(&actors);
        if seed.between(0, 2) > 0 || last == 0 {
            last = actor.say(&room, &format!("step {step}")).await.number("seq");
        } else {
            actor.read(&room, seed.between(1, last)).await;
        }
    }
    for actor in &actors {
        assert_unread_equals_recount(actor, &room).await;
    }
}

async fn assert_unread_equals_recount(actor: &Actor, room: &str) {
    let shown = actor.room(room).await;
    let marker = shown.number("readSeq");
    let unread = |message: &&Value| message.number("seq") > marker && !message.has("author.id", &actor.id);
    let counted = actor.history(room).await.iter().filter(unread).count() as u64;
    assert_eq!(
        shown.number("unread"),
        counted,
        "{} with the marker at {marker}",
        actor.handle
    );
    let listed = actor.get("/api/chat/rooms").await.is(200).list("items");
    let listed = listed.iter().find(|listed| listed.has("id", room)).unwrap();
    assert_eq!(listed.number("unread"), counted, "in the list of rooms");
}

#[tokio::test]
async fn a_read_marker_never_moves_back_nor_beyond_the_end() {
    let [ada, bob] = friends(Instance::shared(), ["ada", "bob"]).await;
    let room = ada.group(&[&bob]).await;
    let first = ada.say(&room, "one").await.number("seq");
    let last = ada.say(&room, "two").await.number("seq");
    assert_eq!(bob.read(&room, last).await.number("seq"), last);
    assert_eq!(bob.read(&room, first).await.number("seq"), last);
    let _ = bob
        .put(
            &format!("/api/chat/rooms/{room}/read"),
            serde_json::json!({"seq": last + 100}),
        )
        .await;
    assert_eq!(bob.room(&room).await.number("readSeq"), last);
    ada.say(&room, "three").await;
    assert_eq!(bob.room(&room).await.number("unread"), 1);
}

#[tokio::test]
async fn a_read_reaches_the_room_and_my_other_devices() {
    let [ada, bob] = friends(Instance::shared(), ["ada", "bob"]).await;
    let room = ada.group(&[&bob]).await;
    let (at_ada, at_bob) = (Socket::in_room(&ada, &room).await, Socket::open(&bob).await);
    let seq = ada.say(&room, "read me").await.number("seq");
    assert_eq!(
        Socket::open(&bob)
            .await
            .ask(serde_json::json!({"op": "read", "r": room, "seq": seq}))
            .await["seq"],
        seq
    );
    at_ada
        .event(&room, "read", |read| read.has("userId", &bob.id) && read["seq"] == seq)
        .await;
    let unread = at_bob
        .own_event("unread", |event| event.has("roomId", &room) && event["seq"] == seq)
        .await;
    assert_eq!(unread.number("unread"), 0);
}
