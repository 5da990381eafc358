//! What one person alone is told.

use contracts::chat::{ReceiptEvent, RoomChange, RoomEvent};
use contracts::friendship::FriendshipEvent;
use contracts::realtime::{LiveFrame, user_channel};
use ephemeral::Ephemeral as _;
use serde_json::json;

use crate::client::Client;
use crate::rig::Rig;

#[tokio::test]
async fn a_room_opened_with_me_appears_and_its_messages_are_activity_until_i_follow_it() {
    let (rig, [ada, bob], _) = Rig::people(["ada", "bob"]).await;
    let mut b = Client::of(&rig, bob).await;
    let room = rig.chat.room(&[ada, bob]);
    let created = RoomChange::Created {
        members: vec![ada, bob],
        agents: vec![],
    };
    rig.publish(&RoomEvent {
        room_id: room,
        version: 1,
        by: ada,
        change: created,
    })
    .await;
    assert_eq!(b.event("room.added").await["d"], json!({"roomId": room}));
    rig.sent(room, ada, "are you there?").await;
    let activity = b.event("room.activity").await;
    assert_eq!(activity["d"], json!({"roomId": room, "seq": 1, "authorId": ada}));
    b.sub(room, None).await;
    rig.sent(room, ada, "2").await;
    b.until(2).await;
    b.ask(json!({"op": "unsub", "rooms": [room]})).await;
    rig.sent(room, ada, "3").await;
    b.wait(|f| f["t"] == "room.activity" && f["d"]["seq"] == 3).await;
    assert!(!b.saw(|f| f["t"] == "room.activity" && f["d"]["seq"] == 2) && b.offsets() == [2]);
}

#[tokio::test]
async fn own_reading_elsewhere_updates_the_unread_count() {
    let (rig, [ada], room) = Rig::people(["ada"]).await;
    let mut client = Client::of(&rig, ada).await;
    rig.publish(&ReceiptEvent {
        room_id: room,
        user_id: ada,
        seq: 4,
        unread: 2,
    })
    .await;
    assert_eq!(
        client.event("unread").await["d"],
        json!({"roomId": room, "seq": 4, "unread": 2})
    );
}

#[tokio::test]
async fn friendship_is_told_to_the_two() {
    let (rig, [ada, bob], _) = Rig::people(["ada", "bob"]).await;
    let (mut a, mut b) = (Client::of(&rig, ada).await, Client::of(&rig, bob).await);
    let request_id = rig.ambient.id();
    rig.publish(&FriendshipEvent::Requested {
        from: ada,
        to: bob,
        request_id,
        version: 1,
    })
    .await;
    assert_eq!(
        b.event("friend.requested").await["d"],
        json!({"userId": ada, "requestId": request_id})
    );
    rig.publish(&FriendshipEvent::Accepted {
        by: bob,
        other: ada,
        version: 2,
    })
    .await;
    assert_eq!(a.event("friend.accepted").await["d"], json!({"userId": bob}));
    rig.publish(&FriendshipEvent::Removed {
        by: ada,
        other: bob,
        version: 3,
    })
    .await;
    assert_eq!(b.event("friend.removed").await["d"], json!({"userId": ada}));
    rig.publish(&FriendshipEvent::Blocked {
        by: ada,
        other: bob,
        version: 4,
    })
    .await;
    b.wait(|f| f["d"] == json!({"userId": ada, "online": false})).await;
}

#[tokio::test]
async fn what_another_service_tells_one_person_comes_as_it_is() {
    let (rig, [ada, bob], _) = Rig::people(["ada", "bob"]).await;
    let (mut a, b) = (Client::of(&rig, ada).await, Client::of(&rig, bob).await);
    let live = LiveFrame::UserEvent {
        t: "order.paid".into(),
        d: json!({"orderId": 7}),
    };
    let payload = serde_json::to_vec(&live).unwrap();
    rig.ephemeral.publish(&user_channel(ada), payload.into()).await.unwrap();
    assert_eq!(
        a.event("order.paid").await,
        json!({"op": "ev", "t": "order.paid", "d": {"orderId": 7}})
    );
    assert!(!b.saw(|f| f["t"] == "order.paid"));
}
