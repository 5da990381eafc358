//! Owns the cases of tails and of lag.

use std::sync::Arc;
use std::time::Duration;

use contracts::Event;
use futures::StreamExt as _;
use futures::stream::BoxStream;
use tokio::sync::Semaphore;

use super::{ALPHA, BETA, Bench, DEADLINE, Probe, Recorder, Rig, subscription, until, until_no_lag};

type Tail = BoxStream<'static, Vec<Event>>;

/// A tail that is read for so long and does not end has kept up.
const QUIET: Duration = Duration::from_secs(3);

/// Reads batches until the last event is number `last`; returns all (key, number).
async fn read_to(tail: &mut Tail, last: u64) -> Vec<(String, u64)> {
    let mut all = Vec::new();
    while all.last().is_none_or(|(_, n)| *n != last) {
        let batch = tokio::time::timeout(DEADLINE, tail.next()).await.unwrap().unwrap();
        assert!(!batch.is_empty());
        all.extend(
            batch
                .iter()
                .map(|e| e.body::<Probe>().unwrap())
                .map(|p| (p.key, p.number)),
        );
    }
    all
}

pub async fn a_tail_gets_what_is_published_from_now_on(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    bench.publish(ALPHA, "a", 0..5).await;
    let mut tail = bench.bus.tail(&[ALPHA]).await.unwrap();
    bench.publish(ALPHA, "a", 5..50).await;
    for n in 50..60 {
        bench.publish(ALPHA, "a", [n]).await;
    }
    let got = read_to(&mut tail, 59).await;
    assert_eq!(got, (5..60).map(|n| ("a".to_owned(), n)).collect::<Vec<_>>());
}

pub async fn every_tail_gets_everything(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let mut tails = Vec::new();
    for _ in 0..5 {
        tails.push(bench.bus.tail(&[ALPHA]).await.unwrap());
    }
    drop(bench.bus.tail(&[ALPHA]).await.unwrap());
    bench.publish(ALPHA, "a", 0..30).await;
    bench.publish(ALPHA, "a", 30..60).await;
    for tail in &mut tails {
        assert_eq!(read_to(tail, 59).await.len(), 60);
    }
}

pub async fn a_tail_gets_its_topics_only(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let mut tail = bench.bus.tail(&[BETA]).await.unwrap();
    let events = [
        bench.event(ALPHA, "a", 1),
        bench.event(BETA, "b", 2),
        bench.event(ALPHA, "a", 3),
    ];
    bench.bus.publish(&events).await.unwrap();
    bench.publish(ALPHA, "a", [4]).await;
    bench.publish(BETA, "b", [5]).await;
    assert_eq!(read_to(&mut tail, 5).await, [("b".to_owned(), 2), ("b".to_owned(), 5)]);
}

pub async fn a_slow_tail_ends_without_a_gap_and_another_begins(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let mut slow = bench.bus.tail(&[ALPHA]).await.unwrap();
    let (mut got, mut sent) = (Vec::new(), 0);
    for round in 0.. {
        assert!(round < 10, "all {sent} were kept for one who does not read");
        // More than anybody should keep. A tail that reads the bus no quicker than it is read is given more.
        for _ in 0..24 {
            bench.publish(ALPHA, "a", sent..sent + 512).await;
            sent += 512;
        }
        let ended = async {
            while let Some(batch) = slow.next().await {
                got.extend(batch.iter().map(|e| e.body::<Probe>().unwrap().number));
            }
        };
        if tokio::time::timeout(QUIET, ended).await.is_ok() {
            break;
        }
    }
    assert!((got.len() as u64) < sent, "{} were kept", got.len());
    assert_eq!(got, (0..got.len() as u64).collect::<Vec<_>>(), "all up to its end");
    let mut again = bench.bus.tail(&[ALPHA]).await.unwrap();
    bench.publish(ALPHA, "a", sent..sent + 10).await;
    assert_eq!(read_to(&mut again, sent + 9).await.len(), 10);
}

pub async fn a_tail_ends_with_the_bus(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let mut tail = bench.bus.tail(&[ALPHA]).await.unwrap();
    bench.publish(ALPHA, "a", 0..3).await;
    bench.bus.close().await;
    assert_eq!(read_to(&mut tail, 2).await.len(), 3);
    assert!(tokio::time::timeout(DEADLINE, tail.next()).await.unwrap().is_none());
}

pub async fn lag_counts_what_is_not_acked(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    assert_eq!(bench.bus.lag(ALPHA, "g").await.unwrap(), 0);
    for k in 0..10 {
        bench.publish(ALPHA, &format!("k{k}"), 0..3).await;
    }
    bench.publish(BETA, "x", 0..7).await;
    assert_eq!(bench.bus.lag(ALPHA, "g").await.unwrap(), 30);
    let gate = Arc::new(Semaphore::new(5));
    let held = gate.clone();
    let handler = Recorder::that(move |_, _| {
        let gate = held.clone();
        Box::pin(async move {
            gate.acquire().await.unwrap().forget();
            Ok(())
        })
    });
    let member = bench.consume(subscription("g", &[ALPHA]), &handler);
    handler.acked(5).await;
    until("some are acked", || {
        let bus = &bench.bus;
        Box::pin(async move { (25..30).contains(&bus.lag(ALPHA, "g").await.unwrap()) })
    })
    .await;
    gate.add_permits(100);
    until_no_lag(&bench.bus, ALPHA, "g").await;
    assert_eq!(bench.bus.lag(BETA, "g").await.unwrap(), 7);
    assert_eq!(bench.bus.lag(ALPHA, "other").await.unwrap(), 30);
    member.stop().await;
}
