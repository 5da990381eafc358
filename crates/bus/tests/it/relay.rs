//! The relay carries an outbox into the bus: in order, through outages, past bad events, and without doing it twice for nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bus::conformance::{ALPHA, BETA, Probe, Recorder, TOPICS};
use bus::embedded::{EmbeddedBus, Options};
use bus::{Bus, BusError, DeadLetter, Handler, ParkedKey, Subscription, relay};
use contracts::{Event, Topic};
use futures::stream::BoxStream;
use kernel::{Ambient, EventId, Timestamp};
use parking_lot::Mutex;
use store::sqlite::{SqliteOptions, SqliteStore};
use store::{Collection, Document, Index, Query, Search, Spec, Store, StoreError, Stored, Write};
use tempfile::TempDir;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

const DEADLINE: Duration = Duration::from_secs(15);

/// An outbox in memory that can be made to fail.
#[derive(Default)]
struct Outbox {
    pending: Mutex<Vec<Event>>,
    sent: Mutex<Vec<Event>>,
    signal: Arc<Notify>,
    silent: AtomicBool,
    marks_fail: AtomicBool,
    marks_failed: AtomicUsize,
    reads_fail: AtomicBool,
    /// Every look finds one event more.
    endless: AtomicBool,
    measured: AtomicUsize,
}

impl Outbox {
    fn commit(&self, events: &[Event]) {
        self.pending.lock().extend_from_slice(events);
        if !self.silent.load(Ordering::SeqCst) {
            self.signal.notify_one();
        }
    }
}

fn not_here<T>() -> Result<T, StoreError> {
    Err(StoreError::Unindexed("an outbox only".into()))
}

#[async_trait]
impl Store for Outbox {
    async fn declare(&self, _: Spec) -> Result<(), StoreError> {
        not_here()
    }
    async fn get(&self, _: &'static str, _: &[String]) -> Result<Vec<Stored>, StoreError> {
        not_here()
    }
    async fn find(&self, _: &'static str, _: Query) -> Result<Vec<Stored>, StoreError> {
        not_here()
    }
    async fn count(&self, _: &'static str, _: Query, _: u64) -> Result<u64, StoreError> {
        not_here()
    }
    async fn search(&self, _: &'static str, _: Search) -> Result<Vec<Stored>, StoreError> {
        not_here()
    }
    async fn scan(&self, _: &'static str, _: Option<String>, _: usize) -> Result<Vec<Stored>, StoreError> {
        not_here()
    }
    async fn write(&self, _: Write) -> Result<u64, StoreError> {
        not_here()
    }
    async fn pending_events(&self, limit: usize) -> Result<Vec<Event>, StoreError> {
        if self.reads_fail.load(Ordering::SeqCst) {
            return Err(StoreError::Busy);
        }
        if self.endless.load(Ordering::SeqCst) {
            self.pending.lock().push(event("more", 0));
        }
        Ok(self.pending.lock().iter().take(limit).cloned().collect())
    }
    async fn mark_sent(&self, events: &[EventId]) -> Result<(), StoreError> {
        tokio::task::yield_now().await;
        if self.marks_fail.load(Ordering::SeqCst) {
            self.marks_failed.fetch_add(1, Ordering::SeqCst);
            return Err(StoreError::Busy);
        }
        let mut pending = self.pending.lock();
        let (sent, kept) = pending.drain(..).partition(|e| events.contains(&e.id));
        *pending = kept;
        self.sent.lock().extend::<Vec<Event>>(sent);
        Ok(())
    }
    async fn sent_since(&self, _: Timestamp, limit: usize) -> Result<Vec<Event>, StoreError> {
        Ok(self.sent.lock().iter().take(limit).cloned().collect())
    }
    fn outbox_signal(&self) -> Arc<Notify> {
        self.signal.clone()
    }
    async fn outbox_depth(&self) -> Result<u64, StoreError> {
        self.measured.fetch_add(1, Ordering::SeqCst);
        Ok(self.pending.lock().len() as u64)
    }
    async fn ping(&self) -> Result<(), StoreError> {
        Ok(())
    }
    async fn close(&self) {}
}

/// The embedded bus behind a door that can be shut.
struct Door {
    bus: Arc<EmbeddedBus>,
    away: AtomicBool,
    /// Of the topic ALPHA; it loses nothing while this is 0.
    generation: AtomicU64,
    attempts: AtomicUsize,
    accepted: Mutex<Vec<EventId>>,
    _dir: TempDir,
}

impl Door {
    fn new() -> Arc<Self> {
        let dir = tempfile::tempdir().unwrap();
        let bus = EmbeddedBus::open(dir.path().join("bus.db"), Options::default(), Ambient::system(), TOPICS).unwrap();
        let (away, attempts) = (AtomicBool::new(false), AtomicUsize::new(0));
        Arc::new(Self {
            bus,
            away,
            generation: AtomicU64::new(0),
            attempts,
            accepted: Mutex::default(),
            _dir: dir,
        })
    }

    async fn until_accepted(&self, count: usize) {
        until(|| self.accepted.lock().len() >= count).await;
    }
}

#[async_trait]
impl Bus for Door {
    async fn publish(&self, events: &[Event]) -> Result<(), BusError> {
        self.attempts.fetch_add(1, Ordering::SeqCst);
        if self.away.load(Ordering::SeqCst) {
            return Err(BusError::Unavailable("away".into()));
        }
        if events.iter().any(|e| e.key.starts_with("bad")) {
            return Err(BusError::Refused("bad key".into()));
        }
        self.bus.publish(events).await?;
        self.accepted.lock().extend(events.iter().map(|e| e.id));
        Ok(())
    }
    async fn consume(&self, s: Subscription, h: Arc<dyn Handler>, stop: CancellationToken) -> Result<(), BusError> {
        self.bus.consume(s, h, stop).await
    }
    async fn tail(&self, topics: &[Topic]) -> Result<BoxStream<'static, Vec<Event>>, BusError> {
        self.bus.tail(topics).await
    }
    async fn dead_letters(&self, topic: Topic, group: &str, limit: usize) -> Result<Vec<DeadLetter>, BusError> {
        self.bus.dead_letters(topic, group, limit).await
    }
    async fn parked(&self, limit: usize) -> Result<Vec<ParkedKey>, BusError> {
        self.bus.parked(limit).await
    }
    async fn release(&self, topic: Topic, group: &str, key: &str) -> Result<u64, BusError> {
        self.bus.release(topic, group, key).await
    }
    async fn lag(&self, topic: Topic, group: &str) -> Result<u64, BusError> {
        self.bus.lag(topic, group).await
    }
    fn generations(&self) -> Vec<(&'static str, u64)> {
        match self.generation.load(Ordering::SeqCst) {
            0 => Vec::new(),
            generation => vec![(ALPHA.name, generation)],
        }
    }
    async fn ping(&self) -> Result<(), BusError> {
        self.bus.ping().await
    }
    async fn close(&self) {
        self.bus.close().await;
    }
}

async fn until(mut condition: impl FnMut() -> bool) {
    let began = Instant::now();
    while !condition() {
        assert!(began.elapsed() < DEADLINE, "not in time");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

fn event(key: &str, number: u64) -> Event {
    Event::new(
        &Ambient::system(),
        &Probe {
            key: key.into(),
            number,
            pad: String::new(),
        },
    )
    .unwrap()
}

fn events(key: &str, numbers: std::ops::Range<u64>) -> Vec<Event> {
    let ambient = Ambient::system();
    numbers
        .map(|number| {
            Event::new(
                &ambient,
                &Probe {
                    key: key.into(),
                    number,
                    pad: String::new(),
                },
            )
            .unwrap()
        })
        .collect()
}

/// A running relay.
struct Relay {
    stop: CancellationToken,
    task: tokio::task::JoinHandle<()>,
}

impl Relay {
    fn start(store: Arc<dyn Store>, bus: Arc<dyn Bus>) -> Self {
        let stop = CancellationToken::new();
        Self {
            task: tokio::spawn(relay::run(store, bus, stop.clone())),
            stop,
        }
    }

    async fn stop(self) {
        self.stop.cancel();
        tokio::time::timeout(DEADLINE, self.task).await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn what_is_committed_is_published_in_order_and_marked() {
    let (outbox, door) = (Arc::new(Outbox::default()), Door::new());
    outbox.commit(&events("a", 0..700));
    let relay = Relay::start(outbox.clone(), door.clone());
    door.until_accepted(700).await;
    for number in 700..760 {
        outbox.commit(&[event("a", number)]);
        door.until_accepted(number as usize + 1).await;
    }
    until(|| outbox.pending.lock().is_empty()).await;
    relay.stop().await;
    let handler = Recorder::new();
    let (bus, given, stop) = (door.bus.clone(), handler.clone(), CancellationToken::new());
    let stopped = stop.clone();
    let member = tokio::spawn(async move { bus.consume(Subscription::new("g", &[ALPHA]), given, stopped).await });
    handler.acked(760).await;
    assert_eq!(handler.numbers("a"), (0..760).collect::<Vec<_>>());
    stop.cancel();
    member.await.unwrap().unwrap();
    assert_eq!(door.accepted.lock().len(), 760, "none was published twice");
}

#[tokio::test]
async fn while_the_bus_is_away_the_outbox_holds_the_events() {
    let (outbox, door) = (Arc::new(Outbox::default()), Door::new());
    door.away.store(true, Ordering::SeqCst);
    let relay = Relay::start(outbox.clone(), door.clone());
    outbox.commit(&events("a", 0..10));
    until(|| door.attempts.load(Ordering::SeqCst) >= 3).await;
    outbox.commit(&events("b", 0..10));
    assert_eq!(outbox.pending.lock().len(), 20);
    door.away.store(false, Ordering::SeqCst);
    door.until_accepted(20).await;
    until(|| outbox.pending.lock().is_empty()).await;
    relay.stop().await;
}

#[tokio::test]
async fn it_stops_while_the_bus_is_away() {
    let (outbox, door) = (Arc::new(Outbox::default()), Door::new());
    door.away.store(true, Ordering::SeqCst);
    outbox.commit(&events("a", 0..3));
    let relay = Relay::start(outbox.clone(), door.clone());
    until(|| door.attempts.load(Ordering::SeqCst) >= 1).await;
    relay.stop().await;
    assert_eq!(outbox.pending.lock().len(), 3);
}

#[tokio::test]
async fn a_stop_empties_the_outbox() {
    let (outbox, door) = (Arc::new(Outbox::default()), Door::new());
    outbox.commit(&events("a", 0..1_300));
    let relay = Relay::start(outbox.clone(), door.clone());
    // The relay has not had its first turn.
    relay.stop().await;
    assert_eq!(door.accepted.lock().len(), 1_300);
    assert!(outbox.pending.lock().is_empty(), "and marked");
}

#[tokio::test]
async fn a_stop_does_not_wait_for_an_outbox_without_end() {
    let (outbox, door) = (Arc::new(Outbox::default()), Door::new());
    outbox.endless.store(true, Ordering::SeqCst);
    let relay = Relay::start(outbox.clone(), door.clone());
    door.until_accepted(3).await;
    relay.stop().await;
}

#[tokio::test]
async fn the_gauges_are_set_while_events_move() {
    let (outbox, door) = (Arc::new(Outbox::default()), Door::new());
    outbox.endless.store(true, Ordering::SeqCst);
    let relay = Relay::start(outbox.clone(), door.clone());
    until(|| outbox.measured.load(Ordering::SeqCst) >= 2).await;
    relay.stop().await;
}

#[tokio::test]
async fn a_store_that_cannot_be_read_is_asked_again() {
    let (outbox, door) = (Arc::new(Outbox::default()), Door::new());
    outbox.reads_fail.store(true, Ordering::SeqCst);
    outbox.commit(&events("a", 0..3));
    let relay = Relay::start(outbox.clone(), door.clone());
    tokio::task::yield_now().await;
    outbox.reads_fail.store(false, Ordering::SeqCst);
    door.until_accepted(3).await;
    relay.stop().await;
}

#[tokio::test]
async fn a_lost_signal_is_made_good_by_the_tick() {
    let (outbox, door) = (Arc::new(Outbox::default()), Door::new());
    outbox.silent.store(true, Ordering::SeqCst);
    let relay = Relay::start(outbox.clone(), door.clone());
    tokio::task::yield_now().await;
    for number in 0..3 {
        outbox.commit(&[event("a", number)]);
        door.until_accepted(number as usize + 1).await;
    }
    relay.stop().await;
}

#[tokio::test]
async fn a_refused_event_holds_back_its_own_key_only() {
    let (outbox, door) = (Arc::new(Outbox::default()), Door::new());
    let relay = Relay::start(outbox.clone(), door.clone());
    outbox.commit(&[
        event("a", 0),
        event("bad", 0),
        event("b", 0),
        event("bad", 1),
        event("a", 1),
    ]);
    door.until_accepted(3).await;
    for number in 0..50 {
        outbox.commit(&[event("c", number), event("bad", 2 + number)]);
    }
    door.until_accepted(53).await;
    until(|| outbox.pending.lock().len() == 52).await;
    assert!(
        outbox.pending.lock().iter().all(|e| &*e.key == "bad"),
        "they stay, for somebody to look at"
    );
    relay.stop().await;
}

#[tokio::test]
async fn marks_that_fail_are_asked_for_again_and_publish_nothing_twice() {
    let (outbox, door) = (Arc::new(Outbox::default()), Door::new());
    outbox.marks_fail.store(true, Ordering::SeqCst);
    let relay = Relay::start(outbox.clone(), door.clone());
    outbox.commit(&events("a", 0..10));
    door.until_accepted(10).await;
    outbox.commit(&events("a", 10..20));
    door.until_accepted(20).await;
    assert_eq!(outbox.pending.lock().len(), 20);
    outbox.marks_fail.store(false, Ordering::SeqCst);
    until(|| outbox.pending.lock().is_empty()).await;
    assert_eq!(door.accepted.lock().len(), 20);
    relay.stop().await;
}

#[tokio::test]
async fn a_relay_killed_before_its_marks_publishes_again_and_the_bus_drops_it() {
    let (outbox, door) = (Arc::new(Outbox::default()), Door::new());
    outbox.marks_fail.store(true, Ordering::SeqCst);
    let relay = Relay::start(outbox.clone(), door.clone());
    outbox.commit(&events("a", 0..10));
    door.until_accepted(10).await;
    until(|| outbox.marks_failed.load(Ordering::SeqCst) > 0).await;
    relay.task.abort();
    outbox.marks_fail.store(false, Ordering::SeqCst);
    let relay = Relay::start(outbox.clone(), door.clone());
    until(|| outbox.pending.lock().is_empty()).await;
    relay.stop().await;
    assert_eq!(door.accepted.lock().len(), 20, "published again");
    assert_eq!(door.bus.lag(ALPHA, "g").await.unwrap(), 10, "and there once");
}

#[tokio::test]
async fn what_the_bus_lost_is_published_again_before_anything_else() {
    let (outbox, door) = (Arc::new(Outbox::default()), Door::new());
    door.generation.store(1, Ordering::SeqCst);
    let (of_alpha, mut of_beta) = (events("a", 0..700), events("b", 0..10));
    of_beta.iter_mut().for_each(|event| event.topic = BETA.name.into());
    outbox.commit(&[of_beta, of_alpha.clone()].concat());
    let relay = Relay::start(outbox.clone(), door.clone());
    door.until_accepted(710).await;
    until(|| outbox.pending.lock().is_empty()).await;
    door.away.store(true, Ordering::SeqCst);
    door.accepted.lock().clear();
    door.generation.store(2, Ordering::SeqCst);
    let next = event("a", 700);
    outbox.commit(std::slice::from_ref(&next));
    door.away.store(false, Ordering::SeqCst);
    door.until_accepted(701).await;
    let want: Vec<EventId> = of_alpha.iter().chain([&next]).map(|e| e.id).collect();
    assert_eq!(
        *door.accepted.lock(),
        want,
        "the lost ones of that topic, in order, then the new one"
    );
    relay.stop().await;
    assert_eq!(door.accepted.lock().len(), 701, "once");
}

#[tokio::test]
async fn a_relay_that_starts_publishes_again_what_may_be_lost_and_nothing_else() {
    let (outbox, door) = (Arc::new(Outbox::default()), Door::new());
    outbox.sent.lock().extend(events("a", 0..20));
    let relay = Relay::start(outbox.clone(), door.clone());
    outbox.commit(&[event("a", 20)]);
    door.until_accepted(1).await;
    relay.stop().await;
    assert_eq!(door.accepted.lock().len(), 1, "a bus that loses nothing");
    door.generation.store(1, Ordering::SeqCst);
    let relay = Relay::start(outbox.clone(), door.clone());
    door.until_accepted(1 + 21).await;
    relay.stop().await;
}

#[derive(serde::Serialize, serde::Deserialize)]
struct Note {
    id: String,
}

impl Document for Note {
    const COLLECTION: &'static str = "notes";
    const INDEXES: &'static [Index] = &[];
    fn id(&self) -> String {
        self.id.clone()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_of_a_real_store_reaches_a_consumer_and_the_outbox_is_empty() {
    let (dir, door) = (tempfile::tempdir().unwrap(), Door::new());
    let path = dir.path().join("store.db");
    let store: Arc<dyn Store> = SqliteStore::open(&path, SqliteOptions::default(), Ambient::system()).unwrap();
    let notes = Collection::<Note>::open(&store).await.unwrap();
    let relay = Relay::start(store.clone(), door.clone());
    let (handler, stop) = (Recorder::new(), CancellationToken::new());
    let (bus, given, stopped) = (door.bus.clone(), handler.clone(), stop.clone());
    let member = tokio::spawn(async move {
        bus.consume(Subscription::new("g", &[ALPHA, BETA]), given, stopped)
            .await
    });
    for number in 0..200 {
        let two = vec![event("a", number * 2), event("a", number * 2 + 1)];
        notes.insert(&Note { id: number.to_string() }, two).await.unwrap();
    }
    handler.acked(400).await;
    assert_eq!(handler.numbers("a"), (0..400).collect::<Vec<_>>());
    relay.stop().await;
    assert_eq!(store.outbox_depth().await.unwrap(), 0);
    assert_eq!(door.accepted.lock().len(), 400, "none was published twice");
    stop.cancel();
    member.await.unwrap().unwrap();
}
