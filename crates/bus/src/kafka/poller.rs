//! Owns the one thread that talks to the group: it polls always, so that the member never leaves by silence, pauses
//! partitions of which too much waits, has committed what it is told, and lets a partition go only when its holder has
//! finished. Refuses to know handlers.
//!
//! **Commits.** Progress is stored in the client, which commits what is stored each `COMMIT_EVERY` and tries again by
//! itself what the brokers refused (during a rebalance they refuse the old generation). A commit of our own that nobody waits
//! for would be lost then: the client tells nobody how it ended. Where somebody waits, in handing over and in leaving,
//! the commit is our own and is waited for.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::mpsc::{self as std_mpsc, RecvTimeoutError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use contracts::Event;
use parking_lot::Mutex;
use rdkafka::ClientContext;
use rdkafka::config::{FromClientConfigAndContext as _, RDKafkaLogLevel};
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer as _, ConsumerContext, RebalanceProtocol};
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::message::{BorrowedMessage, Message as _};
use rdkafka::types::RDKafkaRespErr;
use rdkafka::{Offset, TopicPartitionList};
use tokio::sync::{mpsc, oneshot};

use super::begin::{Progress, Slot, begin};
use super::settings::Channel;
use super::{Settings, TICK, logs, unavailable};
use crate::{BusError, Start};

/// Events of one partition that wait for the member; then it is paused.
const WAITING_EVENTS_MAX: usize = 4_096;
/// Bytes of one partition that wait for the member; then it is paused.
const WAITING_BYTES_MAX: usize = 4 << 20;
/// A paused partition goes on when this share of the limit is left.
const RESUME_SHARE: usize = 4;
/// How long the thread waits for a member that is about to catch up before it pauses a partition: a pause throws away what the
/// client has read ahead.
const BREATH: Duration = Duration::from_millis(20);
/// Pause between two commits, and between two looks at what is to be committed.
pub(super) const COMMIT_EVERY: Duration = Duration::from_millis(50);
/// How long a member that leaves tries to commit what it has done; while the group rebalances its commits are refused.
const LAST_COMMIT_MAX: Duration = Duration::from_secs(5);
/// Tries to find out where to go on in new partitions.
const BEGIN_TRIES: usize = 3;

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
        let seats = Seats {
            topics,
            start,
            say,
            shared: shared.clone(),
            held: Mutex::default(),
        };
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

/// The thread's side: which partitions it holds.
struct Seats {
    topics: Vec<Channel>,
    start: Start,
    say: mpsc::UnboundedSender<News>,
    shared: Arc<Shared>,
    held: Mutex<HashMap<Slot, Held>>,
}

struct Held {
    waiting: Arc<Waiting>,
    paused: bool,
    /// How far it is, as the member told last.
    told: Option<Progress>,
    /// Whether the client has that.
    stored: bool,
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

impl Seats {
    fn slot(&self, wire: &str, partition: i32) -> Option<Slot> {
        let topic = self.topics.iter().position(|c| &*c.wire == wire)?;
        Some(Slot { topic, partition })
    }

    fn wire(&self, slot: Slot) -> &str {
        self.topics.get(slot.topic).map_or("", |c| &*c.wire)
    }

    fn list<'a>(&self, slots: impl Iterator<Item = &'a Slot>) -> TopicPartitionList {
        let mut list = TopicPartitionList::new();
        for slot in slots {
            list.add_partition(self.wire(*slot), slot.partition);
        }
        list
    }

    /// Passes an event on, and pauses its partition when too much waits.
    fn forward(&self, consumer: &BaseConsumer<Self>, message: &BorrowedMessage<'_>) -> Result<(), BusError> {
        let Some(slot) = self.slot(message.topic(), message.partition()) else {
            return Ok(());
        };
        let Some(waiting) = self.held.lock().get(&slot).map(|h| h.waiting.clone()) else {
            return Ok(());
        };
        let bytes = message.payload().unwrap_or_default();
        let name = self.topics.get(slot.topic).map_or("", |c| &*c.name);
        let event = Event::parse(name, Bytes::copy_from_slice(bytes));
        if let Err(error) = &event {
            tracing::error!(%error, topic = name, partition = slot.partition, offset = message.offset(), "a record is no event; skipped");
            metrics::counter!("bus_unreadable_total").increment(1);
        }
        waiting.add(event.as_ref().map_or(0, |e| e.bytes.len()));
        let gone = self.say.send(News::Event(slot, message.offset(), event.ok())).is_err();
        if gone {
            self.shared.give(LEAVE);
        }
        let began = Instant::now();
        while waiting.is_over(1) {
            if began.elapsed() > BREATH {
                let mut held = self.held.lock();
                held.get_mut(&slot).into_iter().for_each(|h| h.paused = true);
                return consumer.pause(&self.list([slot].iter())).map_err(unavailable);
            }
            std::thread::park_timeout(Duration::from_millis(1));
        }
        Ok(())
    }

    /// Goes on with paused partitions of which little is left.
    fn resume(&self, consumer: &BaseConsumer<Self>) -> Result<(), BusError> {
        let mut held = self.held.lock();
        let due = held
            .iter_mut()
            .filter(|(_, h)| h.paused && !h.waiting.is_over(RESUME_SHARE));
        let slots: Vec<Slot> = due
            .map(|(slot, held)| {
                held.paused = false;
                *slot
            })
            .collect();
        match slots.is_empty() {
            true => Ok(()),
            false => consumer.resume(&self.list(slots.iter())).map_err(unavailable),
        }
    }

    /// Learns how far partitions are; returns those that `wanted` picks, as the brokers are told it.
    fn progress(&self, wanted: impl Fn(&Held) -> bool) -> TopicPartitionList {
        let due = std::mem::take(&mut *self.shared.progress.lock());
        let mut held = self.held.lock();
        for (slot, progress) in due {
            if let Some(held) = held.get_mut(&slot) {
                (held.told, held.stored) = (Some(progress), false);
            }
        }
        let mut list = TopicPartitionList::new();
        for (slot, held) in held.iter().filter(|(_, held)| wanted(held)) {
            let Some(progress) = &held.told else { continue };
            let mut element = list.add_partition(self.wire(*slot), slot.partition);
            element.set_metadata(progress.note());
            if let Err(error) = element.set_offset(Offset::Offset(progress.next)) {
                tracing::warn!(%error, "an offset cannot be committed");
            }
        }
        list
    }

    /// Stores in the client what it is to commit. What it does not take is stored the next time.
    fn store(&self, consumer: &BaseConsumer<Self>) {
        let list = self.progress(|held| !held.stored);
        if list.count() == 0 {
            return;
        }
        if let Err(error) = consumer.store_offsets(&list) {
            tracing::debug!(%error, "no offset was stored");
            return;
        }
        let mut held = self.held.lock();
        for element in list.elements().iter().filter(|e| e.error().is_ok()) {
            let slot = self.slot(element.topic(), element.partition());
            let stored = slot.and_then(|slot| held.get_mut(&slot));
            stored.into_iter().for_each(|held| held.stored = true);
        }
    }

    /// Commits how far all partitions are, and waits for it; tells whether that was done.
    fn commit(&self, consumer: &BaseConsumer<Self>) -> bool {
        let list = self.progress(|_| true);
        if list.count() == 0 {
            return true;
        }
        // When a partition goes, the client commits once more what is stored of it, however old: it must be this.
        let stored = consumer.store_offsets(&list);
        let committed = stored.and_then(|()| consumer.commit(&list, CommitMode::Sync));
        if let Err(error) = &committed {
            tracing::debug!(%error, "a commit failed");
        }
        committed.is_ok()
    }

    fn assign(&self, consumer: &BaseConsumer<Self>, list: &mut TopicPartitionList) -> KafkaResult<()> {
        let mut tries = 0;
        let begun = loop {
            self.shared.beat();
            tries += 1;
            match begin(consumer, list, self.start) {
                Ok(begun) => break begun,
                Err(error) if tries < BEGIN_TRIES && self.shared.order() == WORK => {
                    tracing::debug!(%error, "where to go on is not known; asking again");
                }
                Err(error) => return Err(error),
            }
        };
        let mut taken = Vec::with_capacity(begun.len());
        {
            let mut held = self.held.lock();
            for (topic, partition, progress) in begun {
                let Some(slot) = self.slot(&topic, partition) else {
                    continue;
                };
                let waiting = Arc::new(Waiting::default());
                held.insert(
                    slot,
                    Held {
                        waiting: waiting.clone(),
                        paused: false,
                        told: None,
                        stored: false,
                    },
                );
                taken.push((slot, progress, waiting));
            }
        }
        let _ = self.say.send(News::Assigned(taken));
        Ok(())
    }

    /// Waits until the member has finished what it has in hand, and commits that.
    fn revoke(&self, consumer: &BaseConsumer<Self>, list: &TopicPartitionList) {
        let slots = list.elements();
        let slots = slots.iter().filter_map(|e| self.slot(e.topic(), e.partition()));
        let slots: Vec<Slot> = slots.filter(|s| self.held.lock().contains_key(s)).collect();
        if self.shared.order() == WORK {
            let (answer, answered) = std_mpsc::channel();
            let _ = self
                .say
                .send(News::Revoke(slots.clone(), consumer.assignment_lost(), answer));
            // Who leaves meanwhile has told already how far it is.
            while self.shared.order() == WORK {
                self.shared.beat();
                match answered.recv_timeout(TICK) {
                    Ok(finished) => {
                        self.shared.progress.lock().extend(finished);
                        break;
                    }
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => break,
                }
            }
        }
        if self.shared.order() != ABANDON && !consumer.assignment_lost() {
            self.commit(consumer);
        }
        let mut held = self.held.lock();
        let mut progress = self.shared.progress.lock();
        for slot in slots {
            progress.remove(&slot);
            // A pause outlives the assignment otherwise.
            if held.remove(&slot).is_some_and(|h| h.paused) {
                let _ = consumer.resume(&self.list([slot].iter()));
            }
        }
    }
}

impl ClientContext for Seats {
    fn log(&self, level: RDKafkaLogLevel, fac: &str, message: &str) {
        logs::log(level, fac, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        logs::report(&error, reason);
    }
}

impl ConsumerContext for Seats {
    fn rebalance(&self, consumer: &BaseConsumer<Self>, event: RDKafkaRespErr, list: &mut TopicPartitionList) {
        let cooperative = matches!(consumer.rebalance_protocol(), RebalanceProtocol::Cooperative);
        let done = match event {
            RDKafkaRespErr::RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS => {
                let begun = match self.shared.order() {
                    WORK => self.assign(consumer, list),
                    _ => Ok(()),
                };
                // Also when that failed: the group waits for an answer.
                let assigned = if cooperative {
                    consumer.incremental_assign(list)
                } else {
                    consumer.assign(list)
                };
                begun.and(assigned)
            }
            RDKafkaRespErr::RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS => {
                self.revoke(consumer, list);
                if cooperative {
                    consumer.incremental_unassign(list)
                } else {
                    consumer.unassign()
                }
            }
            other => {
                let _ = consumer.unassign();
                Err(KafkaError::Rebalance(RDKafkaErrorCode::from(other)))
            }
        };
        if let Err(error) = done {
            // The member finishes what it has in hand and leaves; until then its partitions are its own.
            let _ = self.say.send(News::Failed(unavailable(error)));
        }
    }
}
