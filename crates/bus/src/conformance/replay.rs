//! Owns the cases of where a group begins.

use std::time::Duration;

use super::{ALPHA, Bench, Member, Recorder, Rig, subscription, until, until_no_lag};
use crate::{Start, Subscription};

fn from(group: &'static str, start: Start) -> Subscription {
    Subscription {
        start,
        ..subscription(group, &[ALPHA])
    }
}

pub async fn a_new_group_replays_everything(rig: Box<dyn Rig>) {
    let mut bench = Bench::new(rig).await;
    let first = Recorder::new();
    let member = bench.consume(subscription("first", &[ALPHA]), &first);
    for key in ["a", "b", "c", "d"] {
        bench.publish(ALPHA, key, 0..30).await;
    }
    first.acked(120).await;
    member.stop().await;
    bench.reopen().await;
    let second = Recorder::new();
    let member = bench.consume(from("second", Start::Earliest), &second);
    second.acked(120).await;
    assert_eq!(first.first_numbers(), second.first_numbers());
    member.stop().await;
}

pub async fn a_new_group_replays_from_an_instant(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let ambient = bench.rig.ambient();
    let mut instants = Vec::new();
    for round in 0..4 {
        let begun = ambient.now();
        // The next round's instant must differ from this round's publishing times.
        until("the clock moves", || {
            let now = ambient.now();
            Box::pin(async move { now > begun + Duration::from_millis(1) })
        })
        .await;
        instants.push(ambient.now());
        for key in ["a", "b", "c"] {
            bench.publish(ALPHA, key, round * 10..(round + 1) * 10).await;
        }
        let ended = ambient.now();
        until("the clock moves", || {
            let now = ambient.now();
            Box::pin(async move { now > ended })
        })
        .await;
    }
    let groups = ["at-0", "at-1", "at-2", "at-3"];
    for (round, group) in (0..4u64).zip(groups) {
        let handler = Recorder::new();
        let member = bench.consume(
            from(group, Start::At(instants[usize::try_from(round).unwrap()])),
            &handler,
        );
        handler.acked(usize::try_from((4 - round) * 30).unwrap()).await;
        until_no_lag(&bench.bus, ALPHA, group).await;
        assert!(
            handler
                .first_numbers()
                .values()
                .all(|n| *n == (round * 10..40).collect::<Vec<_>>())
        );
        member.stop().await;
    }
    let handler = Recorder::new();
    let member = bench.consume(
        from("at-end", Start::At(ambient.now() + Duration::from_millis(1))),
        &handler,
    );
    joined(&bench, &handler).await;
    assert!(handler.first_numbers().keys().all(|k| k == "joined"));
    member.stop().await;
}

/// Publishes until the handler has been given something: then its group has begun.
async fn joined(bench: &Bench, handler: &Recorder) {
    let mut n = 0;
    until("the group begins", || {
        n += 1;
        Box::pin(async move {
            bench.publish(ALPHA, "joined", [n]).await;
            handler.acks() > 0
        })
    })
    .await;
}

pub async fn a_new_group_may_begin_at_the_end(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    for key in ["a", "b", "c", "d", "e"] {
        bench.publish(ALPHA, key, 0..10).await;
    }
    let handler = Recorder::new();
    let member = bench.consume(from("g", Start::Latest), &handler);
    joined(&bench, &handler).await;
    for key in ["a", "b", "c", "d", "e"] {
        bench.publish(ALPHA, key, 10..12).await;
    }
    until_no_lag(&bench.bus, ALPHA, "g").await;
    for key in ["a", "b", "c", "d", "e"] {
        assert_eq!(handler.numbers(key), [10, 11]);
    }
    member.stop().await;
}

pub async fn the_beginning_at_the_end_survives_a_crash(rig: Box<dyn Rig>) {
    let mut bench = Bench::new(rig).await;
    bench.publish(ALPHA, "a", 0..5).await;
    let stuck = Recorder::that(|_, _| Box::pin(std::future::pending()));
    let member = bench.consume(from("g", Start::Latest), &stuck);
    let mut n = 0;
    until("the group begins", || {
        n += 1;
        let (bench, stuck) = (&bench, &stuck);
        Box::pin(async move {
            bench.publish(ALPHA, "b", [n]).await;
            !stuck.tries("b").is_empty()
        })
    })
    .await;
    let first = stuck.tries("b")[0].0;
    bench.crash().await;
    member.kill().await;
    let handler = Recorder::new();
    let member = bench.consume(from("g", Start::Latest), &handler);
    until_no_lag(&bench.bus, ALPHA, "g").await;
    assert!(handler.numbers("a").is_empty());
    assert_eq!(
        handler.numbers("b"),
        (first..=n).collect::<Vec<_>>(),
        "it began once and for all"
    );
    member.stop().await;
}

pub async fn a_known_group_does_not_begin_again(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let handler = Recorder::new();
    bench.publish(ALPHA, "a", 0..10).await;
    let member = bench.consume(from("g", Start::Earliest), &handler);
    handler.acked(10).await;
    member.stop().await;
    bench.publish(ALPHA, "a", 10..15).await;
    let starts = [
        Start::Latest,
        Start::Earliest,
        Start::At(bench.rig.ambient().now() + Duration::from_secs(60)),
    ];
    for (round, start) in starts.into_iter().enumerate() {
        let member: Member = bench.consume(from("g", start), &handler);
        handler.acked(15 + round).await;
        member.stop().await;
        bench.publish(ALPHA, "a", [15 + round as u64]).await;
    }
    assert_eq!(handler.numbers("a"), (0..17).collect::<Vec<_>>());
}
