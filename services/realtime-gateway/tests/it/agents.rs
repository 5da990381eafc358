//! Replies that agents are writing.

use contracts::ai_chat_host::{RunChange, RunEvent, RunSnapshot};
use contracts::chat::AiState;
use contracts::realtime::{LiveFrame, room_channel};
use ephemeral::Ephemeral as _;
use kernel::RoomId;
use serde_json::json;

use crate::client::Client;
use crate::rig::Rig;

/// What a gateway's live channels hold before they lose the oldest.
const LIVE_QUEUE: usize = 4_096;

pub(crate) fn snapshot(rig: &Rig, text: &str) -> RunSnapshot {
    let ambient = &rig.ambient;
    RunSnapshot {
        run_id: ambient.id(),
        message_id: ambient.id(),
        agent_id: ambient.id(),
        attempt: 1,
        text: text.into(),
    }
}

pub(crate) async fn delta(rig: &Rig, room_id: RoomId, run: &RunSnapshot, pos: u64, text: &str) {
    let RunSnapshot {
        run_id,
        message_id,
        agent_id,
        attempt,
        ..
    } = *run;
    let live = LiveFrame::AiDelta {
        room_id,
        message_id,
        run_id,
        agent_id,
        attempt,
        pos,
        text: text.into(),
    };
    publish(rig, room_id, &live).await;
}

async fn publish(rig: &Rig, room: RoomId, live: &LiveFrame) {
    let payload = serde_json::to_vec(live).unwrap();
    rig.ephemeral
        .publish(&room_channel(room), payload.into())
        .await
        .unwrap();
}

#[tokio::test]
async fn pieces_reach_followers_as_ai_frames() {
    let (rig, [ada], room) = Rig::people(["ada"]).await;
    let mut client = Client::in_room(&rig, ada, room).await;
    let run = snapshot(&rig, "");
    delta(&rig, room, &run, 0, "Hé").await;
    delta(&rig, room, &run, 2, "llo").await;
    let first = client.wait(|f| f["op"] == "ai").await;
    let RunSnapshot {
        run_id,
        message_id,
        agent_id,
        ..
    } = run;
    assert_eq!(
        first,
        json!({"op": "ai", "r": room, "messageId": message_id, "runId": run_id, "agentId": agent_id, "attempt": 1, "pos": 0, "text": "Hé"})
    );
    client
        .wait(|f| f["op"] == "ai" && f["pos"] == 2 && f["text"] == "llo")
        .await;
}

#[tokio::test]
async fn who_comes_during_a_run_gets_the_text_so_far_once_and_then_only_what_is_new() {
    let (rig, [ada], room) = Rig::people(["ada"]).await;
    let run = snapshot(&rig, "Hello");
    rig.runs.live.lock().push(run.clone());
    let mut client = Client::in_room(&rig, ada, room).await;
    // In flight when the text was read: it says nothing new.
    delta(&rig, room, &run, 3, "lo").await;
    delta(&rig, room, &run, 5, " you").await;
    client.wait(|f| f["op"] == "ai" && f["pos"] == 5).await;
    let seen: Vec<_> = client
        .frames
        .iter()
        .filter(|f| f["op"] == "ai")
        .map(|f| (f["pos"].clone(), f["text"].clone()))
        .collect();
    assert_eq!(seen, [(json!(0), json!("Hello")), (json!(5), json!(" you"))]);
}

#[tokio::test]
async fn readers_whose_live_channels_were_lost_for_a_while_get_the_text_so_far() {
    let (rig, [ada], room) = Rig::people(["ada"]).await;
    let mut client = Client::in_room(&rig, ada, room).await;
    let run = snapshot(&rig, "Hello, all of");
    delta(&rig, room, &run, 0, "Hel").await;
    client.wait(|f| f["op"] == "ai" && f["text"] == "Hel").await;
    rig.runs.live.lock().push(run.clone());
    rig.ephemeral.close();
    client
        .wait(|f| f["op"] == "ai" && f["pos"] == 0 && f["text"] == "Hello, all of")
        .await;
    delta(&rig, room, &run, 13, " you").await;
    client.wait(|f| f["op"] == "ai" && f["pos"] == 13).await;
}

#[tokio::test]
async fn readers_whose_gateway_was_told_too_much_at_once_get_the_text_so_far() {
    let (rig, [ada], room) = Rig::people(["ada"]).await;
    let mut client = Client::in_room(&rig, ada, room).await;
    let run = snapshot(&rig, "Hello, all of you");
    delta(&rig, room, &run, 0, "Hello").await;
    client.wait(|f| f["op"] == "ai" && f["text"] == "Hello").await;
    rig.runs.live.lock().push(run.clone());
    // The oldest goes.
    delta(&rig, room, &run, 5, ", all of you").await;
    let typing = LiveFrame::Typing {
        room_id: room,
        user_id: Some(ada),
        agent_id: None,
    };
    for _ in 0..LIVE_QUEUE {
        publish(&rig, room, &typing).await;
    }
    client.wait(|f| f["op"] == "ai" && f["text"] == run.text.as_str()).await;
}

#[tokio::test]
async fn the_beginning_and_the_end_of_a_run_are_told_and_a_member_may_stop_it() {
    let (rig, [ada], room) = Rig::people(["ada"]).await;
    let mut client = Client::in_room(&rig, ada, room).await;
    let run = snapshot(&rig, "");
    let event = |change| RunEvent {
        run_id: run.run_id,
        room_id: room,
        agent_id: run.agent_id,
        message_id: run.message_id,
        trigger_id: rig.ambient.id(),
        attempt: 1,
        change,
    };
    rig.publish(&event(RunChange::Started)).await;
    let d = json!({"runId": run.run_id, "messageId": run.message_id, "agentId": run.agent_id, "attempt": 1});
    assert_eq!(client.event("ai.started").await["d"], d);
    assert_eq!(
        client
            .ask(json!({"op": "cancel", "r": room, "runId": run.run_id}))
            .await["op"],
        "ok"
    );
    assert_eq!(*rig.runs.cancelled.lock(), [(ada, room, run.run_id)]);
    rig.publish(&event(RunChange::Ended {
        state: AiState::Cancelled,
    }))
    .await;
    assert_eq!(client.event("ai.ended").await["d"]["state"], "cancelled");
}

#[tokio::test]
async fn what_another_service_tells_a_room_comes_as_it_is_to_its_followers() {
    let (rig, [ada], room) = Rig::people(["ada"]).await;
    let mut client = Client::in_room(&rig, ada, room).await;
    for (t, fades) in [
        ("debate", false),
        ("debate.delta", true),
        ("no name", false),
        ("debate.end", false),
    ] {
        let (d, room_id) = (json!({"side": "A"}), room);
        let live = LiveFrame::RoomEvent {
            room_id,
            t: t.into(),
            d,
            fades,
        };
        publish(&rig, room, &live).await;
    }
    let event = |t: &str| json!({"op": "ev", "t": t, "r": room, "d": {"side": "A"}});
    assert_eq!(client.event("debate").await, event("debate"));
    assert_eq!(client.event("debate.delta").await, event("debate.delta"));
    assert_eq!(client.event("debate.end").await, event("debate.end"));
    assert!(!client.saw(|f| f["t"] == "no name"));
}
