//! What the bus tells reaches those who follow the room, once and in order.

use contracts::chat::{MessageEvent, ReceiptEvent, RoomChange, RoomEvent};
use kernel::MessageId;
use serde_json::json;

use crate::client::Client;
use crate::rig::Rig;

#[tokio::test]
async fn a_message_reaches_all_followers_with_the_rooms_offset_and_the_message_as_it_is() {
    let (rig, [ada, bob], room) = Rig::people(["ada", "bob"]).await;
    let (mut a, mut b) = (
        Client::in_room(&rig, ada, room).await,
        Client::in_room(&rig, bob, room).await,
    );
    let message = rig.sent(room, ada, "hello \"you\"").await;
    for client in [&mut a, &mut b] {
        let frame = client.event("message.sent").await;
        assert_eq!((&frame["r"], &frame["o"]), (&json!(room), &json!(1)));
        assert_eq!(frame["d"], serde_json::to_value(&message).unwrap());
    }
}

#[tokio::test]
async fn a_message_that_the_bus_tells_twice_comes_once() {
    let (rig, [ada], room) = Rig::people(["ada"]).await;
    let mut client = Client::in_room(&rig, ada, room).await;
    let first = rig.sent(room, ada, "1").await;
    rig.tell(&first).await;
    rig.sent(room, ada, "2").await;
    rig.tell(&first).await;
    rig.sent(room, ada, "3").await;
    assert_eq!(client.until(3).await, [1, 2, 3]);
}

#[tokio::test]
async fn whatever_order_the_bus_tells_a_rooms_messages_in_and_however_often_each_comes_once_in_order() {
    const MESSAGES: u64 = 40;
    let (rig, [ada], room) = Rig::people(["ada"]).await;
    let other = rig.chat.room(&[ada]);
    let mut clients = [
        Client::in_room(&rig, ada, room).await,
        Client::in_room(&rig, ada, other).await,
    ];
    let mut told = Vec::new();
    for number in 0..MESSAGES {
        for room in [room, other] {
            told.push(rig.chat.commit(room, ada, &format!("{number}")));
        }
    }
    // Everything once in an order of its own (7 and 80 have no common divisor), half of it again, and the first at the end.
    let shuffled: Vec<_> = (0..told.len()).map(|n| &told[n * 7 % told.len()]).collect();
    for message in shuffled.iter().chain(shuffled.iter().step_by(2)).copied() {
        rig.tell(message).await;
    }
    rig.tell(&told[0]).await;
    for (client, room) in clients.iter_mut().zip([room, other]) {
        client.until(MESSAGES).await;
        // Whatever came a second time came before this one.
        rig.sent(room, ada, "the last").await;
        let wanted: Vec<u64> = (1..=MESSAGES + 1).collect();
        assert_eq!(client.until(MESSAGES + 1).await, wanted);
    }
}

#[tokio::test]
async fn messages_that_the_bus_lost_are_read_from_the_store_before_the_next_is_delivered() {
    let (rig, [ada], room) = Rig::people(["ada"]).await;
    let mut client = Client::in_room(&rig, ada, room).await;
    rig.sent(room, ada, "1").await;
    rig.chat.commit(room, ada, "lost 2");
    rig.chat.commit(room, ada, "lost 3");
    rig.sent(room, ada, "4").await;
    assert_eq!(client.until(4).await, [1, 2, 3, 4]);
}

#[tokio::test]
async fn a_gap_is_filled_even_when_the_store_is_away_for_a_moment() {
    let (rig, [ada], room) = Rig::people(["ada"]).await;
    let mut client = Client::in_room(&rig, ada, room).await;
    *rig.chat.away.lock() = true;
    rig.chat.commit(room, ada, "lost");
    let told = *rig.chat.reads.lock();
    rig.sent(room, ada, "2").await;
    rig.eventually("a try", || *rig.chat.reads.lock() > told).await;
    *rig.chat.away.lock() = false;
    assert_eq!(client.until(2).await, [1, 2]);
}

#[tokio::test]
async fn a_tail_that_breaks_is_opened_again_and_what_was_lost_is_found() {
    let (rig, [ada, bob], room) = Rig::people(["ada", "bob"]).await;
    let (mut a, mut b) = (
        Client::in_room(&rig, ada, room).await,
        Client::in_room(&rig, bob, room).await,
    );
    rig.sent(room, ada, "1").await;
    a.until(1).await;
    rig.bus.cut();
    rig.chat.commit(room, ada, "2");
    rig.chat.edit(room, 1, "1, edited");
    rig.chat.with(room, |r| r.members.remove(&bob));
    assert_eq!(a.until(2).await, [1, 2]);
    a.event("message.edited").await;
    b.event("room.removed").await;
    assert!(!b.saw(|f| f["o"] == 2), "nothing for the removed");
}

#[tokio::test]
async fn a_gap_too_long_for_a_repair_is_a_reset_and_the_room_goes_on() {
    let (rig, [ada], room) = Rig::people(["ada"]).await;
    let mut client = Client::in_room(&rig, ada, room).await;
    (0..400).for_each(|n| drop(rig.chat.commit(room, ada, &n.to_string())));
    rig.sent(room, ada, "401").await;
    client.wait(|f| f["op"] == "reset" && f["r"] == json!(room)).await;
    rig.sent(room, ada, "402").await;
    assert_eq!(client.until(402).await, [402]);
}

#[tokio::test]
async fn changes_pins_read_markers_and_room_changes_are_told() {
    let (rig, [ada, bob], room) = Rig::people(["ada", "bob"]).await;
    let mut client = Client::in_room(&rig, bob, room).await;
    rig.sent(room, ada, "1").await;
    rig.publish(&MessageEvent::Edited(rig.chat.edit(room, 1, "edited")))
        .await;
    rig.publish(&ReceiptEvent {
        room_id: room,
        user_id: ada,
        seq: 1,
        unread: 0,
    })
    .await;
    let message_id: MessageId = rig.ambient.id();
    let pinned = RoomChange::MessagePinned { message_id };
    rig.publish(&RoomEvent {
        room_id: room,
        version: 2,
        by: ada,
        change: pinned,
    })
    .await;
    let edited = client.event("message.edited").await;
    assert_eq!(
        (&edited["d"]["text"], &edited["d"]["version"], edited.get("o")),
        (&json!("edited"), &json!(2), None)
    );
    assert_eq!(client.event("read").await["d"], json!({"userId": ada, "seq": 1}));
    assert_eq!(
        client.event("message.pinned").await["d"],
        json!({"messageId": message_id, "by": ada})
    );
    assert!(!client.saw(|f| f["t"] == "unread"), "ada's count is hers alone");
}
