//! What is live and never stored: typing and presence.

use blackbox::{Field as _, Instance, Socket, friends};
use serde_json::json;

#[tokio::test]
async fn typing_is_seen_by_the_others_of_the_room_only() {
    let [ada, bob, cyd] = friends(Instance::shared(), ["ada", "bob", "cyd"]).await;
    let (room, other) = (ada.group(&[&bob]).await, ada.group(&[&bob, &cyd]).await);
    let sockets = [
        Socket::in_room(&ada, &room).await,
        Socket::in_room(&bob, &room).await,
        Socket::in_room(&cyd, &other).await,
    ];
    sockets[0].tell(json!({"op": "typing", "r": room}));
    sockets[1]
        .event(&room, "typing", |event| event.has("userId", &ada.id))
        .await;
    sockets[2].tell(json!({"op": "typing", "r": room}));
    let fence = bob.say(&room, "a fence").await;
    sockets[1].message(&room, &fence.text("id")).await;
    assert!(
        sockets[1]
            .events(&room, "typing")
            .iter()
            .all(|event| event.has("d.userId", &ada.id)),
        "a stranger types"
    );
    assert!(
        sockets[0].events(&room, "typing").is_empty(),
        "told to the one who types"
    );
}

#[tokio::test]
async fn friends_see_each_other_come_and_go_and_strangers_do_not() {
    let [ada, bob] = friends(Instance::shared(), ["ada", "bob"]).await;
    let [cyd] = friends(Instance::shared(), ["cyd"]).await;
    let (at_ada, at_cyd) = (Socket::open(&ada).await, Socket::open(&cyd).await);
    let bobs = Socket::open(&bob).await;
    at_ada
        .own_event("presence", |event| event.has("userId", &bob.id) && event.flag("online"))
        .await;
    drop(bobs);
    at_ada
        .own_event("presence", |event| {
            event.has("userId", &bob.id) && !event.flag("online")
        })
        .await;
    assert!(
        !at_cyd
            .frames()
            .iter()
            .any(|frame| frame.has("t", "presence") && frame.has("d.userId", &bob.id))
    );
}

#[tokio::test]
async fn one_who_hides_their_presence_is_not_seen() {
    let [ada, bob, cyd] = friends(Instance::shared(), ["ada", "bob", "cyd"]).await;
    let mut privacy = bob.get("/api/users/me").await.is(200)["privacy"].clone();
    privacy["presence"] = json!("nobody");
    bob.patch("/api/users/me", json!({"privacy": privacy})).await.is(200);
    let at_ada = Socket::open(&ada).await;
    let (_bob, _cyd) = (Socket::open(&bob).await, Socket::open(&cyd).await);
    at_ada.own_event("presence", |event| event.has("userId", &cyd.id)).await;
    assert!(
        !at_ada
            .frames()
            .iter()
            .any(|frame| frame.has("t", "presence") && frame.has("d.userId", &bob.id))
    );
}
