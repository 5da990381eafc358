//! Rooms: who is away is told, who has read is not.

use contracts::chat::{MessageEvent, ReceiptEvent, RoomChange, RoomEvent};
use serde_json::json;

use crate::house::House;

#[tokio::test]
async fn messages_are_told_to_who_is_away_one_item_a_room() {
    let h = House::new().await;
    let [ada, grace, alan] = h.people(["ada", "grace", "alan"]);
    let room = h.room(Some("Engines"), &[ada, grace, alan]);
    h.come_online(alan).await;
    h.send(room, 1, grace, &[]).await;
    h.send(room, 2, alan, &[]).await;
    h.send(room, 3, grace, &[]).await;
    let page = h.page(ada).await;
    assert_eq!(page["items"][0]["text"], "grace and alan wrote in Engines");
    assert_eq!(
        (page["items"][0]["times"].as_u64(), page["unread"].as_u64()),
        (Some(3), Some(1))
    );
    assert!(h.list(alan).await.is_empty(), "online");
    assert_eq!(h.list(grace).await, ["alan wrote in Engines"]);
    assert!(!page.to_string().contains("secret"), "never a word of the text");
}

#[tokio::test]
async fn who_is_named_is_told_also_when_online_and_only_once() {
    let h = House::new().await;
    let [ada, grace, eve] = h.people(["ada", "grace", "eve"]);
    let room = h.room(None, &[ada, grace]);
    h.come_online(ada).await;
    h.send(room, 1, grace, &[ada, eve]).await;
    assert_eq!(h.list(ada).await, ["grace mentioned you in a message"]);
    assert!(h.list(eve).await.is_empty(), "no member");
}

#[tokio::test]
async fn who_reads_the_room_has_read_what_tells_of_it() {
    let h = House::new().await;
    let [ada, grace] = h.people(["ada", "grace"]);
    let room = h.room(None, &[ada, grace]);
    h.send(room, 1, grace, &[]).await;
    h.send(room, 2, grace, &[ada]).await;
    h.send(room, 3, grace, &[]).await;
    let receipt = |seq| ReceiptEvent {
        room_id: room,
        user_id: ada,
        seq,
        unread: 0,
    };
    h.hear(&receipt(2)).await;
    assert_eq!(h.unread(ada).await, 1, "the mention is read, the room not yet");
    h.hear(&receipt(3)).await;
    assert_eq!(h.unread(ada).await, 0);
    h.world.advance(std::time::Duration::from_secs(1));
    h.send(room, 4, grace, &[]).await;
    assert_eq!(h.page(ada).await["items"][0]["text"], "grace wrote to you");
}

#[tokio::test]
async fn a_message_that_was_read_before_it_was_heard_of_is_not_told_as_unread() {
    let h = House::new().await;
    let [ada, grace] = h.people(["ada", "grace"]);
    let room = h.room(None, &[ada, grace]);
    h.hear(&ReceiptEvent {
        room_id: room,
        user_id: ada,
        seq: 1,
        unread: 0,
    })
    .await;
    h.chat.read.lock().insert((room, ada), 1);
    h.send(room, 1, grace, &[ada]).await;
    assert_eq!(h.unread(ada).await, 0);
    h.send(room, 2, grace, &[ada]).await;
    assert_eq!(h.unread(ada).await, 1);
}

#[tokio::test]
async fn a_deleted_message_is_told_no_more() {
    let h = House::new().await;
    let [ada, grace] = h.people(["ada", "grace"]);
    let room = h.room(None, &[ada, grace]);
    let first = h.send(room, 1, grace, &[]).await;
    let second = h.send(room, 2, grace, &[ada]).await;
    h.hear(&MessageEvent::Deleted(first)).await;
    assert_eq!(h.list(ada).await, ["grace mentioned you in a message"]);
    h.hear(&MessageEvent::Deleted(second)).await;
    assert!(h.list(ada).await.is_empty());
}

#[tokio::test]
async fn who_is_removed_keeps_nothing_of_the_room() {
    let h = House::new().await;
    let [ada, grace, alan] = h.people(["ada", "grace", "alan"]);
    let room = h.room(Some("Engines"), &[ada, grace, alan]);
    h.send(room, 1, grace, &[ada]).await;
    let change = |change| RoomEvent {
        room_id: room,
        version: 2,
        by: grace,
        change,
    };
    h.hear(&change(RoomChange::MemberRemoved { user_id: ada })).await;
    assert!(h.list(ada).await.is_empty());
    assert_eq!(h.list(alan).await.len(), 1);
    h.hear(&change(RoomChange::Deleted {
        members: vec![alan, grace],
    }))
    .await;
    assert!(h.list(alan).await.is_empty());
}

#[tokio::test]
async fn large_rooms_tell_of_mentions_only() {
    let h = House::with(notification::Config {
        message_members_max: 2,
        ..crate::house::quick()
    })
    .await;
    let [ada, grace, alan] = h.people(["ada", "grace", "alan"]);
    let room = h.room(Some("Engines"), &[ada, grace, alan]);
    h.send(room, 1, grace, &[ada]).await;
    assert_eq!(h.list(ada).await, ["grace mentioned you in Engines"]);
    assert!(h.list(alan).await.is_empty());
}

#[tokio::test]
async fn what_is_not_in_the_app_is_not_in_the_list_and_counts_nothing() {
    let h = House::new().await;
    let [ada, grace] = h.people(["ada", "grace"]);
    let off = json!({ "inApp": false, "push": true, "email": false });
    h.wish(ada, json!({ "kinds": { "message": off } })).await;
    let room = h.room(None, &[ada, grace]);
    h.send(room, 1, grace, &[]).await;
    assert!(h.list(ada).await.is_empty());
    assert_eq!((h.unread(ada).await, h.verified().await.items), (0, 1));
    assert_eq!(h.show_live().await, 0);
}
