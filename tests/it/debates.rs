//! Debates of agents before a room that votes blind.

use blackbox::{Actor, Field as _, Instance, Socket, eventually, friends};
use serde_json::{Value, json};

const MOTION: &str = "Cities should ban private cars";

#[tokio::test]
async fn a_room_hears_a_debate_blind_votes_and_learns_who_spoke() {
    let [ada, bob] = friends(Instance::shared(), ["ada", "bob"]).await;
    let (room, path, agents) = begin(&ada, &bob).await;
    let socket = Socket::in_room(&bob, &room).await;
    let mut seen = vec![
        vote(&bob, &path, "before", json!("A")).await,
        bob.get(&path).await.is(200),
    ];
    ada.post_empty(&format!("{path}/start")).await.is(200);
    socket.event(&room, "debate", |d| d.has("phase", "voting_after")).await;
    let debate = bob.get(&path).await.is(200);
    for turn in debate.list("turns") {
        assert_eq!(
            (turn.text("state"), said(&socket, &room, turn.number("number"))),
            ("spoken".into(), turn.text("text"))
        );
    }
    assert!(debate.list("turns")[0].text("text").contains("I stand "), "{debate:#}");
    assert!(debate.text("badge").contains("no AI model"), "{debate:#}");
    seen.push(debate);
    seen.extend(socket.frames().into_iter().filter(|frame| frame.text("op") == "ev"));
    let bytes = json!(seen).to_string().to_lowercase();
    for name in ["sage", "critic", "scripted\"", &agents[0], &agents[1]] {
        assert!(!bytes.contains(name), "{name} in {bytes}");
    }
    vote(&bob, &path, "after", json!("B")).await;
    let revealed = bob.get(&path).await.is(200).list("sides");
    assert!(
        revealed.iter().all(|side| agents.contains(&side.text("agent.id"))),
        "{revealed:?}"
    );
    ada.post_empty(&format!("{path}/close")).await.is(200);
    let debate = reads(&bob, &path, |debate| !debate["result"].is_null()).await;
    assert_eq!(debate["result"]["winners"], json!(["B"]));
    let rated = |board: &Value| {
        board
            .list("items")
            .iter()
            .filter(|row| agents.contains(&row.text("agent.id")))
            .count()
            == 2
    };
    reads(&bob, "/api/debates/leaderboard?limit=100", rated).await;
}

#[tokio::test]
async fn a_debate_goes_on_after_a_kill() {
    let Some(mut product) = Instance::own() else { return };
    let [ada, bob] = friends(&product, ["ada", "bob"]).await;
    let (room, path, _) = begin(&ada, &bob).await;
    let socket = Socket::in_room(&bob, &room).await;
    vote(&bob, &path, "before", json!(null)).await;
    ada.post_empty(&format!("{path}/start")).await.is(200);
    socket.event(&room, "debate.delta", |d| d["turn"] == 3).await;
    let before = bob.get(&path).await.is(200).list("turns");
    product.kill9();
    product.up();
    let after = reads(&bob, &path, |debate| debate.has("phase", "voting_after"))
        .await
        .list("turns");
    let spoken = |turn: &&Value| turn.has("state", "spoken");
    assert!(
        before.iter().filter(spoken).all(|turn| after.contains(turn)),
        "{before:#?}\n{after:#?}"
    );
    assert!(after.iter().all(|turn| turn.has("state", "spoken")), "{after:#?}");
    assert!(bob.get(&path).await.is(200)["myVotes"]["before"].is_object());
}

/// Begins a debate in a room of two people; returns room, path and the agents.
async fn begin(ada: &Actor, bob: &Actor) -> (String, String, [String; 2]) {
    let agents = [ada.agent("sage").await, ada.agent("critic").await];
    let room = ada.group_with(&[bob], json!({"agentIds": agents})).await;
    let wish = json!({"roomId": room, "motion": MOTION, "agentIds": agents});
    let debate = ada.post("/api/debates", wish).await.is(201);
    (room, format!("/api/debates/{}", debate.text("id")), agents)
}

async fn vote(actor: &Actor, path: &str, when: &str, side: Value) -> Value {
    actor
        .put(&format!("{path}/votes/{when}"), json!({ "side": side }))
        .await
        .is(200)
}

/// Reads until the answer is as it should be.
async fn reads(actor: &Actor, path: &str, is_so: impl Fn(&Value) -> bool) -> Value {
    eventually(path, async || {
        let answer = actor.get(path).await.is(200);
        is_so(&answer).then_some(answer)
    })
    .await
}

/// Puts together what the room has heard of a turn's last attempt.
fn said(socket: &Socket, room: &str, turn: u64) -> String {
    let deltas = socket
        .events(room, "debate.delta")
        .into_iter()
        .map(|frame| frame["d"].clone());
    deltas.filter(|d| d["turn"] == turn).fold(String::new(), |said, d| {
        let before = if d["pos"] == 0 { "" } else { &said };
        format!("{before}{}", d.text("text"))
    })
}
