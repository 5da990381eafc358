//! The end of the process.

use crate::client::{Client, connect};
use crate::rig::Rig;

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
