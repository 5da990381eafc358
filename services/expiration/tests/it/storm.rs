//! Twenty thousand timers within a second, and a crash in the middle that loses every hint.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use contracts::expiration::TimerEvent;
use ephemeral::memory::MemoryEphemeral;
use futures::StreamExt as _;
use kernel::{Ambient, Clock, OrderId, OsRandom, SystemClock, Timestamp};
use store::Store;
use store::sqlite::{SqliteOptions, SqliteStore};
use testkit::World;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::rig::{Instance, payable};

const TIMERS: usize = 20_000;

/// The system's clock, put forward.
struct Shifted(AtomicI64);

impl Clock for Shifted {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(SystemClock.now().millis() + self.0.load(Ordering::SeqCst))
    }
}

fn open(world: &World, ambient: &Ambient) -> Arc<dyn Store> {
    SqliteStore::open(
        &world.path().join("storm.db"),
        SqliteOptions::default(),
        ambient.clone(),
    )
    .unwrap()
}

/// Takes events off the outbox as the relay does, until stopped: how often each deadline was told of, and when.
fn relay(store: Arc<dyn Store>, stop: CancellationToken) -> JoinHandle<Vec<(OrderId, Timestamp, Timestamp)>> {
    tokio::spawn(async move {
        let mut told = Vec::new();
        loop {
            let events = store.pending_events(512).await.unwrap();
            if events.is_empty() && stop.is_cancelled() {
                return told;
            }
            for event in &events {
                let timer: TimerEvent = event.body().unwrap();
                told.push((timer.order_id, timer.due, event.time));
            }
            store
                .mark_sent(&events.iter().map(|e| e.id).collect::<Vec<_>>())
                .await
                .unwrap();
            if events.is_empty() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
    })
}

async fn until(ambient: &Ambient, at: Timestamp) {
    while ambient.now() < at {
        tokio::time::sleep(at.since(ambient.now())).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_thousand_timers_of_one_second_fire_once_each_over_a_crash() {
    let clock = Arc::new(Shifted(AtomicI64::new(0)));
    let (world, ambient) = (World::new().await, Ambient::new(clock.clone(), Arc::new(OsRandom)));
    let store = open(&world, &ambient);
    let instance = Instance::start(ambient.clone(), store.clone(), MemoryEphemeral::new(ambient.clone())).await;
    let begun = ambient.now();
    let base = begun + Duration::from_secs(3600);
    let set = futures::stream::iter(0..TIMERS).map(|n| {
        let deadline = base + Duration::from_millis(n as u64 * 1000 / TIMERS as u64);
        let (event, handler) = (payable(&ambient, ambient.id(), 2, deadline), instance.handler.clone());
        async move { handler.handle(&event).await.unwrap() }
    });
    set.buffer_unordered(512).collect::<Vec<()>>().await;
    println!("{TIMERS} timers set in {:?}", ambient.now().since(begun));
    // Once all are set the first one is due in a moment, however long that took.
    let wait = base.since(ambient.now() + Duration::from_millis(200));
    clock
        .0
        .store(i64::try_from(wait.as_millis()).unwrap(), Ordering::SeqCst);
    let (relayed, stop) = (CancellationToken::new(), CancellationToken::new());
    let first = relay(store.clone(), relayed.clone());
    until(&ambient, base + Duration::from_millis(500)).await;
    instance.kill();
    relayed.cancel();
    let mut told = first.await.unwrap();
    store.close().await;
    let (store, before) = (open(&world, &ambient), told.len());
    let second = relay(store.clone(), stop.clone());
    let restarted = ambient.now();
    let instance = Instance::start(ambient.clone(), store.clone(), MemoryEphemeral::new(ambient.clone())).await;
    let due = store::Query::on("due");
    while store.count("timers", due.clone(), 1).await.unwrap() > 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    instance.stop().await;
    stop.cancel();
    told.extend(second.await.unwrap());
    report(&told, before, restarted.since(base));
    let mut times: HashMap<OrderId, usize> = HashMap::new();
    told.iter()
        .for_each(|(order, ..)| *times.entry(*order).or_default() += 1);
    assert_eq!((times.len(), told.len()), (TIMERS, TIMERS), "each once");
    assert!(told.iter().all(|(_, due, at)| due <= at), "none early");
}

fn report(told: &[(OrderId, Timestamp, Timestamp)], before: usize, restarted: Duration) {
    let mut late: Vec<Duration> = told.iter().map(|(_, due, at)| at.since(*due)).collect();
    late.sort_unstable();
    let at = |share: usize| late[(late.len() - 1) * share / 100];
    println!(
        "late: p50 {:?}, p90 {:?}, p99 {:?}, max {:?}; {before} before the crash; started again {restarted:?} after the first deadline",
        at(50),
        at(90),
        at(99),
        at(100),
    );
}
