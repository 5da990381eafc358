//! Owns the cases of what somebody still waits for, as an export asks.

use std::sync::Arc;

use contracts::Event;

use super::{ALPHA, Bench, Member, Probe, Recorder, Rig, SETTLED, quick, subscription, until_no_lag};
use crate::{Bus, OnPoison, Retry, Subscription};

/// Reads all that `groups` wait for, in the order of partitions.
async fn undelivered(bus: &Arc<dyn Bus>, groups: &[&str]) -> Vec<Event> {
    let mut all = Vec::new();
    for partition in 0..ALPHA.partitions {
        let mut after = 0;
        loop {
            let some = bus.undelivered(ALPHA, groups, partition, after).await.unwrap();
            let Some((last, _)) = some.last() else { break };
            assert!(some.is_sorted_by(|a, b| a.0 < b.0) && *last > after);
            after = *last;
            all.extend(some.into_iter().map(|(_, event)| event));
        }
    }
    all
}

fn numbers_of(events: &[Event], key: &str) -> Vec<u64> {
    let of_key = events.iter().filter(|event| &*event.key == key);
    of_key.map(|event| event.body::<Probe>().unwrap().number).collect()
}

async fn work(bench: &Bench, subscription: Subscription, handler: &Arc<Recorder>) {
    let group = subscription.group;
    let member: Member = bench.consume(subscription, handler);
    until_no_lag(&bench.bus, ALPHA, group).await;
    member.stop().await;
}

pub async fn undelivered_is_what_a_named_group_has_not_reached(rig: Box<dyn Rig>) {
    let mut bench = Bench::new(rig).await;
    bench.publish(ALPHA, "a", 0..300).await;
    bench.publish(ALPHA, "a", 300..600).await;
    bench.publish(ALPHA, "b", 0..10).await;
    assert!(
        undelivered(&bench.bus, &[]).await.is_empty(),
        "nobody waits for anything"
    );
    let all = undelivered(&bench.bus, &["one"]).await;
    assert_eq!(numbers_of(&all, "a"), (0..600).collect::<Vec<_>>(), "who never began");
    assert_eq!(numbers_of(&all, "b"), (0..10).collect::<Vec<_>>());
    let handler = Recorder::new();
    work(&bench, subscription("one", &[ALPHA]), &handler).await;
    assert!(undelivered(&bench.bus, &["one"]).await.is_empty(), "all is dealt with");
    bench.publish(ALPHA, "a", 600..603).await;
    bench.reopen().await;
    assert_eq!(
        numbers_of(&undelivered(&bench.bus, &["one"]).await, "a"),
        [600, 601, 602]
    );
    let both = undelivered(&bench.bus, &["one", "two"]).await;
    assert_eq!(both.len(), 613, "one event for both");
    work(&bench, subscription("two", &[ALPHA]), &Recorder::new()).await;
    let both = undelivered(&bench.bus, &["one", "two"]).await;
    assert_eq!(numbers_of(&both, "a"), [600, 601, 602], "the slower counts");
    assert!(
        undelivered(&bench.bus, &["two"]).await.is_empty(),
        "who is not named does not"
    );
}

pub async fn undelivered_is_what_a_named_group_holds_back_in_order(rig: Box<dyn Rig>) {
    let mut bench = Bench::new(rig).await;
    let sick = |key: &'static str| Recorder::failing(move |probe, _| probe.key == key);
    let once = |group, on_poison| Subscription {
        retry: quick(0),
        on_poison,
        ..subscription(group, &[ALPHA])
    };
    bench.publish(ALPHA, "a", 0..300).await;
    bench.publish(ALPHA, "b", 0..10).await;
    work(&bench, once("skips", OnPoison::Skip), &sick("b")).await;
    assert!(
        undelivered(&bench.bus, &["skips"]).await.is_empty(),
        "what was skipped is dealt with"
    );
    work(&bench, once("parks", OnPoison::ParkKey), &sick("a")).await;
    bench.publish(ALPHA, "a", 300..310).await;
    bench.publish(ALPHA, "b", 10..13).await;
    bench.reopen().await;
    let held = undelivered(&bench.bus, &["parks"]).await;
    assert_eq!(numbers_of(&held, "a"), (0..310).collect::<Vec<_>>());
    assert_eq!(numbers_of(&held, "b"), [10, 11, 12]);
    let free = undelivered(&bench.bus, &["skips"]).await;
    assert_eq!(free.len(), 13, "held back by another");
    let both = undelivered(&bench.bus, &["parks", "begins"]).await;
    assert_eq!(
        both.len(),
        323,
        "held back by one and not reached by another is one event"
    );
    assert_eq!(numbers_of(&both, "a"), (0..310).collect::<Vec<_>>());
    // Released and not dealt with, it is still waited for.
    assert_eq!(bench.bus.release(ALPHA, "parks", "a").await.unwrap(), 300);
    assert_eq!(undelivered(&bench.bus, &["parks"]).await.len(), 313);
    let handler = Recorder::new();
    let member = bench.consume(once("parks", OnPoison::ParkKey), &handler);
    handler.acked(313).await;
    member.stop().await;
    assert!(undelivered(&bench.bus, &["parks"]).await.is_empty());
}

pub async fn undelivered_is_what_a_killed_member_had(rig: Box<dyn Rig>) {
    let mut bench = Bench::new(rig).await;
    let handler = Recorder::failing(|probe, _| probe.key == "a");
    let patient = Subscription {
        retry: Retry {
            pause: SETTLED * 100,
            pause_max: SETTLED * 100,
            ..quick(5)
        },
        ..subscription("one", &[ALPHA])
    };
    let member = bench.consume(patient, &handler);
    bench.publish(ALPHA, "a", 0..3).await;
    bench.publish(ALPHA, "b", 0..3).await;
    handler.acked(3).await;
    handler.tried(4).await;
    bench.crash().await;
    member.kill().await;
    let left = undelivered(&bench.bus, &["one"]).await;
    assert_eq!(numbers_of(&left, "a"), [0, 1, 2]);
}
