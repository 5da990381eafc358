//! The adapter for NATS JetStream passes the port's suite and keeps its own promises. Skipped by name where AICHAT_TEST_NATS_URL is not set.

mod proxy;

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use async_nats::jetstream::stream::Config;
use async_trait::async_trait;
use bus::conformance::{ALPHA, Probe, Recorder, Rig, TOPICS};
use bus::jetstream::{JetStreamBus, JetStreamOptions};
use bus::{Bus, BusError, OnPoison, Retry, Subscription};
use contracts::{Event, Topic};
use futures::StreamExt as _;
use kernel::Ambient;
use parking_lot::Mutex;
use store::sqlite::{SqliteOptions, SqliteStore};
use store::{Collection, Document, Index, Store};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use self::proxy::Proxy;

const DEADLINE: Duration = Duration::from_secs(20);

/// A bus of its own on a shared server, each opening behind a wire that can be cut.
pub struct NatsRig {
    server: String,
    options: JetStreamOptions,
    wires: Mutex<Vec<Proxy>>,
    dir: TempDir,
    ambient: Ambient,
}

/// Makes a rig with a prefix that nobody else has; says why when there is no server.
pub fn nats_rig() -> Option<NatsRig> {
    let Ok(server) = std::env::var("AICHAT_TEST_NATS_URL") else {
        let thread = std::thread::current();
        let name = thread.name().unwrap_or("a test");
        // Past the harness's capture: skipped tests are counted.
        let _ = writeln!(std::io::stderr(), "SKIP {name}: AICHAT_TEST_NATS_URL is not set");
        return None;
    };
    let ambient = Ambient::system();
    let options = JetStreamOptions {
        prefix: format!("test-{}-", ambient.token::<9>()),
        bytes_max: 32 << 20,
        lease: Duration::from_secs(3),
        ..JetStreamOptions::default()
    };
    Some(NatsRig {
        server: server.trim_start_matches("nats://").trim_end_matches('/').to_owned(),
        options,
        wires: Mutex::default(),
        dir: tempfile::tempdir().unwrap(),
        ambient,
    })
}

async fn rig() -> Option<Box<dyn Rig>> {
    nats_rig().map(|rig| Box::new(rig) as Box<dyn Rig>)
}

impl NatsRig {
    pub async fn bus(&self) -> Arc<JetStreamBus> {
        let wire = Proxy::start(&self.server).await;
        let url = wire.url();
        self.wires.lock().push(wire);
        let opened = JetStreamBus::open(&url, self.options.clone(), self.ambient.clone(), TOPICS).await;
        opened.unwrap()
    }

    /// Cuts every wire for ever.
    fn cut(&self) {
        self.wires.lock().drain(..).for_each(|wire| wire.cut());
    }

    async fn server(&self) -> async_nats::jetstream::Context {
        async_nats::jetstream::new(async_nats::connect(&self.server).await.unwrap())
    }

    fn stream(&self, topic: Topic) -> String {
        format!("{}{}", self.options.prefix, topic.name).replace('.', "-")
    }

    pub fn events(&self, key: &str, numbers: std::ops::Range<u64>) -> Vec<Event> {
        let probe = |number| Probe {
            key: key.into(),
            number,
            pad: String::new(),
        };
        numbers.map(|n| Event::new(&self.ambient, &probe(n)).unwrap()).collect()
    }
}

#[async_trait]
impl Rig for NatsRig {
    async fn open(&self) -> Arc<dyn Bus> {
        self.bus().await
    }

    async fn crash(&self) {
        // The server hears nothing more of the process: no ack, no farewell.
        self.cut();
    }

    async fn store(&self) -> Arc<dyn Store> {
        let path = self.dir.path().join("store.db");
        SqliteStore::open(&path, SqliteOptions::default(), self.ambient.clone()).unwrap()
    }

    fn dedupes(&self) -> bool {
        true
    }

    fn ambient(&self) -> Ambient {
        self.ambient.clone()
    }
}

impl Drop for NatsRig {
    fn drop(&mut self) {
        let (server, prefix) = (self.server.clone(), self.options.prefix.clone());
        let removed = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(remove(&server, &prefix))
        });
        // The server is shared: what a test has made goes with it. A test that failed has other worries.
        let _ = removed.join();
    }
}

async fn remove(server: &str, prefix: &str) {
    let context = async_nats::jetstream::new(async_nats::connect(server).await.unwrap());
    let mut names = context.stream_names();
    while let Some(Ok(name)) = names.next().await {
        if name.trim_start_matches("KV_").starts_with(prefix) {
            let _ = context.delete_stream(name).await;
        }
    }
}

async fn until(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let began = Instant::now();
    while !condition().await {
        assert!(began.elapsed() < DEADLINE, "not in time: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// A running call of `consume`.
struct Member {
    stop: CancellationToken,
    task: tokio::task::JoinHandle<Result<(), BusError>>,
}

impl Member {
    fn start(bus: &Arc<JetStreamBus>, subscription: Subscription, handler: &Arc<Recorder>) -> Self {
        let (bus, handler, stop) = (bus.clone(), handler.clone(), CancellationToken::new());
        let stopped = stop.clone();
        Self {
            task: tokio::spawn(async move { bus.consume(subscription, handler, stopped).await }),
            stop,
        }
    }

    async fn stop(self) {
        self.stop.cancel();
        tokio::time::timeout(DEADLINE, self.task)
            .await
            .unwrap()
            .unwrap()
            .unwrap();
    }
}

bus::conformance_tests!(crate::jetstream::rig);

#[tokio::test]
async fn without_a_server_nothing_hangs() {
    // Needs no server: nobody listens there.
    let nowhere = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let url = nowhere.to_string();
    let opened = JetStreamBus::open(&url, JetStreamOptions::default(), Ambient::system(), TOPICS);
    let opened = tokio::time::timeout(DEADLINE, opened).await.unwrap();
    assert!(matches!(opened, Err(BusError::Unavailable(_))));
}

#[tokio::test]
async fn a_stream_that_is_set_up_otherwise_is_refused() {
    let Some(rig) = nats_rig() else { return };
    rig.bus().await.close().await;
    let fewer = [Topic { partitions: 3, ..ALPHA }];
    let shorter = JetStreamOptions {
        retention: Duration::from_secs(3_600),
        ..rig.options.clone()
    };
    for (options, topics) in [(rig.options.clone(), &fewer[..]), (shorter, TOPICS)] {
        let refused = JetStreamBus::open(&rig.server, options, rig.ambient.clone(), topics).await;
        assert!(matches!(refused, Err(BusError::Refused(_))));
    }
}

#[tokio::test]
async fn the_streams_are_as_the_design_says() {
    let Some(rig) = nats_rig() else { return };
    let bus = rig.bus().await;
    bus.publish(&rig.events("a", 0..1)).await.unwrap();
    let context = rig.server().await;
    let stream = context.get_stream(rig.stream(ALPHA)).await.unwrap();
    let config = stream.cached_info().config.clone();
    assert_eq!(config.max_age, Duration::from_secs(7 * 24 * 3_600));
    assert_eq!(config.duplicate_window, Duration::from_secs(600));
    let message = stream.get_raw_message(1).await.unwrap();
    let partition = contracts::event::partition_of("a", 8);
    assert!(
        message.subject.ends_with(&format!("test.alpha.v1.p{partition}.made")),
        "{}",
        message.subject
    );
    assert!(message.headers.get("Nats-Msg-Id").is_some());
    bus.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_of_two_buses_share_a_group_and_a_clean_leave_is_quick() {
    let Some(rig) = nats_rig() else { return };
    let (one, two) = (rig.bus().await, rig.bus().await);
    let (a, b) = (Recorder::new(), Recorder::new());
    let first = Member::start(&one, Subscription::new("g", &[ALPHA]), &a);
    let second = Member::start(&two, Subscription::new("g", &[ALPHA]), &b);
    let mut sent = 0;
    until("both take part", async || {
        for k in 0..24 {
            one.publish(&rig.events(&format!("k{k}"), sent..sent + 1))
                .await
                .unwrap();
        }
        sent += 1;
        a.acks() > 0 && b.acks() > 0
    })
    .await;
    let left = Instant::now();
    first.stop().await;
    for k in 0..24 {
        two.publish(&rig.events(&format!("k{k}"), sent..sent + 1))
            .await
            .unwrap();
    }
    until("nothing is left", async || two.lag(ALPHA, "g").await.unwrap() == 0).await;
    assert!(
        left.elapsed() < rig.options.lease,
        "nobody waited for a lease: {:?}",
        left.elapsed()
    );
    let mut all: Vec<_> = [a.events(), b.events()].concat().iter().map(|e| e.id).collect();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len() as u64, (sent + 1) * 24);
    second.stop().await;
    one.close().await;
    two.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_dead_process_held_goes_to_another_within_seconds() {
    let Some(rig) = nats_rig() else { return };
    let dies = rig.bus().await;
    let stuck = Recorder::that(|_, _| Box::pin(std::future::pending()));
    let (handler, group) = (Recorder::new(), Subscription::new("g", &[ALPHA]));
    dies.publish(&rig.events("a", 0..20)).await.unwrap();
    let held = Member::start(&dies, group.clone(), &stuck);
    stuck.tried(1).await;
    rig.cut();
    let died = Instant::now();
    let lives = rig.bus().await;
    let member = Member::start(&lives, group, &handler);
    handler.acked(20).await;
    assert!(died.elapsed() < rig.options.lease * 3, "{:?}", died.elapsed());
    assert_eq!(handler.numbers("a"), (0..20).collect::<Vec<_>>());
    held.task.abort();
    member.stop().await;
    lives.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_connection_loses_nothing_and_keeps_order() {
    let Some(rig) = nats_rig() else { return };
    let bus = rig.bus().await;
    let handler = Recorder::that(|_, _| {
        Box::pin(async {
            tokio::time::sleep(Duration::from_millis(1)).await;
            Ok(())
        })
    });
    let member = Member::start(&bus, Subscription::new("g", &[ALPHA]), &handler);
    for round in 0..40 {
        for key in ["a", "b", "c"] {
            let events = rig.events(key, round * 5..(round + 1) * 5);
            until("it is published", async || bus.publish(&events).await.is_ok()).await;
        }
        if round % 10 == 5 {
            rig.wires.lock().iter().for_each(Proxy::interrupt);
        }
    }
    until("nothing is left", async || {
        bus.lag(ALPHA, "g").await.is_ok_and(|lag| lag == 0)
    })
    .await;
    for key in ["a", "b", "c"] {
        assert_eq!(handler.first_numbers()[key], (0..200).collect::<Vec<_>>());
    }
    assert_eq!(handler.overlaps(), 0);
    member.stop().await;
    bus.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_server_is_away_for_too_long_calls_fail_and_consumers_end() {
    let Some(mut rig) = nats_rig() else { return };
    rig.options.away_max = Duration::from_secs(4);
    let bus = rig.bus().await;
    let handler = Recorder::new();
    let member = Member::start(&bus, Subscription::new("g", &[ALPHA]), &handler);
    bus.publish(&rig.events("a", 0..1)).await.unwrap();
    handler.acked(1).await;
    rig.cut();
    let away = tokio::time::timeout(DEADLINE, bus.publish(&rig.events("a", 1..2)))
        .await
        .unwrap();
    assert!(matches!(away, Err(BusError::Unavailable(_))), "{away:?}");
    let ended = tokio::time::timeout(DEADLINE, member.task).await.unwrap().unwrap();
    assert!(matches!(ended, Err(BusError::Unavailable(_))), "{ended:?}");
    assert!(bus.ping().await.is_err());
    bus.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parked_keys_outlive_members_and_are_released_from_another_process() {
    let Some(rig) = nats_rig() else { return };
    let (one, two) = (rig.bus().await, rig.bus().await);
    let healed = Arc::new(AtomicBool::new(false));
    let seen = healed.clone();
    let handler = Recorder::failing(move |_, _| !seen.load(Ordering::SeqCst));
    let parking = Subscription {
        retry: Retry {
            retries_max: 0,
            ..Retry::default()
        },
        on_poison: OnPoison::ParkKey,
        ..Subscription::new("g", &[ALPHA])
    };
    let member = Member::start(&one, parking.clone(), &handler);
    one.publish(&rig.events("a", 0..3)).await.unwrap();
    until("all are letters", async || one.lag(ALPHA, "g").await.unwrap() == 0).await;
    member.stop().await;
    one.close().await;
    let member = Member::start(&two, parking, &handler);
    let three = rig.bus().await;
    assert_eq!(three.parked(10).await.unwrap().len(), 1);
    healed.store(true, Ordering::SeqCst);
    assert_eq!(three.release(ALPHA, "g", "a").await.unwrap(), 3);
    handler.acked(3).await;
    two.publish(&rig.events("a", 3..5)).await.unwrap();
    handler.acked(5).await;
    assert_eq!(handler.numbers("a"), [0, 1, 2, 3, 4]);
    member.stop().await;
    two.close().await;
    three.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_lost_the_end_of_a_stream_is_noticed_before_anything_is_published() {
    let Some(rig) = nats_rig() else { return };
    let bus = rig.bus().await;
    let generation = |bus: &JetStreamBus| bus.generations().into_iter().find(|(t, _)| *t == ALPHA.name).unwrap().1;
    let before = generation(&bus);
    let sent = rig.events("a", 0..10);
    bus.publish(&sent).await.unwrap();
    // As after a power cut: the stream is there, and its end is not.
    let context = rig.server().await;
    let name = rig.stream(ALPHA);
    let config: Config = context.get_stream(&name).await.unwrap().cached_info().config.clone();
    context.delete_stream(&name).await.unwrap();
    context.create_stream(config).await.unwrap();
    rig.wires.lock().iter().for_each(Proxy::interrupt);
    until("the loss is noticed", async || generation(&bus) != before).await;
    until("it is published again", async || bus.publish(&sent).await.is_ok()).await;
    assert_eq!(bus.lag(ALPHA, "new").await.unwrap(), 10);
    bus.close().await;
}

impl NatsRig {
    /// Leaves the bucket as a server does that lost its end: the same records under other revisions.
    async fn rewrite_bucket(&self) {
        let (context, prefix) = (self.server().await, format!("KV_{}", self.options.prefix));
        let names: Vec<String> = context.stream_names().map(Result::unwrap).collect().await;
        let name = names.iter().find(|name| name.starts_with(&prefix)).unwrap();
        let bucket = context.get_stream(name).await.unwrap();
        let info = bucket.cached_info().clone();
        let mut records = Vec::new();
        for sequence in 1..=info.state.last_sequence {
            // Those between were written over.
            records.extend(bucket.get_raw_message(sequence).await);
        }
        context.delete_stream(name).await.unwrap();
        context.create_stream(info.config).await.unwrap();
        for record in records.into_iter().filter(|record| !record.payload.is_empty()) {
            context
                .publish(record.subject, record.payload)
                .await
                .unwrap()
                .await
                .unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_release_goes_on_over_the_bucket_being_read_anew() {
    let Some(rig) = nats_rig() else { return };
    let bus = rig.bus().await;
    let (healed, gate) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(tokio::sync::Semaphore::new(0)),
    );
    let (well, open) = (healed.clone(), gate.clone());
    let handler = Recorder::that(move |_, _| {
        let (well, gate) = (well.load(Ordering::SeqCst), open.clone());
        Box::pin(async move {
            if !well {
                return Err(kernel::Fault::internal("as told"));
            }
            gate.acquire().await.unwrap().forget();
            Ok(())
        })
    });
    let parking = Subscription {
        retry: Retry {
            retries_max: 0,
            ..Retry::default()
        },
        ..Subscription::new("g", &[ALPHA])
    };
    let member = Member::start(&bus, parking, &handler);
    bus.publish(&rig.events("a", 0..40)).await.unwrap();
    until("all are letters", async || bus.lag(ALPHA, "g").await == Ok(0)).await;
    healed.store(true, Ordering::SeqCst);
    assert_eq!(bus.release(ALPHA, "g", "a").await.unwrap(), 40);
    // All but the last of what one look at the letters brings.
    gate.add_permits(31);
    handler.acked(31).await;
    rig.rewrite_bucket().await;
    until("it is being read anew", async || bus.parked(1).await.is_err()).await;
    gate.add_permits(1_000);
    handler.acked(40).await;
    bus.publish(&rig.events("a", 40..42)).await.unwrap();
    handler.acked(42).await;
    assert_eq!(handler.numbers("a"), (0..42).collect::<Vec<_>>());
    assert!(bus.dead_letters(ALPHA, "g", 100).await.unwrap().is_empty());
    member.stop().await;
    bus.close().await;
}

/// A document, for its events.
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
async fn the_relay_makes_good_what_the_server_lost() {
    let Some(rig) = nats_rig() else { return };
    let bus = rig.bus().await;
    let options = SqliteOptions {
        sent_kept: Duration::from_secs(600),
        ..SqliteOptions::default()
    };
    let path = rig.dir.path().join("store.db");
    let store: Arc<dyn Store> = SqliteStore::open(&path, options, rig.ambient.clone()).unwrap();
    let notes = Collection::<Note>::open(&store).await.unwrap();
    let stop = CancellationToken::new();
    let relay = tokio::spawn(bus::relay::run(store.clone(), bus.clone(), stop.clone()));
    let handler = Recorder::new();
    let member = Member::start(&bus, Subscription::new("g", &[ALPHA]), &handler);
    let write = async |number: u64| {
        let note = Note { id: number.to_string() };
        notes.insert(&note, rig.events("a", number..number + 1)).await.unwrap();
    };
    for number in 0..20 {
        write(number).await;
    }
    handler.acked(20).await;
    let context = rig.server().await;
    let name = rig.stream(ALPHA);
    let config: Config = context.get_stream(&name).await.unwrap().cached_info().config.clone();
    context.delete_stream(&name).await.unwrap();
    context.create_stream(config).await.unwrap();
    rig.wires.lock().iter().for_each(Proxy::interrupt);
    for number in 20..25 {
        write(number).await;
    }
    until("all is there again", async || {
        handler.first_numbers()["a"].len() == 25 && bus.lag(ALPHA, "new").await.is_ok_and(|lag| lag == 25)
    })
    .await;
    assert_eq!(handler.first_numbers()["a"], (0..25).collect::<Vec<_>>());
    member.stop().await;
    let again = Recorder::new();
    let member = Member::start(&bus, Subscription::new("new", &[ALPHA]), &again);
    again.acked(25).await;
    assert_eq!(again.numbers("a"), (0..25).collect::<Vec<_>>(), "in order, each once");
    member.stop().await;
    stop.cancel();
    relay.await.unwrap();
    bus.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_is_no_event_is_passed_over_and_its_key_goes_on() {
    let Some(rig) = nats_rig() else { return };
    let bus = rig.bus().await;
    bus.publish(&rig.events("k", 0..1)).await.unwrap();
    let context = rig.server().await;
    let stream = context.get_stream(rig.stream(ALPHA)).await.unwrap();
    let subject = stream.get_raw_message(1).await.unwrap().subject;
    for foreign in [&b"\xff\xfe no JSON"[..], b"", b"{}"] {
        let accepted = context.publish(subject.clone(), foreign.to_vec().into()).await.unwrap();
        accepted.await.unwrap();
    }
    bus.publish(&rig.events("k", 1..2)).await.unwrap();
    let handler = Recorder::new();
    let member = Member::start(&bus, Subscription::new("g", &[ALPHA]), &handler);
    handler.acked(2).await;
    assert_eq!(handler.numbers("k"), [0, 1]);
    until("it is not left over", async || bus.lag(ALPHA, "g").await == Ok(0)).await;
    member.stop().await;
    bus.close().await;
}
