//! Prints what the embedded log carries on this machine: events a second published in batches of 512 and consumed by three groups,
//! then the time from `publish` to the handler at a light load. Run it with
//! `cargo run --release -p bus --example throughput --config profile.release.lto=false --config profile.release.codegen-units=16`.

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bus::conformance::{ALPHA, Probe, TOPICS};
use bus::embedded::{EmbeddedBus, Options};
use bus::{Bus, Handler, Subscription};
use contracts::Event;
use kernel::{Ambient, Fault};
use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

const EVENTS: usize = 300_000;
const BATCH: usize = 512;
const PUBLISHERS: usize = 2;
const KEYS: usize = 1_000;
const GROUPS: [&str; 3] = ["one", "two", "three"];
const PINGS: usize = 2_000;

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
    let dir = tempfile::tempdir_in(".")?;
    let bus = EmbeddedBus::open(dir.path().join("bus.db"), Options::default(), Ambient::system(), TOPICS)?;
    throughput(&bus).await?;
    latency(&bus).await?;
    bus.close().await;
    Ok(())
}

async fn throughput(bus: &Arc<EmbeddedBus>) -> Result<(), Box<dyn Error>> {
    let stop = CancellationToken::new();
    let counts: Vec<Arc<Count>> = GROUPS.iter().map(|_| Count::new(EVENTS)).collect();
    let members: Vec<_> = GROUPS
        .iter()
        .zip(&counts)
        .map(|(group, count)| {
            let (bus, count, stop) = (bus.clone(), count.clone(), stop.clone());
            tokio::spawn(async move { bus.consume(Subscription::new(group, &[ALPHA]), count, stop).await })
        })
        .collect();
    let all = events(EVENTS)?;
    println!(
        "{EVENTS} events of {} bytes, {KEYS} keys, batches of {BATCH}",
        all.first().map_or(0, |e| e.bytes.len())
    );
    let (began, cpu) = (Instant::now(), cpu_seconds());
    let mut publishers = Vec::new();
    for part in all.chunks(EVENTS.div_ceil(PUBLISHERS)) {
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
        count.reached.notified().await;
    }
    let consumed = began.elapsed();
    let used = cpu_seconds() - cpu;
    let rate = |d: Duration| EVENTS as f64 / d.as_secs_f64();
    println!("published: {:.0} events/s", rate(published));
    println!("published and consumed by three groups: {:.0} events/s", rate(consumed));
    println!("CPU: {:.2} us per event, all together", used * 1e6 / EVENTS as f64);
    stop.cancel();
    for member in members {
        member.await??;
    }
    Ok(())
}

async fn latency(bus: &Arc<EmbeddedBus>) -> Result<(), Box<dyn Error>> {
    let (stop, count) = (CancellationToken::new(), Count::new(1));
    let (consumed, given, stopped) = (bus.clone(), count.clone(), stop.clone());
    let subscription = Subscription {
        start: bus::Start::Latest,
        ..Subscription::new("latency", &[ALPHA])
    };
    let member = tokio::spawn(async move { consumed.consume(subscription, given, stopped).await });
    tokio::time::sleep(Duration::from_millis(200)).await;
    let (mut to_handler, mut to_answer) = (Vec::new(), Vec::new());
    for event in events(PINGS)? {
        let began = Instant::now();
        bus.publish(std::slice::from_ref(&event)).await?;
        to_answer.push(began.elapsed());
        count.reached.notified().await;
        to_handler.extend(count.times.lock().drain(..).map(|at| at - began));
    }
    report("publish to its answer (one sync)", to_answer);
    report("publish to the handler", to_handler);
    stop.cancel();
    member.await??;
    Ok(())
}

fn report(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or_default();
    println!("{what}: p50 {:?}, p99 {:?}", at(50), at(99));
}
