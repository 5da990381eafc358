//! Sending, and what becomes of a message afterwards.

use serde_json::json;

use crate::stage::{Stage, THUMBS_UP, at, on, text};

#[tokio::test]
async fn a_message_is_answered_as_it_is_kept_and_as_everybody_is_told() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let room = ada.group(&[&bob]).await;
    let sent = ada
        .send_as(&room, "c1", "hello @bob, @ada and @nobody")
        .await
        .expect(201);
    assert_eq!(
        (&sent["seq"], &sent["version"], &sent["clientId"]),
        (&json!(1), &json!(1), &json!("c1"))
    );
    assert_eq!(sent["author"], json!({"kind": "user", "id": ada.id, "name": "ada"}));
    assert_eq!(
        sent["mentions"],
        json!([{"kind": "user", "id": bob.id}, {"kind": "user", "id": ada.id}])
    );
    assert_eq!(
        (&sent["rootId"], &sent["hop"], &sent["origin"]),
        (&sent["id"], &json!(0), &json!("human"))
    );
    assert_eq!(bob.history(&room).await, std::slice::from_ref(&sent));
    assert_eq!(bob.room(&room).await["lastMessage"], sent);
    let events = stage.world.pending(&stage.store).await;
    let told: serde_json::Value = serde_json::from_slice(&events.last().unwrap().bytes).unwrap();
    assert_eq!(told["data"], json!({"event": "sent", "message": sent}));
}

#[tokio::test]
async fn the_same_client_id_again_is_the_first_message_as_it_is_now() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let (room, other) = (ada.group(&[&bob]).await, ada.group(&[&bob]).await);
    let first = ada.send_as(&room, "once", "one").await.expect(201);
    assert_eq!(ada.send_as(&room, "once", "two").await.expect(200), first);
    let edited = ada.patch(&on(&first), json!({"text": "uno"})).await.expect(200);
    assert_eq!(ada.send_as(&room, "once", "three").await.expect(200), edited);
    assert_eq!(bob.send_as(&room, "once", "mine").await.expect(201)["seq"], 2);
    ada.send_as(&other, "once", "elsewhere").await.expect(201);
}

#[tokio::test]
async fn wrong_messages_are_refused_and_use_up_no_place() {
    let stage = Stage::open().await;
    let [ada] = stage.people(["ada"]);
    let path = format!("{}/messages", at(&ada.group(&[]).await));
    let attached: Vec<kernel::AssetId> = (0..11).map(|_| stage.world.media().add(ada.id)).collect();
    for wrong in [
        json!({"text": "no client id"}),
        json!({"clientId": "", "text": "t"}),
        json!({"clientId": "c".repeat(65), "text": "t"}),
        json!({"clientId": "c", "text": ""}),
        json!({"clientId": "c", "text": "t".repeat(8_001)}),
        json!({"clientId": "c", "text": "t", "origin": "agent"}),
        json!({"clientId": "c", "text": "t", "attachmentIds": attached}),
    ] {
        ada.post(&path, wrong).await.expect(422);
    }
    let long = ada
        .post(
            &path,
            json!({"clientId": "c", "text": "ü".repeat(8_000), "attachmentIds": attached[1..]}),
        )
        .await;
    assert_eq!(long.expect(201)["seq"], 1);
}

#[tokio::test]
async fn edits_reactions_and_deletions_raise_the_version_and_use_up_no_place() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let room = ada.group(&[&bob]).await;
    let sent = ada.say(&room, "helo").await;
    let edited = ada.patch(&on(&sent), json!({"text": "hello @bob"})).await.expect(200);
    assert_eq!(
        (&edited["version"], edited["mentions"].as_array().unwrap().len()),
        (&json!(2), 1)
    );
    assert!(edited["editedAt"].is_string());
    let same = ada.patch(&on(&sent), json!({"text": "hello @bob"})).await.expect(200);
    assert_eq!(same, edited, "the same text is no edit");
    let path = format!("{}/reactions/{THUMBS_UP}", on(&sent));
    let reacted = bob.put(&path, json!(null)).await.expect(200);
    assert_eq!(reacted["reactions"], json!([{"emoji": "👍", "count": 1, "mine": true}]));
    assert_eq!(bob.put(&path, json!(null)).await.expect(200)["version"], 3);
    assert_eq!(ada.history(&room).await[0]["reactions"][0]["mine"], false);
    assert_eq!(bob.delete(&path).await.expect(200)["reactions"], json!([]));
    assert_eq!(ada.room(&room).await["lastSeq"], 1);
    let told = stage.told().await;
    assert_eq!(
        told[1..],
        ["message.sent", "message.edited", "message.reacted", "message.reacted"]
    );
}

#[tokio::test]
async fn everybody_is_told_who_reacted_and_nobody_whether_it_is_theirs() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let sent = ada.say(&ada.group(&[&bob]).await, "well?").await;
    bob.put(&format!("{}/reactions/{THUMBS_UP}", on(&sent)), json!(null))
        .await
        .expect(200);
    let event = stage.world.pending(&stage.store).await.pop().unwrap();
    let told: serde_json::Value = serde_json::from_slice(&event.bytes).unwrap();
    let reactions = &told["data"]["message"]["reactions"];
    assert_eq!(*reactions, json!([{"emoji": "👍", "count": 1, "userIds": [bob.id]}]));
}

#[tokio::test]
async fn a_deleted_message_never_comes_back() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let room = ada.group(&[&bob]).await;
    let sent = ada.send_as(&room, "gone", "regret").await.expect(201);
    bob.put(&format!("{}/reactions/{THUMBS_UP}", on(&sent)), json!(null))
        .await
        .expect(200);
    ada.put(&format!("{}/pin", on(&sent)), json!(null)).await.expect(204);
    ada.delete(&on(&sent)).await.expect(204);
    ada.delete(&on(&sent)).await.expect(204);
    assert_eq!(
        ada.patch(&on(&sent), json!({"text": "back"})).await.expect_code(409),
        "chat.deleted"
    );
    bob.put(&format!("{}/reactions/{THUMBS_UP}", on(&sent)), json!(null))
        .await
        .expect(409);
    ada.put(&format!("{}/pin", on(&sent)), json!(null)).await.expect(409);
    let again = ada.send_as(&room, "gone", "regret").await.expect(200);
    assert_eq!(
        (&again["text"], &again["deleted"], &again["reactions"]),
        (&json!(""), &json!(true), &json!([]))
    );
    assert_eq!(ada.room(&room).await["pinned"], json!([]));
    assert_eq!(
        stage
            .told()
            .await
            .iter()
            .filter(|kind| *kind == "message.deleted")
            .count(),
        1
    );
}

#[tokio::test]
async fn others_may_not_edit_and_only_admins_may_delete() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let room = ada.group(&[&bob]).await;
    let (of_ada, of_bob) = (ada.say(&room, "mine").await, bob.say(&room, "Bob's").await);
    assert_eq!(
        bob.patch(&on(&of_ada), json!({"text": "forged"}))
            .await
            .expect_code(403),
        "chat.not_author"
    );
    assert_eq!(
        ada.patch(&on(&of_bob), json!({"text": "forged"}))
            .await
            .expect_code(403),
        "chat.not_author"
    );
    bob.delete(&on(&of_ada)).await.expect(403);
    ada.delete(&on(&of_bob)).await.expect(204);
}

#[tokio::test]
async fn an_emoji_is_1_to_16_visible_characters() {
    let stage = Stage::open().await;
    let [ada] = stage.people(["ada"]);
    let sent = ada.say(&ada.group(&[]).await, "?").await;
    for wrong in ["%20", "%00", "a%0Ab", &"x".repeat(17)] {
        ada.put(&format!("{}/reactions/{wrong}", on(&sent)), json!(null))
            .await
            .expect(422);
    }
    for kind in 0..20 {
        ada.put(&format!("{}/reactions/{kind}", on(&sent)), json!(null))
            .await
            .expect(200);
    }
    let full = ada
        .put(&format!("{}/reactions/{THUMBS_UP}", on(&sent)), json!(null))
        .await;
    assert_eq!(full.expect_code(409), "chat.limit_reached");
}

#[tokio::test]
async fn pins_are_the_admins_and_in_a_direct_room_everybodys() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let (group, direct) = (ada.group(&[&bob]).await, ada.direct(&bob).await);
    let (in_group, in_direct) = (ada.say(&group, "keep").await, ada.say(&direct, "keep").await);
    bob.put(&format!("{}/pin", on(&in_group)), json!(null))
        .await
        .expect(403);
    bob.put(&format!("{}/pin", on(&in_direct)), json!(null))
        .await
        .expect(204);
    ada.put(&format!("{}/pin", on(&in_group)), json!(null))
        .await
        .expect(204);
    ada.put(&format!("{}/pin", on(&in_group)), json!(null))
        .await
        .expect(204);
    assert_eq!(bob.room(&group).await["pinned"], json!([in_group["id"]]));
    ada.delete(&format!("{}/pin", on(&in_group))).await.expect(204);
    assert_eq!(text(&bob.room(&group).await, "id"), group);
    assert_eq!(bob.room(&group).await["pinned"], json!([]));
}
