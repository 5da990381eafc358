//! What was acknowledged stays, whatever happens to the process.

use std::collections::BTreeMap;
use std::time::Duration;

use blackbox::{Ack, Actor, Field as _, Instance, Load, Seed, assert_acked_once, assert_gap_free, friends};

const ROUNDS: usize = 3;
const PAUSE: Duration = Duration::from_millis(2);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kill_9_under_a_load_of_sends_loses_and_repeats_nothing_that_was_acknowledged() {
    let Some(mut product) = Instance::own() else { return };
    let mut seed = Seed::printed();
    let actors = friends(&product, ["a", "b", "c", "d", "e", "f", "g", "h"]).await;
    let rooms = three_rooms(&actors).await;
    let load = Load::start(&actors, &rooms, PAUSE);
    for _ in 0..ROUNDS {
        load.acknowledges(seed.between(40, 300)).await;
        product.kill9();
        product.up();
    }
    load.acknowledges(40).await;
    judge(&actors, &load.end().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gentle_restart_under_a_load_of_sends_loses_and_repeats_nothing() {
    let Some(mut product) = Instance::own() else { return };
    let actors = friends(&product, ["a", "b", "c", "d"]).await;
    let rooms = three_rooms(&actors).await;
    let load = Load::start(&actors, &rooms, PAUSE);
    load.acknowledges(60).await;
    assert!(product.stop().success(), "SIGTERM must end with code 0");
    product.up();
    load.acknowledges(60).await;
    judge(&actors, &load.end().await).await;
}

async fn three_rooms(actors: &[Actor]) -> Vec<String> {
    let (owner, others) = actors.split_first().unwrap();
    let others: Vec<_> = others.iter().collect();
    vec![
        owner.group(&others).await,
        owner.group(&others).await,
        owner.group(&others).await,
    ]
}

/// Holds every room against the acknowledgements, and asks for each sender's last one again.
async fn judge(actors: &[Actor], acks: &[(String, Ack)]) {
    let mut by_room: BTreeMap<_, Vec<Ack>> = BTreeMap::new();
    for (room, ack) in acks {
        by_room.entry(room).or_default().push(ack.clone());
    }
    for (room, acks) in by_room {
        let history = actors.first().unwrap().history(room).await;
        assert_gap_free(&history);
        assert_acked_once(&history, &acks);
    }
    for actor in actors {
        let (room, ack) = acks.iter().rfind(|(_, ack)| ack.author == actor.id).unwrap();
        let again = actor.send(room, &ack.client_id, "another text").await.is(200);
        assert_eq!(
            (again.text("id"), again.number("seq")),
            (ack.id.clone(), ack.seq),
            "asked again for {ack:?}"
        );
    }
}
