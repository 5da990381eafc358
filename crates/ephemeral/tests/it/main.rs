//! Every adapter passes the port's suite. Here: the in-process one, and its own promises: it forgets, and it is quick.

#[cfg(feature = "redis")]
mod redis;
#[cfg(feature = "redis")]
mod redis_faults;
#[cfg(feature = "redis")]
mod redis_server;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use ephemeral::conformance::Subject;
use ephemeral::memory::MemoryEphemeral;
use ephemeral::{Bucket, Ephemeral};
use kernel::{Ambient, HeldClock, SeededRandom, Timestamp};

fn held() -> (Arc<HeldClock>, Arc<MemoryEphemeral>) {
    let clock = HeldClock::new(Timestamp::from_millis(1_700_000_000_000));
    let ambient = Ambient::new(clock.clone(), SeededRandom::new(1));
    (clock, MemoryEphemeral::new(ambient))
}

async fn subject() -> Subject {
    let (clock, it) = held();
    let told = clock.clone();
    Subject {
        it,
        advance: Box::new(move |by| {
            clock.advance(by);
            Box::pin(std::future::ready(()))
        }),
        now: Box::new(move || kernel::Clock::now(&*told)),
    }
}

ephemeral::conformance_tests!(subject);

#[test]
fn every_case_of_the_suite_is_run() {
    let files = [
        include_str!("../../src/conformance/keys.rs"),
        include_str!("../../src/conformance/leases.rs"),
        include_str!("../../src/conformance/logs.rs"),
        include_str!("../../src/conformance/pubsub.rs"),
        include_str!("../../src/conformance/sets.rs"),
        include_str!("../../src/conformance/timers.rs"),
    ];
    let listed = include_str!("../../src/conformance.rs");
    let mut cases = 0;
    for case in files
        .iter()
        .flat_map(|f| f.split("\npub async fn ").skip(1))
        .filter_map(|f| f.split('(').next())
    {
        assert!(
            listed.contains(&format!(" {case},")),
            "{case} is not in the macro's list"
        );
        cases += 1;
    }
    assert!(cases >= 40, "{cases} cases");
}

#[tokio::test]
async fn what_has_ended_does_not_fill_the_memory() {
    let (clock, it) = held();
    let bucket = Bucket {
        capacity: 5.0,
        per_second: 100.0,
    };
    for n in 0..50_000 {
        let key = format!("user:{n}");
        it.set(&key, Bytes::from_static(b"v"), Duration::from_millis(50))
            .await
            .unwrap();
        it.spend(&key, bucket, 1.0).await.unwrap().unwrap();
        it.join(&key, "device", Duration::from_millis(50)).await.unwrap();
        clock.advance(Duration::from_millis(1));
    }
    assert!(it.held() < 2_000, "{} entries for about 100 live ones", it.held());
}

#[tokio::test]
async fn one_key_set_and_taken_for_ever_holds_nothing() {
    let (_, it) = held();
    for _ in 0..10_000 {
        it.set("ticket", Bytes::new(), Duration::from_secs(86_400))
            .await
            .unwrap();
        it.take("ticket").await.unwrap().unwrap();
    }
    assert_eq!(it.held(), 0);
}

#[tokio::test]
async fn fences_grow_over_a_restart_too() {
    let (clock, it) = held();
    let mut old = it.lease("floor", Duration::from_secs(1)).await.unwrap().unwrap();
    for n in 0..100 {
        old = old.max(it.lease(&n.to_string(), Duration::from_secs(1)).await.unwrap().unwrap());
    }
    clock.advance(Duration::from_millis(10));
    let again = MemoryEphemeral::new(Ambient::new(clock, SeededRandom::new(1)));
    assert!(again.lease("floor", Duration::from_secs(1)).await.unwrap().unwrap() > old);
}

#[tokio::test]
async fn subscribers_end_with_the_adapter_after_reading_what_waits() {
    let (_, it) = held();
    let mut subscriber = it.subscriber().await.unwrap();
    subscriber.subscribe("room").await.unwrap();
    it.publish("room", Bytes::from_static(b"last")).await.unwrap();
    drop(it);
    assert_eq!(subscriber.next().await.unwrap().1, Bytes::from_static(b"last"));
    assert!(subscriber.next().await.is_none());
}
