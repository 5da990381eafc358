//! What only the embedded log promises: retention, one process a file, partitions for life, memory that ends.

use std::sync::Arc;
use std::time::Duration;

use bus::conformance::{ALPHA, Probe, Recorder, SINGLE, TOPICS};
use bus::embedded::{EmbeddedBus, Options};
use bus::{Bus, BusError, OnPoison, Subscription};
use contracts::{Event, Topic};
use kernel::{Ambient, HeldClock, SeededRandom, Timestamp};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

const DAY: Duration = Duration::from_secs(24 * 3_600);

fn held() -> (Arc<HeldClock>, Ambient) {
    let clock = HeldClock::new(Timestamp::from_millis(1_700_000_000_000));
    (clock.clone(), Ambient::new(clock, SeededRandom::new(1)))
}

fn open(dir: &TempDir, options: Options, ambient: &Ambient) -> Arc<EmbeddedBus> {
    EmbeddedBus::open(dir.path().join("bus.db"), options, ambient.clone(), TOPICS).unwrap()
}

fn events(ambient: &Ambient, numbers: std::ops::Range<u64>, pad: usize) -> Vec<Event> {
    let probe = |number| Probe {
        key: format!("k{}", number % 10),
        number,
        pad: "x".repeat(pad),
    };
    numbers.map(|n| Event::new(ambient, &probe(n)).unwrap()).collect()
}

async fn consume_all(bus: &Arc<EmbeddedBus>, group: &'static str, count: usize) -> Arc<Recorder> {
    let (handler, stop) = (Recorder::new(), CancellationToken::new());
    let (bus, given, stopped) = (bus.clone(), handler.clone(), stop.clone());
    let member = tokio::spawn(async move { bus.consume(Subscription::new(group, &[ALPHA]), given, stopped).await });
    handler.acked(count).await;
    stop.cancel();
    member.await.unwrap().unwrap();
    handler
}

#[tokio::test]
async fn events_go_after_their_retention_and_offsets_never_come_back() {
    let (dir, (clock, ambient)) = (tempfile::tempdir().unwrap(), held());
    let bus = open(&dir, Options::default(), &ambient);
    bus.publish(&events(&ambient, 0..300, 10)).await.unwrap();
    consume_all(&bus, "g", 300).await;
    clock.advance(5 * DAY);
    bus.publish(&events(&ambient, 300..310, 10)).await.unwrap();
    bus.sweep().await.unwrap();
    assert_eq!(bus.lag(ALPHA, "new").await.unwrap(), 310, "nothing is old enough");
    clock.advance(3 * DAY);
    bus.sweep().await.unwrap();
    assert_eq!(bus.lag(ALPHA, "new").await.unwrap(), 10);
    assert_eq!(
        consume_all(&bus, "late", 10).await.acks(),
        10,
        "a group that missed some goes on"
    );
    clock.advance(30 * DAY);
    bus.sweep().await.unwrap();
    bus.close().await;
    let bus = open(&dir, Options::default(), &ambient);
    bus.publish(&events(&ambient, 310..320, 10)).await.unwrap();
    // The last of the old ones is kept: its offset tells the next.
    let handler = consume_all(&bus, "g", 11).await;
    assert_eq!(handler.acks(), 11, "the group's cursor is still before everything new");
    bus.close().await;
}

#[tokio::test]
async fn too_many_bytes_push_out_the_oldest() {
    let (dir, (_, ambient)) = (tempfile::tempdir().unwrap(), held());
    let bus = open(
        &dir,
        Options {
            bytes_max: 2 << 20,
            ..Options::default()
        },
        &ambient,
    );
    for batch in 0..16 {
        bus.publish(&events(&ambient, batch * 500..(batch + 1) * 500, 1_000))
            .await
            .unwrap();
        bus.sweep().await.unwrap();
    }
    let began = std::time::Instant::now();
    while bus.lag(ALPHA, "g").await.unwrap() > 2_500 {
        assert!(
            began.elapsed() < Duration::from_secs(10),
            "still {} events",
            bus.lag(ALPHA, "g").await.unwrap()
        );
        tokio::task::yield_now().await;
    }
    let left = bus.lag(ALPHA, "g").await.unwrap();
    assert!(left > 500, "only what is too much goes: {left} left");
    bus.close().await;
}

#[tokio::test]
async fn one_bus_a_file_and_free_again_after_closing() {
    let (dir, ambient) = (tempfile::tempdir().unwrap(), Ambient::system());
    let bus = open(&dir, Options::default(), &ambient);
    let second = EmbeddedBus::open(dir.path().join("bus.db"), Options::default(), ambient.clone(), TOPICS);
    assert!(matches!(second, Err(BusError::Unavailable(_))));
    bus.close().await;
    open(&dir, Options::default(), &ambient).close().await;
}

#[tokio::test]
async fn a_topic_keeps_its_number_of_partitions() {
    let (dir, ambient) = (tempfile::tempdir().unwrap(), Ambient::system());
    open(&dir, Options::default(), &ambient).close().await;
    let other = [Topic { partitions: 9, ..ALPHA }];
    let refused = EmbeddedBus::open(dir.path().join("bus.db"), Options::default(), ambient.clone(), &other);
    assert!(matches!(refused, Err(BusError::Refused(_))));
    let more = [
        ALPHA,
        Topic {
            name: "test.more.v1",
            partitions: 3,
        },
    ];
    let bus = EmbeddedBus::open(dir.path().join("bus.db"), Options::default(), ambient, &more).unwrap();
    bus.close().await;
}

#[tokio::test]
async fn a_path_that_cannot_be_used_is_unavailable() {
    let dir = tempfile::tempdir().unwrap();
    let missing = dir.path().join("no").join("bus.db");
    assert!(matches!(
        EmbeddedBus::open(missing, Options::default(), Ambient::system(), TOPICS),
        Err(BusError::Unavailable(_))
    ));
    std::fs::write(
        dir.path().join("bus.db"),
        "this is not a database, it is a letter to my aunt".repeat(100),
    )
    .unwrap();
    assert!(matches!(
        EmbeddedBus::open(dir.path().join("bus.db"), Options::default(), Ambient::system(), TOPICS),
        Err(BusError::Unavailable(_))
    ));
}

#[tokio::test]
async fn a_bus_that_is_dropped_keeps_what_it_accepted() {
    let (dir, ambient) = (tempfile::tempdir().unwrap(), Ambient::system());
    let bus = open(&dir, Options::default(), &ambient);
    bus.publish(&events(&ambient, 0..50, 10)).await.unwrap();
    drop(bus);
    let began = std::time::Instant::now();
    let bus = loop {
        match EmbeddedBus::open(dir.path().join("bus.db"), Options::default(), ambient.clone(), TOPICS) {
            Ok(bus) => break bus,
            Err(error) => assert!(began.elapsed() < Duration::from_secs(10), "{error}"),
        }
        tokio::task::yield_now().await;
    };
    assert_eq!(bus.lag(ALPHA, "g").await.unwrap(), 50);
    assert_eq!(bus.lag(SINGLE, "g").await.unwrap(), 0);
    bus.close().await;
}

/// Makes a dead letter of every event, and returns when all are written.
async fn bury_all(bus: &Arc<EmbeddedBus>, group: &'static str, on_poison: OnPoison) {
    let (handler, stop) = (Recorder::failing(|_, _| true), CancellationToken::new());
    let retry = bus::Retry {
        retries_max: 0,
        ..bus::Retry::default()
    };
    let subscription = Subscription {
        retry,
        on_poison,
        ..Subscription::new(group, &[ALPHA])
    };
    let (consumed, stopped) = (bus.clone(), stop.clone());
    let member = tokio::spawn(async move { consumed.consume(subscription, handler, stopped).await });
    let began = std::time::Instant::now();
    while bus.lag(ALPHA, group).await.unwrap() > 0 {
        assert!(began.elapsed() < Duration::from_secs(10));
        tokio::task::yield_now().await;
    }
    stop.cancel();
    member.await.unwrap().unwrap();
}

#[tokio::test]
async fn dead_letters_go_after_their_time() {
    let (dir, (clock, ambient)) = (tempfile::tempdir().unwrap(), held());
    let bus = open(&dir, Options::default(), &ambient);
    bus.publish(&events(&ambient, 0..10, 1)).await.unwrap();
    bury_all(&bus, "g", OnPoison::Skip).await;
    clock.advance(20 * DAY);
    bus.sweep().await.unwrap();
    assert_eq!(
        bus.dead_letters(ALPHA, "g", 100).await.unwrap().len(),
        10,
        "they outlive the events"
    );
    clock.advance(20 * DAY);
    bus.sweep().await.unwrap();
    assert!(bus.dead_letters(ALPHA, "g", 100).await.unwrap().is_empty());
    bus.close().await;
}

#[tokio::test]
async fn dead_letters_of_parked_keys_stay_and_hide_no_others_from_the_sweep() {
    let (dir, (clock, ambient)) = (tempfile::tempdir().unwrap(), held());
    let bus = open(&dir, Options::default(), &ambient);
    // More than one turn of the sweep removes, and older than what is to go.
    for batch in 0..3 {
        let all = events(&ambient, batch * 400..(batch + 1) * 400, 1);
        bus.publish(&all).await.unwrap();
    }
    bury_all(&bus, "parking", OnPoison::ParkKey).await;
    bury_all(&bus, "skipping", OnPoison::Skip).await;
    clock.advance(40 * DAY);
    bus.sweep().await.unwrap();
    let began = std::time::Instant::now();
    while !bus.dead_letters(ALPHA, "skipping", 1).await.unwrap().is_empty() {
        assert!(began.elapsed() < Duration::from_secs(10), "what is not held back goes");
        bus.sweep().await.unwrap();
    }
    assert_eq!(bus.dead_letters(ALPHA, "parking", 2_000).await.unwrap().len(), 1_200);
    assert_eq!(bus.release(ALPHA, "parking", "k3").await.unwrap(), 120);
    bus.sweep().await.unwrap();
    let handler = consume_all(&bus, "parking", 120).await;
    let all: Vec<u64> = (0..120).map(|n| n * 10 + 3).collect();
    assert_eq!(handler.numbers("k3"), all, "also what is being released stays");
    bus.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_has_a_letter_is_not_tried_again_after_a_crash() {
    crate::lettered::what_has_a_letter_is_not_tried_again(crate::rig::rig().await).await;
}
