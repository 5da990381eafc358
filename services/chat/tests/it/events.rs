//! What chat tells the others.

use contracts::chat::{RoomChange, RoomEvent};
use serde_json::json;

use crate::stage::{Stage, at, on};

#[tokio::test]
async fn every_change_of_a_room_is_told_once_with_a_growing_version() {
    let stage = Stage::open().await;
    let [ada, bob, cyd] = stage.people(["ada", "bob", "cyd"]);
    let room = ada.group(&[&bob]).await;
    ada.seat(&room, &cyd, None).await.expect(201);
    ada.seat(&room, &cyd, Some("owner")).await.expect(200);
    cyd.patch(&at(&room), json!({"title": "Ours"})).await.expect(200);
    let sent = cyd.say(&room, "keep").await;
    cyd.put(&format!("{}/pin", on(&sent)), json!(null)).await.expect(204);
    cyd.delete(&format!("{}/pin", on(&sent))).await.expect(204);
    cyd.unseat(&room, &bob).await.expect(204);
    let kinds = stage.told().await;
    let expected = [
        "room.created",
        "room.member_added",
        "room.role_changed",
        "room.role_changed",
        "room.updated",
        "message.sent",
        "room.message_pinned",
        "room.message_unpinned",
        "room.member_removed",
    ];
    assert_eq!(kinds, expected);
    let events = stage.world.pending(&stage.store).await;
    let of_room: Vec<RoomEvent> = events.iter().filter_map(|e| e.body().ok()).collect();
    let versions: Vec<u64> = of_room.iter().map(|e| e.version).collect();
    assert_eq!(versions, (1..=8).collect::<Vec<_>>());
    assert!(matches!(of_room.last().unwrap().change, RoomChange::MemberRemoved { user_id } if user_id == bob.id));
}

#[tokio::test]
async fn every_event_that_a_request_causes_tells_its_trace_whoever_writes_it() {
    let stage = Stage::open().await;
    let [ada, bob] = stage.people(["ada", "bob"]);
    let room = ada.group(&[&bob]).await;
    ada.patch(&at(&room), json!({"title": "Ours"})).await.expect(200);
    ada.say(&room, "hello").await;
    let events = stage.world.pending(&stage.store).await;
    assert_eq!(events.len(), 3);
    let traces: Vec<_> = events.iter().filter_map(|e| e.trace()).map(|t| t.id).collect();
    assert_eq!(traces.len(), 3, "one of them has none");
    assert!(
        traces[0] != traces[1] && traces[1] != traces[2],
        "a trace for each request"
    );
}
