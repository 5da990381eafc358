//! Opening, showing, changing and ending rooms.

use serde_json::json;

use crate::stage::{Stage, at, text};

#[tokio::test]
async fn a_new_room_shows_who_is_in_it_and_that_nothing_was_said() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let room = ada
        .open(json!({"kind": "group", "title": "Tea", "memberIds": [bob.id, ada.id, bob.id]}))
        .await
        .expect(201);
    assert_eq!(
        (&room["title"], &room["memberCount"], &room["myRole"]),
        (&json!("Tea"), &json!(2), &json!("owner"))
    );
    assert_eq!(
        (&room["lastSeq"], &room["lastMessage"], &room["unread"]),
        (&json!(0), &json!(null), &json!(0))
    );
    assert_eq!(room["members"][1]["handle"], "bob");
    assert_eq!(room["updatedAt"], room["createdAt"]);
    assert_eq!(bob.room(&text(&room, "id")).await["myRole"], "member");
    assert_eq!(stage.told().await, ["room.created"]);
}

#[tokio::test]
async fn a_direct_room_between_the_same_two_is_the_same_room_from_both_sides() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let room = ada.direct(&bob).await;
    let again = bob
        .open(json!({"kind": "direct", "memberIds": [ada.id]}))
        .await
        .expect(200);
    assert_eq!(text(&again, "id"), room);
    assert_eq!(again["myRole"], "member");
}

#[tokio::test]
async fn a_direct_room_opened_twice_at_once_is_one_room() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let (to_bob, to_ada) = (
        json!({"kind": "direct", "memberIds": [bob.id]}),
        json!({"kind": "direct", "memberIds": [ada.id]}),
    );
    let (there, back) = tokio::join!(ada.open(to_bob), bob.open(to_ada));
    assert_eq!(there.json()["id"], back.json()["id"]);
    let statuses = [there.status.as_u16(), back.status.as_u16()];
    assert!(
        statuses.contains(&201) && statuses.iter().all(|s| [200, 201].contains(s)),
        "{statuses:?}"
    );
}

#[tokio::test]
async fn a_direct_room_has_exactly_one_other_end_and_no_title() {
    let stage = Stage::open().await;
    let [ada, bob, cyd] = stage.people(["ada", "bob", "cyd"]);
    for wrong in [
        json!({"kind": "direct", "memberIds": []}),
        json!({"kind": "direct", "memberIds": [bob.id, cyd.id]}),
        json!({"kind": "direct", "memberIds": [bob.id], "title": "Us"}),
        json!({"kind": "group", "memberIds": [bob.id], "epoch": "x"}),
        json!({"kind": "group", "memberIds": [bob.id], "title": ""}),
        json!({"kind": "club", "memberIds": [bob.id]}),
    ] {
        ada.open(wrong).await.expect(422);
    }
}

#[tokio::test]
async fn a_stale_change_is_refused_and_a_fresh_one_gives_a_new_tag() {
    let stage = Stage::open().await;
    let [ada] = stage.people(["ada"]);
    let room = ada.group(&[]).await;
    let tag = ada.get(&at(&room)).await.headers["etag"].to_str().unwrap().to_owned();
    let fresh = ada
        .clone()
        .header("if-match", &tag)
        .patch(&at(&room), json!({"title": "One"}))
        .await;
    assert_ne!(fresh.headers["etag"].to_str().unwrap(), tag);
    assert_eq!(fresh.expect(200)["title"], "One");
    ada.clone()
        .header("if-match", &tag)
        .patch(&at(&room), json!({"title": "Two"}))
        .await
        .expect(412);
    assert_eq!(ada.room(&room).await["title"], "One");
}

#[tokio::test]
async fn settings_are_the_admins_and_changing_nothing_tells_nobody() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let room = ada.group(&[&bob]).await;
    bob.patch(&at(&room), json!({"title": "Mine"})).await.expect(403);
    let changed = ada
        .patch(&at(&room), json!({"agentPolicy": "roundRobin"}))
        .await
        .expect(200);
    assert_eq!(changed["agentPolicy"], "roundRobin");
    ada.patch(&at(&room), json!({"agentPolicy": "roundRobin"}))
        .await
        .expect(200);
    ada.patch(&at(&room), json!({})).await.expect(200);
    assert_eq!(stage.told().await, ["room.created", "room.updated"]);
    let direct = ada.direct(&bob).await;
    ada.patch(&at(&direct), json!({"title": "Us"})).await.expect(403);
}

#[tokio::test]
async fn a_moderator_is_an_agent_of_the_room_and_goes_with_it() {
    let stage = Stage::open().await;
    let ada = stage.person("ada");
    let (sage, muse) = (stage.world.agents().add("sage"), stage.world.agents().add("muse"));
    let wish = json!({"kind": "group", "memberIds": [], "agentIds": [sage], "agentPolicy": "weighted"});
    let room = at(&text(&ada.open(wish).await.expect(201), "id"));
    let problem = ada.patch(&room, json!({"moderatorId": muse})).await.expect(422);
    assert_eq!(problem["errors"][0]["field"], "moderatorId");
    let set = json!({"agentPolicy": "moderator", "moderatorId": sage, "peopleInterrupt": true});
    let shown = ada.patch(&room, set).await.expect(200);
    assert_eq!(
        (&shown["moderatorId"], &shown["peopleInterrupt"]),
        (&json!(sage), &json!(true))
    );
    ada.delete(&format!("{room}/agents/{sage}")).await.expect(204);
    assert!(ada.get(&room).await.expect(200)["moderatorId"].is_null());
    assert_eq!(
        stage.told().await,
        ["room.created", "room.updated", "room.agent_detached", "room.updated"]
    );
}

#[tokio::test]
async fn only_the_owner_ends_a_room_and_then_nothing_of_it_is_left() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let room = ada.group(&[&bob]).await;
    bob.say(&room, "hello").await;
    bob.read(&room, 1).await;
    bob.delete(&at(&room)).await.expect(403);
    ada.delete(&at(&room)).await.expect(204);
    ada.get(&at(&room)).await.expect(404);
    bob.send_as(&room, "c", "anyone?").await.expect(404);
    stage.deliver().await;
    for collection in ["rooms", "messages", "markers"] {
        assert!(
            stage.store.scan(collection, None, 10).await.unwrap().is_empty(),
            "{collection}"
        );
    }
}

#[tokio::test]
async fn a_stranger_and_the_anonymous_see_nothing() {
    let stage = Stage::open().await;
    let [ada, mallory] = stage.people(["ada", "mallory"]);
    let room = ada.group(&[]).await;
    mallory.get(&at(&room)).await.expect(404);
    mallory.patch(&at(&room), json!({"title": "Mine"})).await.expect(404);
    mallory.delete(&at(&room)).await.expect(404);
    mallory.get(&format!("{}/messages", at(&room))).await.expect(404);
    mallory
        .put(&format!("{}/read", at(&room)), json!({"seq": 1}))
        .await
        .expect(404);
    mallory.seat(&room, &mallory, Some("owner")).await.expect(404);
    mallory.unseat(&room, &ada).await.expect(404);
    ada.get("/api/chat/rooms/not-an-id").await.expect(404);
    stage.anonymous().get(&at(&room)).await.expect(401);
}
