//! Owns the cases of releasing a parked key.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Semaphore;

use super::{ALPHA, Bench, Recorder, Rig, quick, subscription, until, until_no_lag};
use crate::{OnPoison, Subscription};

/// A handler that refuses the key `a` until it is healed.
fn sick() -> (Arc<AtomicBool>, Arc<Recorder>) {
    let healed = Arc::new(AtomicBool::new(false));
    let seen = healed.clone();
    (
        healed,
        Recorder::failing(move |probe, _| probe.key == "a" && !seen.load(Ordering::SeqCst)),
    )
}

/// Parks without retries.
fn parking(group: &'static str) -> Subscription {
    Subscription {
        retry: quick(0),
        ..subscription(group, &[ALPHA])
    }
}

async fn letters(bench: &Bench, group: &str) -> Vec<u64> {
    let letters = bench.bus.dead_letters(ALPHA, group, 1_000).await.unwrap();
    letters
        .iter()
        .map(|l| l.event.body::<super::Probe>().unwrap().number)
        .collect()
}

pub async fn released_letters_come_in_order_and_free_the_key(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let (healed, handler) = sick();
    let member = bench.consume(parking("g"), &handler);
    bench.publish(ALPHA, "a", 0..20).await;
    until_no_lag(&bench.bus, ALPHA, "g").await;
    assert_eq!(letters(&bench, "g").await, (0..20).collect::<Vec<_>>());
    healed.store(true, Ordering::SeqCst);
    assert_eq!(bench.bus.release(ALPHA, "g", "a").await.unwrap(), 20);
    handler.acked(20).await;
    bench.publish(ALPHA, "a", 20..25).await;
    handler.acked(25).await;
    assert_eq!(handler.numbers("a"), (0..25).collect::<Vec<_>>());
    assert_eq!(handler.overlaps(), 0);
    assert!(letters(&bench, "g").await.is_empty());
    member.stop().await;
}

pub async fn release_reaches_one_group_only(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let ((healed, one), (_, two), three) = (sick(), sick(), Recorder::new());
    let members = [
        bench.consume(parking("one"), &one),
        bench.consume(parking("two"), &two),
        bench.consume(parking("three"), &three),
    ];
    bench.publish(ALPHA, "a", 0..4).await;
    for group in ["one", "two", "three"] {
        until_no_lag(&bench.bus, ALPHA, group).await;
    }
    healed.store(true, Ordering::SeqCst);
    assert_eq!(bench.bus.release(ALPHA, "one", "a").await.unwrap(), 4);
    one.acked(4).await;
    assert_eq!(letters(&bench, "two").await, [0, 1, 2, 3]);
    assert_eq!((two.acks(), three.acks()), (0, 4));
    for member in members {
        member.stop().await;
    }
}

pub async fn parked_keys_are_listed_until_they_are_released(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let begun = bench.rig.ambient().now();
    let ((healed, one), (_, two)) = (sick(), sick());
    let members = [bench.consume(parking("one"), &one), bench.consume(parking("two"), &two)];
    assert!(bench.bus.parked(10).await.unwrap().is_empty());
    bench.publish(ALPHA, "a", 0..4).await;
    bench.publish(ALPHA, "b", 0..4).await;
    for group in ["one", "two"] {
        until_no_lag(&bench.bus, ALPHA, group).await;
    }
    let mut all = bench.bus.parked(10).await.unwrap();
    assert_eq!(bench.bus.parked(1).await.unwrap(), all[..1], "the longest parked first");
    all.sort_by(|x, y| x.group.cmp(&y.group));
    let names: Vec<_> = all.iter().map(|k| (&*k.topic, &*k.group, &*k.key)).collect();
    assert_eq!(names, [(ALPHA.name, "one", "a"), (ALPHA.name, "two", "a")]);
    let now = bench.rig.ambient().now();
    assert!(all.iter().all(|k| k.since.is_some_and(|at| begun <= at && at <= now)));
    healed.store(true, Ordering::SeqCst);
    bench.bus.release(ALPHA, "one", "a").await.unwrap();
    assert_eq!(bench.bus.parked(10).await.unwrap(), all[1..]);
    for member in members {
        member.stop().await;
    }
}

pub async fn a_letter_that_fails_again_parks_its_key_again(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let allowed = Arc::new(AtomicBool::new(false));
    let seen = allowed.clone();
    // Number 0 fails until it is allowed, number 2 always.
    let handler = Recorder::failing(move |p, _| (p.number == 0 && !seen.load(Ordering::SeqCst)) || p.number == 2);
    let member = bench.consume(parking("g"), &handler);
    let sent = bench.publish(ALPHA, "a", 0..5).await;
    until_no_lag(&bench.bus, ALPHA, "g").await;
    allowed.store(true, Ordering::SeqCst);
    assert_eq!(bench.bus.release(ALPHA, "g", "a").await.unwrap(), 5);
    until("parked again", || {
        let bench = &bench;
        Box::pin(async move { letters(bench, "g").await == [2, 3, 4] })
    })
    .await;
    assert_eq!(handler.numbers("a"), [0, 1]);
    let more = bench.publish(ALPHA, "a", 5..6).await;
    until_no_lag(&bench.bus, ALPHA, "g").await;
    let dead = bench.bus.dead_letters(ALPHA, "g", 10).await.unwrap();
    assert_eq!(
        dead.iter().map(|l| l.event.id).collect::<Vec<_>>(),
        [sent[2].id, sent[3].id, sent[4].id, more[0].id]
    );
    assert!(dead[0].reason.contains("as told"));
    assert_eq!(dead[3].reason, format!("parked behind {}", sent[2].id));
    member.stop().await;
}

pub async fn a_release_that_comes_just_when_a_letter_fails_again_is_not_lost(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let (healed, handler) = sick();
    let member = bench.consume(parking("g"), &handler);
    bench.publish(ALPHA, "a", 0..2).await;
    until_no_lag(&bench.bus, ALPHA, "g").await;
    let mut expected = handler.tries("a").len();
    for round in 0..20 {
        assert_eq!(bench.bus.release(ALPHA, "g", "a").await.unwrap(), 2);
        // The letter fails at once. The second release comes before, while and after that is written down, or again and again until it is
        // the first after that.
        let second = if round % 2 == 0 {
            tokio::time::sleep(std::time::Duration::from_micros(200 * (round % 13))).await;
            bench.bus.release(ALPHA, "g", "a").await.unwrap()
        } else {
            loop {
                let released = bench.bus.release(ALPHA, "g", "a").await.unwrap();
                if released > 0 {
                    break released;
                }
            }
        };
        // It released letters that had failed already: they are tried once more.
        expected += if second > 0 { 2 } else { 1 };
        handler.tried(expected).await;
        until("it has failed again", || {
            let bench = &bench;
            Box::pin(
                async move { letters(bench, "g").await == [0, 1] && bench.bus.parked(2).await.unwrap().len() == 1 },
            )
        })
        .await;
        // Nobody says that a release which came too early is not heard of once more.
        expected = handler.tries("a").len();
    }
    healed.store(true, Ordering::SeqCst);
    assert_eq!(bench.bus.release(ALPHA, "g", "a").await.unwrap(), 2);
    handler.acked(2).await;
    bench.publish(ALPHA, "a", 2..4).await;
    handler.acked(4).await;
    assert_eq!(handler.numbers("a"), [0, 1, 2, 3]);
    member.stop().await;
}

pub async fn releasing_nothing_is_nothing(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    assert_eq!(bench.bus.release(ALPHA, "nobody", "a").await.unwrap(), 0);
    let handler = Recorder::new();
    let member = bench.consume(parking("g"), &handler);
    bench.publish(ALPHA, "a", 0..3).await;
    handler.acked(3).await;
    assert_eq!(bench.bus.release(ALPHA, "g", "a").await.unwrap(), 0);
    bench.publish(ALPHA, "a", 3..5).await;
    handler.acked(5).await;
    member.stop().await;
}

pub async fn what_is_published_during_a_release_comes_after(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let gate = Arc::new(Semaphore::new(0));
    let (healed, open) = (Arc::new(AtomicBool::new(false)), gate.clone());
    let seen = healed.clone();
    let handler = Recorder::that(move |_, _| {
        let (well, gate) = (seen.load(Ordering::SeqCst), open.clone());
        Box::pin(async move {
            if !well {
                return Err(kernel::Fault::internal("as told"));
            }
            gate.acquire().await.unwrap().forget();
            Ok(())
        })
    });
    let member = bench.consume(parking("g"), &handler);
    bench.publish(ALPHA, "a", 0..10).await;
    until_no_lag(&bench.bus, ALPHA, "g").await;
    healed.store(true, Ordering::SeqCst);
    bench.bus.release(ALPHA, "g", "a").await.unwrap();
    gate.add_permits(3);
    handler.acked(3).await;
    bench.publish(ALPHA, "a", 10..20).await;
    gate.add_permits(4);
    handler.acked(7).await;
    bench.publish(ALPHA, "a", 20..30).await;
    gate.add_permits(1_000);
    handler.acked(30).await;
    until_no_lag(&bench.bus, ALPHA, "g").await;
    bench.publish(ALPHA, "a", 30..40).await;
    handler.acked(40).await;
    assert_eq!(handler.numbers("a"), (0..40).collect::<Vec<_>>());
    assert_eq!(handler.overlaps(), 0);
    assert!(letters(&bench, "g").await.is_empty());
    member.stop().await;
}

pub async fn a_release_without_members_waits_for_one(rig: Box<dyn Rig>) {
    let mut bench = Bench::new(rig).await;
    let (_, handler) = sick();
    let member = bench.consume(parking("g"), &handler);
    bench.publish(ALPHA, "a", 0..4).await;
    until_no_lag(&bench.bus, ALPHA, "g").await;
    member.stop().await;
    assert_eq!(bench.bus.release(ALPHA, "g", "a").await.unwrap(), 4);
    bench.reopen().await;
    bench.publish(ALPHA, "a", 4..6).await;
    let handler = Recorder::new();
    let member = bench.consume(parking("g"), &handler);
    handler.acked(6).await;
    assert_eq!(handler.numbers("a"), [0, 1, 2, 3, 4, 5]);
    member.stop().await;
}

pub async fn a_release_goes_on_after_a_crash(rig: Box<dyn Rig>) {
    let mut bench = Bench::new(rig).await;
    let (_, handler) = sick();
    let member = bench.consume(parking("g"), &handler);
    bench.publish(ALPHA, "a", 0..6).await;
    until_no_lag(&bench.bus, ALPHA, "g").await;
    member.stop().await;
    // The third letter is never acked before the crash.
    let stuck = Recorder::that(|probe, _| {
        Box::pin(async move {
            if probe.number >= 2 {
                std::future::pending().await
            } else {
                Ok(())
            }
        })
    });
    let member = bench.consume(parking("g"), &stuck);
    bench.bus.release(ALPHA, "g", "a").await.unwrap();
    stuck.tried(3).await;
    bench.crash().await;
    member.kill().await;
    let handler = Recorder::new();
    let member = bench.consume(parking("g"), &handler);
    bench.publish(ALPHA, "a", 6..8).await;
    handler.acked(6).await;
    assert_eq!(
        handler.first_numbers()["a"]
            .iter()
            .filter(|n| **n >= 2)
            .collect::<Vec<_>>(),
        [&2, &3, &4, &5, &6, &7]
    );
    member.stop().await;
}

pub async fn letters_count_as_in_flight(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let healed = Arc::new(AtomicBool::new(false));
    let seen = healed.clone();
    let handler = Recorder::that(move |_, _| {
        let well = seen.load(Ordering::SeqCst);
        Box::pin(async move {
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
            if well {
                Ok(())
            } else {
                Err(kernel::Fault::internal("as told"))
            }
        })
    });
    let member = bench.consume(
        Subscription {
            in_flight_max: 3,
            ..parking("g")
        },
        &handler,
    );
    for k in 0..12 {
        bench.publish(ALPHA, &format!("k{k}"), 0..3).await;
    }
    until_no_lag(&bench.bus, ALPHA, "g").await;
    healed.store(true, Ordering::SeqCst);
    for k in 0..12 {
        assert_eq!(bench.bus.release(ALPHA, "g", &format!("k{k}")).await.unwrap(), 3);
        bench.publish(ALPHA, &format!("k{k}"), 3..5).await;
    }
    handler.acked(60).await;
    for (key, numbers) in handler.first_numbers() {
        assert_eq!(numbers, [0, 1, 2, 3, 4], "{key}");
    }
    let (most, overlaps) = (handler.most_running(), handler.overlaps());
    assert!(most <= 3 && overlaps == 0, "{most} at once, {overlaps} overlaps");
    member.stop().await;
}

pub async fn skipped_letters_can_be_released(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let healed = Arc::new(AtomicBool::new(false));
    let seen = healed.clone();
    let handler = Recorder::failing(move |p, _| p.number == 5 || (p.number % 2 == 1 && !seen.load(Ordering::SeqCst)));
    let member = bench.consume(
        Subscription {
            on_poison: OnPoison::Skip,
            ..parking("g")
        },
        &handler,
    );
    bench.publish(ALPHA, "a", 0..8).await;
    handler.acked(4).await;
    until_no_lag(&bench.bus, ALPHA, "g").await;
    assert_eq!(letters(&bench, "g").await, [1, 3, 5, 7]);
    healed.store(true, Ordering::SeqCst);
    assert_eq!(bench.bus.release(ALPHA, "g", "a").await.unwrap(), 4);
    handler.acked(7).await;
    bench.publish(ALPHA, "a", [8]).await;
    handler.acked(8).await;
    assert_eq!(handler.numbers("a"), [0, 2, 4, 6, 1, 3, 7, 8]);
    assert_eq!(
        letters(&bench, "g").await,
        [5],
        "what failed again stays, and nothing waits behind it"
    );
    member.stop().await;
}
