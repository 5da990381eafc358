//! Joining, leaving and roles.

use serde_json::json;

use crate::stage::{Stage, at, id};
use contracts::chat::ChatReader as _;

#[tokio::test]
async fn a_newcomer_sees_the_history_and_has_nothing_unread() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let room = ada.group(&[]).await;
    ada.say(&room, "before").await;
    let shown = ada.seat(&room, &bob, None).await.expect(201);
    assert_eq!(shown["memberCount"], 2);
    ada.seat(&room, &bob, None).await.expect(200);
    assert_eq!(bob.history(&room).await.len(), 1);
    assert_eq!(
        (&bob.room(&room).await["unread"], &bob.room(&room).await["readSeq"]),
        (&json!(0), &json!(1))
    );
    ada.say(&room, "after").await;
    assert_eq!(bob.room(&room).await["unread"], 1);
    stage.assert_verified().await;
}

#[tokio::test]
async fn a_removed_member_can_neither_send_nor_read_nor_resume_and_can_come_back() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let room = ada.group(&[&bob]).await;
    bob.say(&room, "hi").await;
    ada.unseat(&room, &bob).await.expect(204);
    bob.send_as(&room, "late", "may I?").await.expect(404);
    bob.send_as(&room, "hi 0", "hi").await.expect(404);
    bob.get(&format!("{}/messages", at(&room))).await.expect(404);
    assert!(stage.chat.head(id(&room), bob.id).await.is_err());
    assert!(!stage.chat.is_member(id(&room), bob.id).await.unwrap());
    ada.seat(&room, &bob, None).await.expect(201);
    bob.say(&room, "back").await;
}

#[tokio::test]
async fn roles_decide_who_adds_removes_and_appoints() {
    let stage = Stage::open().await;
    let [ada, bob, cyd] = stage.people(["ada", "bob", "cyd"]);
    let room = ada.group(&[&bob]).await;
    bob.seat(&room, &cyd, None).await.expect(403);
    bob.seat(&room, &bob, Some("owner")).await.expect(403);
    ada.seat(&room, &bob, Some("admin")).await.expect(200);
    bob.seat(&room, &cyd, Some("admin")).await.expect(403);
    bob.seat(&room, &cyd, None).await.expect(201);
    bob.unseat(&room, &ada).await.expect(403);
    cyd.unseat(&room, &bob).await.expect(403);
    assert_eq!(
        ada.unseat(&room, &stage.person("dan")).await.expect_code(404),
        "chat.not_a_member"
    );
    assert_eq!(
        ada.seat(&room, &ada, Some("member")).await.expect_code(409),
        "chat.owner_needed"
    );
}

#[tokio::test]
async fn the_room_outlives_its_owner_and_ends_with_its_last_member() {
    let stage = Stage::open().await;
    let [ada, bob, cyd] = stage.people(["ada", "bob", "cyd"]);
    let room = ada.group(&[&bob, &cyd]).await;
    ada.seat(&room, &cyd, Some("admin")).await.expect(200);
    ada.unseat(&room, &ada).await.expect(204);
    assert_eq!(cyd.room(&room).await["myRole"], "owner");
    cyd.unseat(&room, &cyd).await.expect(204);
    assert_eq!(bob.room(&room).await["myRole"], "owner");
    bob.unseat(&room, &bob).await.expect(204);
    bob.get(&at(&room)).await.expect(404);
    assert_eq!(stage.told().await.last().unwrap(), "room.deleted");
}

#[tokio::test]
async fn a_direct_room_keeps_its_two() {
    let stage = Stage::open().await;
    let [ada, bob, cyd] = stage.people(["ada", "bob", "cyd"]);
    let room = ada.direct(&bob).await;
    assert_eq!(ada.unseat(&room, &ada).await.expect_code(409), "chat.direct_room");
    ada.seat(&room, &cyd, None).await.expect(403);
    ada.delete(&at(&room)).await.expect(403);
    assert_eq!(ada.room(&room).await["memberCount"], 2);
}
