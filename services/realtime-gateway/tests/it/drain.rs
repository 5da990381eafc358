//! The end of the process.

use serde_json::json;

use crate::client::{Client, connect};
use crate::rig::Rig;
use crate::stream;

#[tokio::test]
async fn a_drain_tells_everybody_to_come_back_writes_what_waits_and_closes() {
    let (rig, [ada], room) = Rig::people(["ada"]).await;
    let mut clients = Vec::new();
    for _ in 0..5 {
        clients.push(Client::in_room(&rig, ada, room).await);
    }
    rig.sent(room, ada, "the last").await;
    let (drained, codes) = tokio::join!(
        async { tokio::time::timeout(crate::client::DEADLINE, rig.supervisor.lock().await.drain()).await },
        futures::future::join_all(clients.iter_mut().map(Client::close_code)),
    );
    drained.unwrap();
    assert_eq!(codes, [1012; 5]);
    for client in &clients {
        assert!(client.saw(|f| f["op"] == "reconnect" && f["afterMs"].is_u64()));
    }
    assert_eq!(connect(&rig, "/realtime", &[]).await.err(), Some(503));
}

#[tokio::test]
async fn who_was_let_in_before_the_drain_and_connects_during_it_is_sent_away_too() {
    let (rig, [ada, bob], room) = Rig::people(["ada", "bob"]).await;
    rig.chat.held.send_replace(vec!["is_member", "rooms_of"]);
    // The drain waits for this one, who is busy signing in.
    let mut early = connect(&rig, "/realtime", &[]).await.unwrap();
    early.say(json!({"op": "auth", "token": rig.token(ada)})).await;
    let draining = async {
        rig.eventually("both wait", || rig.chat.held.receiver_count() == 2)
            .await;
        rig.supervisor.lock().await.drain().await;
    };
    let late = async {
        let opening = stream::open(&rig, bob, room, None);
        let refused = async {
            rig.eventually("both wait", || rig.chat.held.receiver_count() == 2)
                .await;
            while connect(&rig, "/realtime", &[]).await.err() != Some(503) {}
            rig.chat.held.send_replace(vec!["rooms_of"]);
        };
        let (mut stream, ()) = tokio::join!(opening, refused);
        stream.until(|f| f["op"] == "reconnect").await;
        rig.chat.held.send_replace(vec![]);
    };
    tokio::join!(draining, late);
    assert_eq!(early.close_code().await, 1012);
}
