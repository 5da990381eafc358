//! Who may be drawn into a room, and blocks.

use contracts::user::{Audience, Privacy};
use kernel::{MessageId, UserId};
use serde_json::json;

use crate::stage::{Stage, on};

#[tokio::test]
async fn nobody_is_drawn_into_a_room_across_a_block_and_it_looks_like_an_unknown_person() {
    let stage = Stage::open().await;
    let [ada, bob, cyd] = stage.people(["ada", "bob", "cyd"]);
    stage.world.relationships().set_blocked(bob.id, ada.id);
    let unknown: UserId = stage.world.ambient().id();
    for person in [bob.id, unknown] {
        for kind in ["direct", "group"] {
            let refused = ada.open(json!({"kind": kind, "memberIds": [person]})).await;
            assert_eq!(refused.expect_code(404), "chat.person_not_found");
        }
    }
    let room = ada.group(&[&cyd]).await;
    assert_eq!(
        ada.seat(&room, &bob, None).await.expect_code(404),
        "chat.person_not_found"
    );
}

#[tokio::test]
async fn one_who_talks_with_friends_only_is_brought_in_by_friends_only() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    stage.world.users().set_privacy(
        bob.id,
        Privacy {
            direct_messages: Audience::Friends,
            ..Privacy::default()
        },
    );
    for kind in ["direct", "group"] {
        let refused = ada.open(json!({"kind": kind, "memberIds": [bob.id]})).await;
        assert_eq!(refused.expect_code(409), "chat.friends_only");
    }
    stage.world.relationships().befriend(ada.id, bob.id);
    ada.direct(&bob).await;
}

#[tokio::test]
async fn a_room_that_two_have_already_stays_open_to_both_when_one_narrows_their_privacy() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    ada.direct(&bob).await;
    stage.world.users().set_privacy(
        bob.id,
        Privacy {
            direct_messages: Audience::Friends,
            ..Privacy::default()
        },
    );
    ada.open(json!({"kind": "direct", "memberIds": [bob.id]}))
        .await
        .expect(200);
}

#[tokio::test]
async fn a_block_stops_writing_in_a_direct_room_on_both_sides_but_not_reading() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let room = ada.direct(&bob).await;
    stage.world.relationships().set_blocked(ada.id, bob.id);
    for actor in [&ada, &bob] {
        assert_eq!(
            actor.send_as(&room, "c", "hello").await.expect_code(409),
            "chat.blocked"
        );
        assert!(actor.history(&room).await.is_empty());
    }
    assert_eq!(
        ada.open(json!({"kind": "direct", "memberIds": [bob.id]}))
            .await
            .expect_code(404),
        "chat.person_not_found"
    );
}

#[tokio::test]
async fn a_group_goes_on_across_a_block_of_two_of_its_members() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let room = ada.group(&[&bob]).await;
    stage.world.relationships().set_blocked(ada.id, bob.id);
    bob.say(&room, "still here").await;
}

#[tokio::test]
async fn a_message_cannot_be_reached_through_another_room() {
    let stage = Stage::open().await;
    let [ada] = stage.people(["ada"]);
    let (room, other) = (ada.group(&[]).await, ada.group(&[]).await);
    let mut moved = ada.say(&room, "here").await;
    moved["roomId"] = json!(other);
    let path = on(&moved);
    ada.patch(&path, json!({"text": "there"})).await.expect(404);
    ada.delete(&path).await.expect(404);
    ada.put(&format!("{path}/pin"), json!(null)).await.expect(404);
    ada.put(&format!("{path}/reactions/x"), json!(null)).await.expect(404);
    for elsewhere in [moved["id"].clone(), json!(stage.world.ambient().id::<MessageId>())] {
        let reply = json!({"clientId": "r", "text": "re", "replyTo": elsewhere});
        ada.post(&format!("/api/chat/rooms/{other}/messages"), reply)
            .await
            .expect(422);
    }
}
