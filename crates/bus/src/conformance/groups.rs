//! Owns the cases of groups, members, coming and going.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::{ALPHA, BETA, Bench, DEADLINE, Member, Recorder, Rig, SINGLE, subscription, until, until_no_lag};
use crate::Retry;

/// Publishes `each` numbers of 24 keys, one batch a number.
async fn publish_round(bench: &Bench, numbers: std::ops::Range<u64>) {
    for n in numbers {
        let events: Vec<_> = (0..24).map(|k| bench.event(ALPHA, &format!("k{k}"), n)).collect();
        bench.bus.publish(&events).await.unwrap();
    }
}

/// Handles in a moment, not at once.
fn unhurried() -> Arc<Recorder> {
    Recorder::that(|probe, _| {
        Box::pin(async move {
            tokio::time::sleep(Duration::from_micros(probe.number * 53 % 400)).await;
            Ok(())
        })
    })
}

pub async fn every_group_gets_all(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let handlers = [Recorder::new(), Recorder::new(), Recorder::new()];
    let members: Vec<Member> = ["one", "two", "three"]
        .into_iter()
        .zip(&handlers)
        .map(|(g, h)| bench.consume(subscription(g, &[ALPHA]), h))
        .collect();
    publish_round(&bench, 0..10).await;
    for handler in &handlers {
        handler.acked(240).await;
    }
    for member in members {
        member.stop().await;
    }
    assert!(handlers.iter().all(|h| h.acks() == 240));
}

pub async fn members_of_a_group_share(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let (a, b) = (Recorder::new(), Recorder::new());
    let members = [
        bench.consume(subscription("g", &[ALPHA]), &a),
        bench.consume(subscription("g", &[ALPHA]), &b),
    ];
    // Both are known to be members when both have been given something.
    let mut rounds = 0;
    until("both take part", || {
        rounds += 1;
        let (bench, a, b, n) = (&bench, &a, &b, rounds);
        Box::pin(async move {
            publish_round(bench, n..n + 1).await;
            a.acks() > 0 && b.acks() > 0
        })
    })
    .await;
    publish_round(&bench, 1_000_000..1_000_010).await;
    until_no_lag(&bench.bus, ALPHA, "g").await;
    let both = |key: &str| {
        a.numbers(key)
            .into_iter()
            .chain(b.numbers(key))
            .filter(|n| *n >= 1_000_000)
            .collect::<Vec<_>>()
    };
    for k in 0..24 {
        assert_eq!(
            both(&format!("k{k}")),
            (1_000_000..1_000_010).collect::<Vec<_>>(),
            "one member has the key, and gets each once"
        );
    }
    for member in members {
        member.stop().await;
    }
}

pub async fn a_member_may_join_and_leave(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let (a, b) = (unhurried(), unhurried());
    let first = bench.consume(subscription("g", &[ALPHA]), &a);
    publish_round(&bench, 0..5).await;
    a.acked(120).await;
    let second = bench.consume(subscription("g", &[ALPHA]), &b);
    let mut n = 4;
    until("the second takes part", || {
        n += 1;
        let (bench, b) = (&bench, &b);
        Box::pin(async move {
            publish_round(bench, n..n + 1).await;
            b.acks() > 0
        })
    })
    .await;
    first.stop().await;
    let before = a.acks();
    publish_round(&bench, n + 1..n + 5).await;
    until_no_lag(&bench.bus, ALPHA, "g").await;
    assert_eq!(a.acks(), before, "who left is given nothing");
    second.stop().await;
    let mut all = a.first_numbers();
    for (key, numbers) in b.first_numbers() {
        all.entry(key).or_default().extend(numbers);
    }
    for numbers in all.values_mut() {
        numbers.sort_unstable();
        numbers.dedup();
        assert_eq!(*numbers, (0..n + 5).collect::<Vec<_>>(), "nothing is missing");
    }
}

pub async fn coming_and_going_under_load_loses_nothing_and_keeps_order(rig: Box<dyn Rig>) {
    const NUMBERS: u64 = 120;
    let bench = Arc::new(Bench::new(rig).await);
    let handler = unhurried();
    let stays = bench.consume(subscription("g", &[ALPHA]), &handler);
    let publisher = {
        let bench = bench.clone();
        tokio::spawn(async move { publish_round(&bench, 0..NUMBERS).await })
    };
    let mut turn = 0;
    while !publisher.is_finished() {
        // One recorder for all members: it sees whether two of them ever handle one key at once.
        let visitor = bench.consume(subscription("g", &[ALPHA]), &handler);
        let seen = handler.acks();
        tokio::time::timeout(Duration::from_millis(30), handler.acked(seen + 40))
            .await
            .unwrap_or(());
        turn += 1;
        if turn % 3 == 0 {
            visitor.kill().await
        } else {
            visitor.stop().await
        }
    }
    publisher.await.unwrap();
    until_no_lag(&bench.bus, ALPHA, "g").await;
    stays.stop().await;
    let all = handler.first_numbers();
    assert_eq!(all.len(), 24);
    for (key, numbers) in all {
        assert_eq!(numbers, (0..NUMBERS).collect::<Vec<_>>(), "{key}");
    }
    assert_eq!(handler.overlaps(), 0, "a key was in two hands");
}

/// Publishes one event to each partition, one after the other, so that there is one whenever members come and go.
async fn trickle(bench: &Bench, number: u64) {
    const PAUSE: Duration = Duration::from_millis(30);
    for topic in [ALPHA, BETA, SINGLE] {
        for partition in 0..topic.partitions {
            let mut keys = (0..).map(|n| format!("key-{n}"));
            let key = keys.find(|k| contracts::event::partition_of(k, topic.partitions) == partition);
            bench.publish(topic, &key.unwrap(), [number]).await;
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// What is not remembered because the group was being divided anew must be made good without another event of the partition.
pub async fn coming_and_going_with_few_events_leaves_no_lag(rig: Box<dyn Rig>) {
    const ROUNDS: u64 = 8;
    const VISITORS: usize = 3;
    let bench = Bench::new(rig).await;
    let topics = [ALPHA, BETA, SINGLE];
    let handler = Recorder::new();
    let stays = bench.consume(subscription("g", &topics), &handler);
    for round in 0..ROUNDS {
        let mut visitors = Vec::new();
        for _ in 0..VISITORS {
            visitors.push(bench.consume(subscription("g", &topics), &handler));
        }
        trickle(&bench, 2 * round).await;
        for topic in topics {
            until_no_lag(&bench.bus, topic, "g").await;
        }
        let leaving = futures::future::join_all(visitors.into_iter().map(Member::stop));
        tokio::join!(leaving, trickle(&bench, 2 * round + 1));
        for topic in topics {
            until_no_lag(&bench.bus, topic, "g").await;
        }
    }
    stays.stop().await;
}

pub async fn what_a_killed_member_had_goes_to_another(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let stuck = Recorder::that(|_, _| Box::pin(std::future::pending()));
    publish_round(&bench, 0..2).await;
    let dies = bench.consume(subscription("g", &[ALPHA]), &stuck);
    stuck.tried(5).await;
    let handler = Recorder::new();
    let lives = bench.consume(subscription("g", &[ALPHA]), &handler);
    dies.kill().await;
    handler.acked(48).await;
    assert!(handler.first_numbers().values().all(|numbers| numbers == &[0, 1]));
    lives.stop().await;
}

pub async fn a_slow_group_does_not_hold_up_another(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let gate = Arc::new(Semaphore::new(0));
    let held = gate.clone();
    let slow = Recorder::that(move |_, _| {
        let gate = held.clone();
        Box::pin(async move {
            gate.acquire().await.unwrap().forget();
            Ok(())
        })
    });
    let quick = Recorder::new();
    let members = [
        bench.consume(subscription("slow", &[ALPHA]), &slow),
        bench.consume(subscription("quick", &[ALPHA]), &quick),
    ];
    // More than the slow one can have in hand or in memory.
    publish_round(&bench, 0..200).await;
    quick.acked(4_800).await;
    assert_eq!(slow.acks(), 0);
    gate.add_permits(10_000);
    slow.acked(4_800).await;
    for member in members {
        member.stop().await;
    }
    assert!(slow.first_numbers().values().all(|n| n.is_sorted() && n.len() == 200));
}

pub async fn stopping_finishes_what_is_in_hand(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let gate = Arc::new(Semaphore::new(0));
    let held = gate.clone();
    let handler = Recorder::that(move |_, _| {
        let gate = held.clone();
        Box::pin(async move {
            gate.acquire().await.unwrap().forget();
            Ok(())
        })
    });
    publish_round(&bench, 0..2).await;
    let member = bench.consume(subscription("g", &[ALPHA]), &handler);
    handler.tried(24).await;
    member.stop.cancel();
    tokio::task::yield_now().await;
    assert!(!member.task.is_finished(), "24 are in hand");
    gate.add_permits(1_000);
    tokio::time::timeout(DEADLINE, member.task)
        .await
        .unwrap()
        .unwrap()
        .unwrap();
    // The stop may have come while a few more were being started.
    let acks = handler.acks();
    assert!((24..48).contains(&acks), "what was in hand, and not all: {acks}");
    // Of those few an ack beyond the contiguous prefix is not counted.
    let lag = bench.bus.lag(ALPHA, "g").await.unwrap();
    assert!((48 - acks as u64..=24).contains(&lag), "{lag} after {acks} acks");
}

pub async fn stopping_does_not_wait_for_pauses(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let handler = Recorder::failing(|_, _| true);
    let hour = Duration::from_secs(3_600);
    let retry = Retry {
        retries_max: 5,
        pause: hour,
        pause_max: hour,
        total_max: hour,
        ..Retry::default()
    };
    let member = bench.consume(
        crate::Subscription {
            retry,
            ..subscription("g", &[ALPHA])
        },
        &handler,
    );
    bench.publish(ALPHA, "a", [1]).await;
    handler.tried(1).await;
    member.stop().await;
    let next = Recorder::new();
    let member = bench.consume(subscription("g", &[ALPHA]), &next);
    next.acked(1).await;
    member.stop().await;
}

pub async fn a_group_goes_on_where_it_stopped(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let handler = Recorder::new();
    let member = bench.consume(subscription("g", &[ALPHA]), &handler);
    publish_round(&bench, 0..5).await;
    handler.acked(120).await;
    member.stop().await;
    publish_round(&bench, 5..10).await;
    assert_eq!(bench.bus.lag(ALPHA, "g").await.unwrap(), 120);
    let member = bench.consume(subscription("g", &[ALPHA]), &handler);
    handler.acked(240).await;
    member.stop().await;
    assert_eq!(handler.acks(), 240, "none twice");
    assert_eq!(handler.numbers("k3"), (0..10).collect::<Vec<_>>());
}

pub async fn members_may_want_different_topics(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let (alpha, both) = (Recorder::new(), Recorder::new());
    let members = [
        bench.consume(subscription("g", &[ALPHA]), &alpha),
        bench.consume(subscription("g", &[ALPHA, BETA]), &both),
    ];
    for k in 0..10 {
        bench.publish(ALPHA, &format!("a{k}"), [1]).await;
        bench.publish(BETA, &format!("b{k}"), [2]).await;
    }
    until_no_lag(&bench.bus, ALPHA, "g").await;
    until_no_lag(&bench.bus, BETA, "g").await;
    for member in members {
        member.stop().await;
    }
    assert!(alpha.events().iter().all(|e| &*e.topic == ALPHA.name));
    assert_eq!(both.events().iter().filter(|e| &*e.topic == BETA.name).count(), 10);
}
