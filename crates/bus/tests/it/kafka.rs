//! The adapter for Kafka passes the port's suite and keeps its own promises. Skipped by name where AICHAT_TEST_KAFKA_URL is not set.

use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bus::conformance::{ALPHA, Probe, Recorder, Rig, TOPICS};
use bus::kafka::{KafkaBus, KafkaOptions};
use bus::{Bus, BusError, Subscription};
use contracts::event::partition_of;
use contracts::{Event, Topic};
use kernel::Ambient;
use parking_lot::Mutex;
use rdkafka::ClientConfig;
use rdkafka::producer::{FutureProducer, FutureRecord};
use store::Store;
use store::sqlite::{SqliteOptions, SqliteStore};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

/// A bus of its own on a shared cluster.
struct KafkaRig {
    brokers: String,
    options: KafkaOptions,
    current: Mutex<Option<Arc<KafkaBus>>>,
    dir: TempDir,
    ambient: Ambient,
}

/// Makes a rig with a prefix that nobody else has; says why when there is no cluster.
async fn kafka_rig() -> Option<KafkaRig> {
    let Ok(brokers) = std::env::var("AICHAT_TEST_KAFKA_URL") else {
        let thread = std::thread::current();
        let name = thread.name().unwrap_or("a test");
        // Past the harness's capture: skipped tests are counted.
        let _ = writeln!(std::io::stderr(), "SKIP {name}: AICHAT_TEST_KAFKA_URL is not set");
        return None;
    };
    let ambient = Ambient::system();
    let options = KafkaOptions {
        prefix: format!("test-{}.", ambient.token::<9>()),
        heartbeat: Duration::from_millis(250),
        session: Duration::from_secs(10),
        ..KafkaOptions::default()
    };
    Some(KafkaRig {
        brokers,
        options,
        current: Mutex::default(),
        dir: tempfile::tempdir().unwrap(),
        ambient,
    })
}

async fn rig() -> Option<Box<dyn Rig>> {
    kafka_rig().await.map(|rig| Box::new(rig) as Box<dyn Rig>)
}

impl KafkaRig {
    async fn bus(&self) -> Arc<KafkaBus> {
        let opened = KafkaBus::open(&self.brokers, self.options.clone(), self.ambient.clone(), TOPICS).await;
        let bus = opened.unwrap();
        *self.current.lock() = Some(bus.clone());
        bus
    }

    fn events(&self, key: &str, numbers: std::ops::Range<u64>) -> Vec<Event> {
        let probe = |number| Probe {
            key: key.into(),
            number,
            pad: String::new(),
        };
        numbers.map(|n| Event::new(&self.ambient, &probe(n)).unwrap()).collect()
    }
}

impl KafkaRig {
    /// Writes what no product of ours would write beside the events of a key.
    async fn write_foreign(&self, key: &str, payload: &[u8]) {
        let producer: FutureProducer = ClientConfig::new()
            .set("bootstrap.servers", &self.brokers)
            .create()
            .unwrap();
        let topic = format!("{}{}", self.options.prefix, ALPHA.name);
        let record = FutureRecord::to(&topic)
            .partition(i32::from(partition_of(key, ALPHA.partitions)))
            .key(key)
            .payload(payload);
        producer.send(record, Duration::from_secs(10)).await.unwrap();
    }
}

#[async_trait]
impl Rig for KafkaRig {
    async fn open(&self) -> Arc<dyn Bus> {
        self.bus().await
    }

    async fn crash(&self) {
        // What the brokers have is what is left. The member's silence is not waited for: it leaves without a commit.
        if let Some(bus) = self.current.lock().take() {
            bus.abandon();
        }
    }

    async fn store(&self) -> Arc<dyn Store> {
        let path = self.dir.path().join("store.db");
        SqliteStore::open(&path, SqliteOptions::default(), self.ambient.clone()).unwrap()
    }

    fn dedupes(&self) -> bool {
        false
    }

    fn ambient(&self) -> Ambient {
        self.ambient.clone()
    }
}

impl Drop for KafkaRig {
    fn drop(&mut self) {
        let (brokers, options) = (self.brokers.clone(), self.options.clone());
        let removed = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(KafkaBus::remove_topics(&brokers, options))
        });
        // The cluster is shared: what a test has made goes with it. A test that failed has other worries.
        let _ = removed.join();
    }
}

bus::conformance_tests!(crate::kafka::rig);

#[tokio::test]
async fn a_topic_with_another_number_of_partitions_is_refused() {
    let Some(rig) = kafka_rig().await else { return };
    rig.bus().await.close().await;
    let other = [Topic { partitions: 9, ..ALPHA }];
    let refused = KafkaBus::open(&rig.brokers, rig.options.clone(), rig.ambient.clone(), &other).await;
    assert!(matches!(refused, Err(BusError::Refused(_))));
}

#[tokio::test]
async fn without_brokers_nothing_hangs() {
    // Needs no cluster: nobody listens there.
    let nowhere = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let address = nowhere.to_string();
    let opened = KafkaBus::open(&address, KafkaOptions::default(), Ambient::system(), TOPICS);
    let opened = tokio::time::timeout(Duration::from_secs(20), opened).await.unwrap();
    assert!(matches!(opened, Err(BusError::Unavailable(_))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_of_two_buses_share_a_group() {
    let Some(rig) = kafka_rig().await else { return };
    let (one, two) = (rig.bus().await, rig.bus().await);
    let (a, b) = (Recorder::new(), Recorder::new());
    let stop = CancellationToken::new();
    let members = [(one.clone(), a.clone()), (two.clone(), b.clone())].map(|(bus, handler)| {
        let stop = stop.clone();
        tokio::spawn(async move { bus.consume(Subscription::new("g", &[ALPHA]), handler, stop).await })
    });
    let (began, mut sent) = (std::time::Instant::now(), 0);
    while a.acks() == 0 || b.acks() == 0 {
        assert!(began.elapsed() < Duration::from_secs(20), "both take part");
        for key in 0..24 {
            one.publish(&rig.events(&format!("k{key}"), sent..sent + 1))
                .await
                .unwrap();
        }
        sent += 1;
    }
    // A release by one process reaches the member of the other.
    stop.cancel();
    for member in members {
        member.await.unwrap().unwrap();
    }
    assert_eq!(
        one.lag(ALPHA, "g").await.unwrap() + (a.acks() + b.acks()) as u64,
        24 * sent
    );
    one.close().await;
    two.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_has_a_letter_is_not_tried_again_after_a_crash() {
    let Some(rig) = rig().await else { return };
    crate::lettered::what_has_a_letter_is_not_tried_again(rig).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_that_is_no_event_is_passed_over_and_its_key_goes_on() {
    let Some(rig) = kafka_rig().await else { return };
    let bus = rig.bus().await;
    bus.publish(&rig.events("k", 0..1)).await.unwrap();
    for foreign in [
        &b"\xff\xfe no JSON"[..],
        b"",
        b"{}",
        br#"{"specversion":"1.0","type":"of somebody else"}"#,
    ] {
        rig.write_foreign("k", foreign).await;
    }
    bus.publish(&rig.events("k", 1..2)).await.unwrap();
    let (handler, stop) = (Recorder::new(), CancellationToken::new());
    let (of_member, recorder) = (stop.clone(), handler.clone());
    let member_bus = bus.clone();
    let member = tokio::spawn(async move {
        member_bus
            .consume(Subscription::new("g", &[ALPHA]), recorder, of_member)
            .await
    });
    handler.acked(2).await;
    assert_eq!(handler.numbers("k"), [0, 1]);
    stop.cancel();
    member.await.unwrap().unwrap();
    assert_eq!(bus.lag(ALPHA, "g").await.unwrap(), 0, "it is not left over");
    bus.close().await;
}
