//! Who may follow a room, from when to when.

use contracts::chat::{Role, RoomChange, RoomEvent};
use kernel::{RoomId, UserId};
use serde_json::json;

use crate::client::Client;
use crate::rig::Rig;

async fn change(rig: &Rig, room: RoomId, by: UserId, change: RoomChange) {
    match &change {
        RoomChange::MemberAdded { user_id, .. } => rig.chat.with(room, |r| r.members.insert(*user_id)),
        RoomChange::MemberRemoved { user_id } => rig.chat.with(room, |r| r.members.remove(user_id)),
        _ => false,
    };
    rig.publish(&RoomEvent {
        room_id: room,
        version: 2,
        by,
        change,
    })
    .await;
}

#[tokio::test]
async fn a_room_that_is_not_mine_or_not_there_is_not_found() {
    let (rig, [ada], _) = Rig::people(["ada"]).await;
    let others = rig.chat.room(&[]);
    let mut client = Client::of(&rig, ada).await;
    for room in [json!(others), json!(rig.ambient.id::<RoomId>()), json!("no-id")] {
        let answer = client.sub_wish(json!({"r": room})).await;
        assert_eq!(
            (&answer["op"], &answer["code"], &answer["id"]),
            (&json!("err"), &json!("chat.not_found"), &json!("s"))
        );
    }
}

#[tokio::test]
async fn a_removed_member_gets_nothing_more_and_must_subscribe_again_when_back() {
    let (rig, [ada, bob], room) = Rig::people(["ada", "bob"]).await;
    let (mut a, mut b) = (
        Client::in_room(&rig, ada, room).await,
        Client::in_room(&rig, bob, room).await,
    );
    change(&rig, room, ada, RoomChange::MemberRemoved { user_id: bob }).await;
    b.event("room.removed").await;
    rig.sent(room, ada, "a secret").await;
    assert_eq!(
        a.event("room.member_removed").await["d"],
        json!({"userId": bob, "by": ada})
    );
    a.until(1).await;
    assert_eq!(b.sub(room, Some(0)).await["code"], "chat.not_found");
    change(
        &rig,
        room,
        ada,
        RoomChange::MemberAdded {
            user_id: bob,
            role: Role::Member,
        },
    )
    .await;
    b.event("room.added").await;
    rig.sent(room, ada, "not subscribed yet").await;
    b.event("room.activity").await;
    assert_eq!(b.sub(room, None).await["op"], "subbed");
    rig.sent(room, ada, "welcome back").await;
    assert_eq!(b.until(3).await, [3]);
    assert!(!b.saw(|f| f.to_string().contains("secret")));
}

#[tokio::test]
async fn a_removal_in_the_same_batch_comes_before_the_message() {
    let (rig, [ada, bob], room) = Rig::people(["ada", "bob"]).await;
    let mut b = Client::in_room(&rig, bob, room).await;
    rig.chat.with(room, |r| r.members.remove(&bob));
    let secret = contracts::chat::MessageEvent::Sent(rig.chat.commit(room, ada, "a secret"));
    let removed = RoomChange::MemberRemoved { user_id: bob };
    let removed = RoomEvent {
        room_id: room,
        version: 2,
        by: ada,
        change: removed,
    };
    let event = |n: bool| match n {
        true => contracts::Event::new(&rig.ambient, &secret).unwrap(),
        false => contracts::Event::new(&rig.ambient, &removed).unwrap(),
    };
    bus::Bus::publish(rig.bus.as_ref(), &[event(true), event(false)])
        .await
        .unwrap();
    b.event("room.removed").await;
    assert!(b.offsets().is_empty());
}

#[tokio::test]
async fn an_old_removal_that_is_told_again_ends_in_being_added_again() {
    let (rig, [ada, bob], room) = Rig::people(["ada", "bob"]).await;
    let mut b = Client::in_room(&rig, bob, room).await;
    let again = RoomChange::MemberRemoved { user_id: bob };
    rig.publish(&RoomEvent {
        room_id: room,
        version: 1,
        by: ada,
        change: again,
    })
    .await;
    b.event("room.removed").await;
    b.event("room.added").await;
    assert_eq!(b.sub(room, None).await["op"], "subbed");
}

#[tokio::test]
async fn a_deleted_room_is_gone_for_everybody() {
    let (rig, [ada, bob], room) = Rig::people(["ada", "bob"]).await;
    let (mut a, mut b) = (Client::in_room(&rig, ada, room).await, Client::of(&rig, bob).await);
    rig.chat.rooms.lock().remove(&room);
    change(
        &rig,
        room,
        ada,
        RoomChange::Deleted {
            members: vec![ada, bob],
        },
    )
    .await;
    assert_eq!(a.event("room.removed").await["d"]["roomId"], json!(room));
    b.event("room.removed").await;
    assert_eq!(a.sub(room, None).await["code"], "chat.not_found");
}
