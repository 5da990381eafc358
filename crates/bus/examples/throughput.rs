//! Prints what the bus carries on this machine: events a second published in batches of 512 and consumed by three groups, then the
//! time from `publish` to the handler at a light load. On the embedded log; on Kafka when `AICHAT_KAFKA_URL` is set (feature `kafka`);
//! on JetStream when `AICHAT_NATS_URL` is (feature `jetstream`). With the word `latency` only the second half, as one line a backend
//! for programs: `backend=... events=... answer_p50_us=... answer_p99_us=... handler_p50_us=... handler_p99_us=...`. Run it with
//! `cargo run --release -p bus --example throughput --config profile.release.lto=false --config profile.release.codegen-units=16`.

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bus::conformance::{ALPHA, Probe, TOPICS};
use bus::embedded::{EmbeddedBus, Options};
#[cfg(feature = "jetstream")]
use bus::jetstream::{JetStreamBus, JetStreamOptions};
#[cfg(feature = "kafka")]
use bus::kafka::{KafkaBus, KafkaOptions};
use bus::{Bus, Handler, Subscription};
use contracts::Event;
#[cfg(feature = "jetstream")]
use futures::StreamExt as _;
use kernel::{Ambient, Fault};
use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

const EVENTS: usize = 300_000;
/// What a server on the same machine gets: enough for some seconds.
#[cfg(any(feature = "kafka", feature = "jetstream"))]
const EVENTS_OF_SERVER: usize = 50_000;
const BATCH: usize = 512;
const PUBLISHERS: usize = 2;
const KEYS: usize = 1_000;
const GROUPS: [&str; 3] = ["one", "two", "three"];
const PINGS: usize = 2_000;
#[cfg(any(feature = "kafka", feature = "jetstream"))]
const PINGS_OF_SERVER: usize = 1_000;
/// After so long no further ping goes out.
const PINGS_WITHIN: Duration = Duration::from_secs(10);
/// A group that forms is no latency of an event: so many events in a row must have been heard of, each in time, of so many at most.
const HEARD_IN_A_ROW: usize = 50;
const HEARD_WITHIN: Duration = Duration::from_millis(300);
const JOINING: usize = 300;
/// Longest wait for all groups to have consumed everything.
const CONSUMED_WITHIN: Duration = Duration::from_secs(120);

/// A bus under test.
struct Backend {
    name: &'static str,
    bus: Arc<dyn Bus>,
    events: usize,
    pings: usize,
}

/// Counts, and tells when all have come.
struct Count {
    seen: AtomicUsize,
    target: usize,
    reached: Notify,
    times: Mutex<Vec<Instant>>,
}

impl Count {
    fn new(target: usize) -> Arc<Self> {
        Arc::new(Self {
            seen: AtomicUsize::new(0),
            target,
            reached: Notify::new(),
            times: Mutex::default(),
        })
    }
}

#[async_trait]
impl Handler for Count {
    async fn handle(&self, _: &Event) -> Result<(), Fault> {
        if self.target == 1 {
            self.times.lock().push(Instant::now());
            self.reached.notify_one();
        } else if self.seen.fetch_add(1, Ordering::Relaxed) + 1 == self.target {
            self.reached.notify_one();
        }
        Ok(())
    }
}

/// Makes events of about 500 bytes.
fn events(count: usize) -> Result<Vec<Event>, Fault> {
    let ambient = Ambient::system();
    let probe = |n: usize| Probe {
        key: format!("room-{}", n % KEYS),
        number: n as u64,
        pad: "x".repeat(150),
    };
    (0..count).map(|n| Event::new(&ambient, &probe(n))).collect()
}

fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let ticks = |n: usize| {
        stat.split_whitespace()
            .nth(n)
            .and_then(|t| t.parse::<f64>().ok())
            .unwrap_or(0.0)
    };
    (ticks(13) + ticks(14)) / 100.0
}

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<(), Box<dyn Error>> {
    let only_latency = std::env::args().skip(1).any(|word| word == "latency");
    let dir = tempfile::tempdir_in(".")?;
    #[cfg_attr(
        not(any(feature = "kafka", feature = "jetstream")),
        expect(unused_mut, reason = "one is all")
    )]
    let mut backends = vec![embedded(dir.path())?];
    // A prefix of its own: whoever else is on the server is not met.
    let prefix = format!("throughput-{}-", Ambient::system().token::<9>());
    #[cfg(feature = "kafka")]
    backends.extend(kafka(&prefix).await?);
    #[cfg(feature = "jetstream")]
    backends.extend(jetstream(&prefix).await?);
    for backend in &backends {
        if !only_latency {
            println!("{}", backend.name);
            throughput(backend).await?;
        }
        latency(backend, only_latency).await?;
    }
    for backend in backends {
        backend.bus.close().await;
    }
    clean_up(&prefix).await
}

fn embedded(dir: &Path) -> Result<Backend, Box<dyn Error>> {
    Ok(Backend {
        name: "embedded",
        bus: EmbeddedBus::open(dir.join("bus.db"), Options::default(), Ambient::system(), TOPICS)?,
        events: EVENTS,
        pings: PINGS,
    })
}

/// Returns the URL of a server, if it is set.
#[cfg(any(feature = "kafka", feature = "jetstream"))]
fn url(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|url| !url.is_empty())
}

#[cfg(any(feature = "kafka", feature = "jetstream"))]
fn on_server(name: &'static str, bus: Arc<dyn Bus>) -> Backend {
    Backend {
        name,
        bus,
        events: EVENTS_OF_SERVER,
        pings: PINGS_OF_SERVER,
    }
}

#[cfg(feature = "kafka")]
fn kafka_options(prefix: &str) -> KafkaOptions {
    KafkaOptions {
        prefix: prefix.to_owned(),
        ..KafkaOptions::default()
    }
}

#[cfg(feature = "kafka")]
async fn kafka(prefix: &str) -> Result<Option<Backend>, Box<dyn Error>> {
    let Some(url) = url("AICHAT_KAFKA_URL") else {
        return Ok(None);
    };
    let bus = KafkaBus::open(&url, kafka_options(prefix), Ambient::system(), TOPICS).await?;
    Ok(Some(on_server("kafka", bus)))
}

#[cfg(feature = "jetstream")]
fn jetstream_options(prefix: &str) -> JetStreamOptions {
    JetStreamOptions {
        prefix: prefix.to_owned(),
        // The server sets it aside for every topic.
        bytes_max: 64 << 20,
        ..JetStreamOptions::default()
    }
}

#[cfg(feature = "jetstream")]
async fn jetstream(prefix: &str) -> Result<Option<Backend>, Box<dyn Error>> {
    let Some(url) = url("AICHAT_NATS_URL") else {
        return Ok(None);
    };
    let bus = JetStreamBus::open(&url, jetstream_options(prefix), Ambient::system(), TOPICS).await?;
    Ok(Some(on_server("jetstream", bus)))
}

/// Removes what was made on the servers.
#[cfg_attr(
    not(any(feature = "kafka", feature = "jetstream")),
    expect(unused_variables, clippy::unused_async, reason = "nothing was made")
)]
async fn clean_up(prefix: &str) -> Result<(), Box<dyn Error>> {
    #[cfg(feature = "kafka")]
    if let Some(url) = url("AICHAT_KAFKA_URL") {
        KafkaBus::remove_topics(&url, kafka_options(prefix)).await?;
    }
    #[cfg(feature = "jetstream")]
    if let Some(url) = url("AICHAT_NATS_URL") {
        let context = async_nats::jetstream::new(async_nats::connect(url).await?);
        let mut names = context.stream_names();
        while let Some(name) = names.next().await.transpose()? {
            if name.trim_start_matches("KV_").starts_with(prefix) {
                context.delete_stream(name).await?;
            }
        }
    }
    Ok(())
}

async fn throughput(backend: &Backend) -> Result<(), Box<dyn Error>> {
    let (bus, stop) = (&backend.bus, CancellationToken::new());
    let counts: Vec<Arc<Count>> = GROUPS.iter().map(|_| Count::new(backend.events)).collect();
    let members: Vec<_> = GROUPS
        .iter()
        .zip(&counts)
        .map(|(group, count)| {
            let (bus, count, stop) = (bus.clone(), count.clone(), stop.clone());
            tokio::spawn(async move { bus.consume(Subscription::new(group, &[ALPHA]), count, stop).await })
        })
        .collect();
    let all = events(backend.events)?;
    println!(
        "{} events of {} bytes, {KEYS} keys, batches of {BATCH}",
        all.len(),
        all.first().map_or(0, |e| e.bytes.len())
    );
    let (began, cpu) = (Instant::now(), cpu_seconds());
    let mut publishers = Vec::new();
    for part in all.chunks(all.len().div_ceil(PUBLISHERS)) {
        let (bus, part) = (bus.clone(), part.to_vec());
        publishers.push(tokio::spawn(async move {
            for batch in part.chunks(BATCH) {
                bus.publish(batch).await?;
            }
            Ok::<(), bus::BusError>(())
        }));
    }
    for publisher in publishers {
        publisher.await??;
    }
    let published = began.elapsed();
    for count in &counts {
        tokio::time::timeout(CONSUMED_WITHIN, count.reached.notified()).await?;
    }
    let consumed = began.elapsed();
    let used = cpu_seconds() - cpu;
    let rate = |d: Duration| all.len() as f64 / d.as_secs_f64();
    println!("published: {:.0} events/s", rate(published));
    println!("published and consumed by three groups: {:.0} events/s", rate(consumed));
    println!(
        "CPU of this process: {:.2} us per event, all together",
        used * 1e6 / all.len() as f64
    );
    stop.cancel();
    for member in members {
        member.await??;
    }
    Ok(())
}

async fn latency(backend: &Backend, for_programs: bool) -> Result<(), Box<dyn Error>> {
    let (bus, stop, count) = (&backend.bus, CancellationToken::new(), Count::new(1));
    let (consumed, given, stopped) = (bus.clone(), count.clone(), stop.clone());
    let subscription = Subscription {
        start: bus::Start::Latest,
        ..Subscription::new("latency", &[ALPHA])
    };
    let member = tokio::spawn(async move { consumed.consume(subscription, given, stopped).await });
    let all = events(backend.pings + JOINING)?;
    let (joining, pings) = all.split_at(JOINING.min(all.len()));
    join(bus, &count, joining).await?;
    let (mut to_handler, mut to_answer) = (Vec::new(), Vec::new());
    let until = Instant::now() + PINGS_WITHIN;
    for event in pings {
        let began = Instant::now();
        if began > until {
            break;
        }
        bus.publish(std::slice::from_ref(event)).await?;
        to_answer.push(began.elapsed());
        tokio::time::timeout(CONSUMED_WITHIN, count.reached.notified()).await?;
        to_handler.extend(count.times.lock().drain(..).map(|at| at - began));
    }
    if for_programs {
        let pinged = to_handler.len();
        let ([answer_p50, answer_p99], [handler_p50, handler_p99]) = (quantiles(to_answer), quantiles(to_handler));
        println!(
            "backend={} events={} answer_p50_us={} answer_p99_us={} handler_p50_us={} handler_p99_us={}",
            backend.name,
            pinged,
            answer_p50.as_micros(),
            answer_p99.as_micros(),
            handler_p50.as_micros(),
            handler_p99.as_micros()
        );
    } else {
        report("publish to its answer", to_answer);
        report("publish to the handler", to_handler);
    }
    stop.cancel();
    member.await??;
    Ok(())
}

/// Publishes until the group has formed: one event after the other, of different keys and so partitions, is heard.
async fn join(bus: &Arc<dyn Bus>, count: &Count, events: &[Event]) -> Result<(), Box<dyn Error>> {
    let mut heard = 0;
    for event in events {
        bus.publish(std::slice::from_ref(event)).await?;
        let noticed = tokio::time::timeout(HEARD_WITHIN, count.reached.notified())
            .await
            .is_ok();
        heard = if noticed { heard + 1 } else { 0 };
        if heard == HEARD_IN_A_ROW {
            // What was late by then is not taken for a ping's.
            while tokio::time::timeout(HEARD_WITHIN, count.reached.notified())
                .await
                .is_ok()
            {}
            count.times.lock().clear();
            return Ok(());
        }
    }
    Err("the group does not form".into())
}

fn report(what: &str, times: Vec<Duration>) {
    let [p50, p99] = quantiles(times);
    println!("{what}: p50 {p50:?}, p99 {p99:?}");
}

fn quantiles(mut times: Vec<Duration>) -> [Duration; 2] {
    times.sort_unstable();
    [50, 99].map(|share| times.get(times.len() * share / 100).copied().unwrap_or_default())
}
