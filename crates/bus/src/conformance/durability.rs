//! Owns the cases of crashes, closing and repeats.

use super::{ALPHA, Bench, Recorder, Rig, SETTLED, neighbours, quick, subscription, until_no_lag};
use crate::{Retry, Subscription};

pub async fn published_events_survive_a_crash(rig: Box<dyn Rig>) {
    let mut bench = Bench::new(rig).await;
    for n in 0..40 {
        bench.publish(ALPHA, &format!("k{}", n % 4), [n]).await;
    }
    bench.crash().await;
    let handler = Recorder::new();
    let member = bench.consume(subscription("g", &[ALPHA]), &handler);
    handler.acked(40).await;
    assert!(handler.first_numbers().values().all(|n| n.len() == 10 && n.is_sorted()));
    member.stop().await;
}

pub async fn a_kill_between_the_handlers_commit_and_the_ack_delivers_again(rig: Box<dyn Rig>) {
    let mut bench = Bench::new(rig).await;
    // Its write is done when it begins to wait; the ack never comes.
    let handler = Recorder::that(|probe, _| {
        Box::pin(async move {
            if probe.number >= 3 {
                std::future::pending().await
            } else {
                Ok(())
            }
        })
    });
    let member = bench.consume(subscription("g", &[ALPHA]), &handler);
    bench.publish(ALPHA, "a", 0..6).await;
    handler.tried(4).await;
    bench.crash().await;
    member.kill().await;
    let again = Recorder::new();
    let member = bench.consume(subscription("g", &[ALPHA]), &again);
    until_no_lag(&bench.bus, ALPHA, "g").await;
    let numbers = again.first_numbers().remove("a").unwrap();
    assert!(numbers.ends_with(&[3, 4, 5]) && numbers.is_sorted(), "{numbers:?}");
    member.stop().await;
}

pub async fn a_crash_during_the_pauses_delivers_again(rig: Box<dyn Rig>) {
    let mut bench = Bench::new(rig).await;
    let handler = Recorder::failing(|_, _| true);
    let retry = Retry {
        pause: SETTLED * 100,
        pause_max: SETTLED * 100,
        ..quick(5)
    };
    let member = bench.consume(
        Subscription {
            retry,
            ..subscription("g", &[ALPHA])
        },
        &handler,
    );
    bench.publish(ALPHA, "a", 0..2).await;
    handler.tried(1).await;
    bench.crash().await;
    member.kill().await;
    assert!(bench.bus.dead_letters(ALPHA, "g", 10).await.unwrap().is_empty());
    let again = Recorder::new();
    let member = bench.consume(subscription("g", &[ALPHA]), &again);
    again.acked(2).await;
    assert_eq!(again.numbers("a"), [0, 1]);
    member.stop().await;
}

pub async fn acked_events_are_remembered_after_a_crash(rig: Box<dyn Rig>) {
    let mut bench = Bench::new(rig).await;
    let handler = Recorder::new();
    let member = bench.consume(subscription("g", &[ALPHA]), &handler);
    for n in 0..20 {
        bench.publish(ALPHA, &format!("k{n}"), [n]).await;
    }
    handler.acked(20).await;
    // Not at once: acks are made durable together.
    tokio::time::sleep(SETTLED).await;
    bench.crash().await;
    member.kill().await;
    assert_eq!(bench.bus.lag(ALPHA, "g").await.unwrap(), 0);
    let again = Recorder::new();
    let member = bench.consume(subscription("g", &[ALPHA]), &again);
    bench.publish(ALPHA, "new", [1]).await;
    again.acked(1).await;
    assert_eq!(again.numbers("new"), [1]);
    member.stop().await;
    assert_eq!(again.acks(), 1);
}

pub async fn nothing_is_committed_beyond_a_gap(rig: Box<dyn Rig>) {
    let mut bench = Bench::new(rig).await;
    let keys = neighbours(ALPHA, 2);
    let (stuck, quick) = (keys[0].clone(), keys[1].clone());
    let name = stuck.clone();
    let handler = Recorder::that(move |probe, _| {
        let waits = probe.key == name;
        Box::pin(async move { if waits { std::future::pending().await } else { Ok(()) } })
    });
    let member = bench.consume(subscription("g", &[ALPHA]), &handler);
    bench.publish(ALPHA, &stuck, 0..2).await;
    bench.publish(ALPHA, &quick, 0..50).await;
    handler.acked(50).await;
    tokio::time::sleep(SETTLED).await;
    assert_eq!(bench.bus.lag(ALPHA, "g").await.unwrap(), 52);
    bench.crash().await;
    member.kill().await;
    let again = Recorder::new();
    let member = bench.consume(subscription("g", &[ALPHA]), &again);
    until_no_lag(&bench.bus, ALPHA, "g").await;
    assert_eq!(again.numbers(&stuck), [0, 1]);
    member.stop().await;
}

pub async fn reopening_goes_on_at_the_cursor(rig: Box<dyn Rig>) {
    let mut bench = Bench::new(rig).await;
    let handler = Recorder::new();
    let member = bench.consume(subscription("g", &[ALPHA]), &handler);
    bench.publish(ALPHA, "a", 0..100).await;
    handler.acked(100).await;
    member.stop().await;
    bench.publish(ALPHA, "a", 100..120).await;
    bench.reopen().await;
    assert_eq!(bench.bus.lag(ALPHA, "g").await.unwrap(), 20);
    bench.publish(ALPHA, "a", 120..130).await;
    let again = Recorder::new();
    let member = bench.consume(subscription("g", &[ALPHA]), &again);
    again.acked(30).await;
    assert_eq!(again.numbers("a"), (100..130).collect::<Vec<_>>());
    member.stop().await;
}

pub async fn order_holds_over_a_crash(rig: Box<dyn Rig>) {
    let mut bench = Bench::new(rig).await;
    let handler = Recorder::that(|probe, _| {
        Box::pin(async move {
            tokio::time::sleep(std::time::Duration::from_micros(probe.number * 71 % 900)).await;
            Ok(())
        })
    });
    let mut member = bench.consume(subscription("g", &[ALPHA]), &handler);
    for round in 0..4 {
        // Handled while it is published, where publishing takes its time.
        let acks = handler.acks();
        for key in 0..6 {
            bench
                .publish(ALPHA, &format!("k{key}"), round * 25..(round + 1) * 25)
                .await;
        }
        handler.acked(acks + 10).await;
        bench.crash().await;
        member.kill().await;
        member = bench.consume(subscription("g", &[ALPHA]), &handler);
    }
    until_no_lag(&bench.bus, ALPHA, "g").await;
    for (key, numbers) in handler.first_numbers() {
        assert_eq!(numbers, (0..100).collect::<Vec<_>>(), "{key}");
    }
    member.stop().await;
}

pub async fn closing_finishes_what_is_in_hand(rig: Box<dyn Rig>) {
    let mut bench = Bench::new(rig).await;
    let handler = Recorder::that(|_, _| {
        Box::pin(async {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            Ok(())
        })
    });
    let member = bench.consume(subscription("g", &[ALPHA]), &handler);
    bench.publish(ALPHA, "a", 0..2).await;
    handler.tried(1).await;
    bench.reopen().await;
    member.task.await.unwrap().unwrap();
    let acked = handler.acks();
    assert!(acked >= 1);
    assert_eq!(
        bench.bus.lag(ALPHA, "g").await.unwrap(),
        2 - acked as u64,
        "the ack was kept"
    );
}

pub async fn the_same_event_again_is_not_delivered_twice(rig: Box<dyn Rig>) {
    let bench = Bench::new(rig).await;
    let handler = Recorder::new();
    let member = bench.consume(subscription("g", &[ALPHA]), &handler);
    let (one, two) = (bench.event(ALPHA, "a", 1), bench.event(ALPHA, "a", 2));
    bench
        .bus
        .publish(&[one.clone(), two.clone(), one.clone()])
        .await
        .unwrap();
    bench.bus.publish(std::slice::from_ref(&one)).await.unwrap();
    handler.acked(2).await;
    bench.bus.publish(&[two, one]).await.unwrap();
    bench.publish(ALPHA, "a", [3]).await;
    handler.acked(3).await;
    until_no_lag(&bench.bus, ALPHA, "g").await;
    if bench.rig.dedupes() {
        assert_eq!(handler.numbers("a"), [1, 2, 3]);
    }
    assert_eq!(handler.first_numbers()["a"], [1, 2, 3]);
    member.stop().await;
}

pub async fn the_same_event_after_a_reopening_is_not_delivered_twice(rig: Box<dyn Rig>) {
    let mut bench = Bench::new(rig).await;
    let sent = bench.publish(ALPHA, "a", 0..10).await;
    bench.crash().await;
    bench.bus.publish(&sent).await.unwrap();
    bench.reopen().await;
    bench.bus.publish(&sent).await.unwrap();
    bench.publish(ALPHA, "a", [10]).await;
    let handler = Recorder::new();
    let member = bench.consume(subscription("g", &[ALPHA]), &handler);
    until_no_lag(&bench.bus, ALPHA, "g").await;
    assert_eq!(handler.first_numbers()["a"], (0..11).collect::<Vec<_>>());
    if bench.rig.dedupes() {
        assert_eq!(handler.acks(), 11);
    }
    member.stop().await;
}
