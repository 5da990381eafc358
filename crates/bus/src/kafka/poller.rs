//! Owns the one thread that talks to the group, as the member sees it, and its loop: it polls always, so that the member never leaves by
//! silence. Refuses to know handlers.

mod seats;

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::mpsc as std_mpsc;
use std::time::{Duration, Instant};

use contracts::Event;
use parking_lot::Mutex;
use rdkafka::config::FromClientConfigAndContext as _;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::KafkaError;
use tokio::sync::{mpsc, oneshot};

use self::seats::Seats;
use super::begin::{Progress, Slot};
use super::settings::Channel;
use super::{Settings, TICK, unavailable};
use crate::{BusError, Start};

/// Events of one partition that wait for the member; then it is paused.
const WAITING_EVENTS_MAX: usize = 4_096;
/// Bytes of one partition that wait for the member; then it is paused.
const WAITING_BYTES_MAX: usize = 4 << 20;
/// Pause between two commits, and between two looks at what is to be committed.
pub(super) const COMMIT_EVERY: Duration = Duration::from_millis(50);
/// How long a member that leaves tries to commit what it has done; while the group rebalances its commits are refused.
const LAST_COMMIT_MAX: Duration = Duration::from_secs(5);

/// What the thread has to say.
pub(super) enum News {
    /// These partitions are the member's now.
    Assigned(Vec<(Slot, Progress, Arc<Waiting>)>),
    /// The next event of a partition; nothing when it cannot be read at all.
    Event(Slot, i64, Option<Event>),
    /// Finish what is in hand of these, or drop it when they are lost already, and answer how far each is.
    Revoke(Vec<Slot>, bool, std_mpsc::Sender<Vec<(Slot, Progress)>>),
    /// The thread goes.
    Failed(BusError),
}

/// What of one partition is on its way from the thread to the member's lane.
#[derive(Default)]
pub(super) struct Waiting {
    events: AtomicUsize,
    bytes: AtomicUsize,
}

impl Waiting {
    fn add(&self, bytes: usize) {
        self.events.fetch_add(1, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Counts one as taken.
    pub fn taken(&self, bytes: usize) {
        self.events.fetch_sub(1, Ordering::Relaxed);
        self.bytes.fetch_sub(bytes, Ordering::Relaxed);
    }

    fn is_over(&self, share: usize) -> bool {
        self.events.load(Ordering::Relaxed) > WAITING_EVENTS_MAX / share
            || self.bytes.load(Ordering::Relaxed) > WAITING_BYTES_MAX / share
    }
}

const WORK: u8 = 0;
const LEAVE: u8 = 1;
const ABANDON: u8 = 2;

/// What member and thread share.
pub(super) struct Shared {
    order: AtomicU8,
    beat: Mutex<Instant>,
    /// What is to be committed.
    progress: Mutex<HashMap<Slot, Progress>>,
}

impl Shared {
    fn order(&self) -> u8 {
        self.order.load(Ordering::Acquire)
    }

    fn give(&self, order: u8) {
        self.order.fetch_max(order, Ordering::AcqRel);
    }

    fn beat(&self) {
        *self.beat.lock() = Instant::now();
    }
}

/// The thread as the member sees it. Dropped, it leaves the group by itself.
pub(super) struct Poller {
    shared: Arc<Shared>,
    pub news: mpsc::UnboundedReceiver<News>,
    ended: Option<oneshot::Receiver<()>>,
}

impl Poller {
    /// Joins `group` for topics in a thread of its own.
    pub fn start(
        settings: &Settings,
        group: &str,
        topics: Vec<Channel>,
        start: Start,
        handler_max: Duration,
    ) -> Result<Self, BusError> {
        let shared = Arc::new(Shared {
            order: AtomicU8::new(WORK),
            beat: Mutex::new(Instant::now()),
            progress: Mutex::default(),
        });
        // Bounded by the pauses: a partition of which too much waits is not read.
        let (say, news) = mpsc::unbounded_channel();
        let seats = Seats::new(topics, start, say, shared.clone());
        let config = settings.member(group, handler_max);
        let (end, ended) = oneshot::channel();
        let work = move || {
            let say = seats.say.clone();
            if let Err(error) = run(&config, seats) {
                let _ = say.send(News::Failed(error));
            }
            let _ = end.send(());
        };
        let thread = std::thread::Builder::new().name(format!("kafka-{group}")).spawn(work);
        thread.map_err(|e| BusError::Unavailable(format!("no thread for a consumer: {e}")))?;
        Ok(Self {
            shared,
            news,
            ended: Some(ended),
        })
    }

    /// Has it committed how far partitions are, soon.
    pub fn commit(&self, all: impl IntoIterator<Item = (Slot, Progress)>) {
        self.shared.progress.lock().extend(all);
    }

    /// Tells how long ago it last polled.
    pub fn silent_for(&self) -> Duration {
        self.shared.beat.lock().elapsed()
    }

    /// Commits and leaves the group; `true` when that was done within `limit`.
    pub async fn leave(&mut self, limit: Duration) -> bool {
        self.shared.give(LEAVE);
        match self.ended.take() {
            Some(ended) => tokio::time::timeout(limit, ended).await.is_ok(),
            None => true,
        }
    }

    /// Leaves the group without committing, as after a crash.
    pub fn abandon(&self) {
        self.shared.give(ABANDON);
    }
}

impl Drop for Poller {
    fn drop(&mut self) {
        self.shared.give(LEAVE);
    }
}

fn run(config: &rdkafka::ClientConfig, seats: Seats) -> Result<(), BusError> {
    let shared = seats.shared.clone();
    let wires: Vec<Arc<str>> = seats.topics.iter().map(|c| c.wire.clone()).collect();
    let consumer = BaseConsumer::from_config_and_context(config, seats).map_err(unavailable)?;
    let wires: Vec<&str> = wires.iter().map(|w| &**w).collect();
    consumer.subscribe(&wires).map_err(unavailable)?;
    let mut stored = Instant::now();
    while shared.order() == WORK {
        shared.beat();
        if stored.elapsed() >= COMMIT_EVERY {
            consumer.context().store(&consumer);
            consumer.context().resume(&consumer)?;
            stored = Instant::now();
        }
        match consumer.poll(TICK) {
            None => {}
            Some(Ok(message)) => consumer.context().forward(&consumer, &message)?,
            Some(Err(error)) => look_at(error)?,
        }
    }
    let leaves = Instant::now();
    while shared.order() == LEAVE && !consumer.context().commit(&consumer) && leaves.elapsed() < LAST_COMMIT_MAX {
        // The rebalance goes on only while we poll; what comes is left to the next holder.
        let _ = consumer.poll(TICK);
    }
    // Closes: leaves the group.
    drop(consumer);
    Ok(())
}

/// Most errors are mended by the client itself.
fn look_at(error: KafkaError) -> Result<(), BusError> {
    match error {
        KafkaError::MessageConsumptionFatal(code) => {
            Err(BusError::Unavailable(format!("the consumer is lost: {code}")))
        }
        error => {
            tracing::debug!(%error, "a poll failed");
            Ok(())
        }
    }
}
