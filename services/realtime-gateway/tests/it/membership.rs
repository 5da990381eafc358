//! Who may follow a room, from when to when.

use contracts::chat::{Role, RoomChange, RoomEvent};
use kernel::{MessageId, RoomId, UserId};
use realtime_gateway::Config;
use serde_json::json;

use crate::client::{Client, DEADLINE};
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

#[tokio::test]
async fn a_gap_in_which_a_removal_was_lost_is_not_filled_for_the_removed() {
    let (rig, [ada, bob], room) = Rig::people(["ada", "bob"]).await;
    let (mut a, mut b) = (
        Client::in_room(&rig, ada, room).await,
        Client::in_room(&rig, bob, room).await,
    );
    rig.sent(room, ada, "1").await;
    b.until(1).await;
    rig.chat.with(room, |r| r.members.remove(&bob));
    rig.chat.commit(room, ada, "a lost secret");
    rig.sent(room, ada, "a secret").await;
    assert_eq!(a.until(3).await, [1, 2, 3]);
    b.event("room.removed").await;
    rig.sent(room, ada, "another").await;
    a.until(4).await;
    b.ask(json!({"op": "unsub", "rooms": []})).await;
    assert_eq!(b.offsets(), [1]);
}

#[tokio::test]
async fn after_a_break_of_the_bus_nothing_goes_out_before_the_members_were_read() {
    let (rig, [ada, bob], room) = Rig::people(["ada", "bob"]).await;
    let (mut a, mut b) = (
        Client::in_room(&rig, ada, room).await,
        Client::in_room(&rig, bob, room).await,
    );
    rig.sent(room, ada, "1").await;
    b.until(1).await;
    *rig.chat.away.lock() = true;
    rig.chat.with(room, |r| r.members.remove(&bob));
    rig.bus.cut();
    rig.eventually("both tails again", || rig.bus.tails() == 2).await;
    rig.sent(room, ada, "a secret that follows without a gap").await;
    let message_id: MessageId = rig.ambient.id();
    let pinned = RoomChange::MessagePinned { message_id };
    change(&rig, room, ada, pinned).await;
    a.event("message.pinned").await;
    assert_eq!(a.offsets(), [1], "held, for nobody knows who may have it");
    *rig.chat.away.lock() = false;
    assert_eq!(a.until(2).await, [1, 2]);
    b.event("room.removed").await;
    b.ask(json!({"op": "unsub", "rooms": []})).await;
    assert_eq!(b.offsets(), [1]);
}

#[tokio::test]
async fn a_session_whose_end_was_lost_ends_when_the_bus_is_heard_again() {
    let (rig, [ada], _) = Rig::people(["ada"]).await;
    let session = rig.ambient.id();
    let mut client = crate::client::connect(&rig, "/realtime", &[]).await.unwrap();
    client
        .say(json!({"op": "auth", "token": rig.token_of(ada, session)}))
        .await;
    client.wait(|f| f["op"] == "ready").await;
    rig.revoke(session).await;
    rig.bus.cut();
    assert_eq!(client.close_code().await, 4502);
}

#[tokio::test]
async fn a_lost_removal_is_found_in_a_busy_room_too() {
    let rig = Rig::with(Config {
        recheck_ms: 100,
        ..Config::default()
    })
    .await;
    let (ada, bob) = (rig.users.add("ada"), rig.users.add("bob"));
    let room = rig.chat.room(&[ada, bob]);
    let mut b = Client::in_room(&rig, bob, room).await;
    rig.chat.with(room, |r| r.members.remove(&bob));
    let end = tokio::time::Instant::now() + DEADLINE;
    while !b.saw(|f| f["t"] == "room.removed") {
        assert!(tokio::time::Instant::now() < end, "never removed");
        rig.sent(room, ada, "busy").await;
        b.read().await;
    }
}
