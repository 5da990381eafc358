//! Owns the hint: a consumer of its own without a group, from the end of every partition on, as long as its reader is quick
//! enough; then it ends. Refuses to keep anything for later.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use contracts::Event;
use futures::stream::{BoxStream, StreamExt as _};
use parking_lot::Mutex;
use rdkafka::config::FromClientConfigAndContext as _;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::Message as _;
use rdkafka::{Offset, TopicPartitionList};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::task_tracker::TaskTrackerToken;

use super::begin::watermarks;
use super::logs::Logs;
use super::record::event_of;
use super::settings::Channel;
use super::topics::blocking;
use super::{Settings, TICK, unavailable};
use crate::BusError;

/// Events that wait for one who tails; with more his tail ends after them.
const TAIL_EVENTS_MAX: usize = 4_096;
/// Bytes that wait for one who tails; with more his tail ends after them.
const TAIL_BYTES_MAX: usize = 8 << 20;
/// Events of one batch.
const BATCH_MAX: usize = 256;
/// How long a tail reads on at the end of the bus, to have all that was published before; half of what closing waits.
const LAST_WORDS_MAX: Duration = Duration::from_secs(5);

/// Between the thread and the one who tails.
#[derive(Default)]
struct Tail {
    waiting: Mutex<Waiting>,
    news: Notify,
}

#[derive(Default)]
struct Waiting {
    batches: VecDeque<Vec<Event>>,
    events: usize,
    bytes: usize,
    /// Nothing comes after what waits.
    closed: bool,
}

fn bytes_of(batch: &[Event]) -> usize {
    batch.iter().map(|e| e.bytes.len()).sum()
}

impl Tail {
    /// Adds a batch; `false` when it is too much for one who has others before him, and this is the end.
    fn push(&self, batch: Vec<Event>) -> bool {
        let mut waiting = self.waiting.lock();
        let (events, bytes) = (waiting.events + batch.len(), waiting.bytes + bytes_of(&batch));
        if (events > TAIL_EVENTS_MAX || bytes > TAIL_BYTES_MAX) && !waiting.batches.is_empty() {
            return false;
        }
        (waiting.events, waiting.bytes) = (events, bytes);
        waiting.batches.push_back(batch);
        self.news.notify_one();
        true
    }

    fn close(&self) {
        self.waiting.lock().closed = true;
        self.news.notify_one();
    }

    async fn next(&self) -> Option<Vec<Event>> {
        loop {
            {
                let mut waiting = self.waiting.lock();
                if let Some(batch) = waiting.batches.pop_front() {
                    waiting.events -= batch.len();
                    waiting.bytes -= bytes_of(&batch);
                    return Some(batch);
                }
                if waiting.closed {
                    return None;
                }
            }
            // A push between the look and this line has left a permit: nothing is missed.
            self.news.notified().await;
        }
    }
}

/// Starts to tail topics; on return everything published later will come. Ends with `closing`; `counted` is kept until then.
pub(super) async fn open(
    settings: &Settings,
    channels: Vec<Channel>,
    closing: CancellationToken,
    counted: TaskTrackerToken,
) -> Result<BoxStream<'static, Vec<Event>>, BusError> {
    let mut config = settings.reader("tail");
    // To begin anywhere else would be a gap.
    config.set("auto.offset.reset", "error");
    let tail = Arc::new(Tail::default());
    let told = Arc::downgrade(&tail);
    blocking(move || {
        let consumer = BaseConsumer::from_config_and_context(&config, Logs).map_err(unavailable)?;
        let mut reading = Reading {
            next: HashMap::new(),
            consumer,
            channels,
            closing,
        };
        reading.begin()?;
        let work = move || {
            let _counted = counted;
            while let Some(tail) = told.upgrade() {
                if !reading.turn(&tail) {
                    tail.close();
                    break;
                }
            }
        };
        let thread = std::thread::Builder::new().name("kafka-tail".into()).spawn(work);
        thread
            .map(drop)
            .map_err(|e| BusError::Unavailable(format!("no thread for a tail: {e}")))
    })
    .await?;
    Ok(futures::stream::unfold(tail, |tail| async move { Some((tail.next().await?, tail)) }).boxed())
}

/// The thread's side.
struct Reading {
    consumer: BaseConsumer<Logs>,
    channels: Vec<Channel>,
    /// Where each partition goes on.
    next: HashMap<(usize, i32), i64>,
    closing: CancellationToken,
}

impl Reading {
    fn begin(&mut self) -> Result<(), BusError> {
        self.next = self.ends()?;
        let mut list = TopicPartitionList::new();
        for ((topic, partition), end) in &self.next {
            let wire = self.channels.get(*topic).map_or("", |c| &*c.wire);
            list.add_partition_offset(wire, *partition, Offset::Offset(*end))
                .map_err(unavailable)?;
        }
        self.consumer.assign(&list).map_err(unavailable)
    }

    fn ends(&self) -> Result<HashMap<(usize, i32), i64>, BusError> {
        let mut ends = HashMap::new();
        for (topic, channel) in self.channels.iter().enumerate() {
            for partition in 0..i32::from(channel.topic.partitions) {
                let marks = watermarks(&self.consumer, &channel.wire, partition);
                ends.insert((topic, partition), marks.map_err(unavailable)?.1);
            }
        }
        Ok(ends)
    }

    /// Passes on what has come; `false` at the end.
    fn turn(&mut self, tail: &Tail) -> bool {
        if self.closing.is_cancelled() {
            self.last_words(tail);
            return false;
        }
        let keeps_up = self.pass_on(tail);
        if keeps_up == Some(false) {
            tracing::warn!("a tail fell behind and ends");
            metrics::counter!("bus_tails_behind_total").increment(1);
        }
        keeps_up == Some(true)
    }

    /// Passes on one batch; nothing when the tail cannot go on, `false` when its reader is too slow.
    fn pass_on(&mut self, tail: &Tail) -> Option<bool> {
        let (mut batch, mut wait) = (Vec::new(), TICK);
        while batch.len() < BATCH_MAX {
            match self.consumer.poll(wait) {
                None => break,
                Some(Ok(message)) => {
                    let topic = self.channels.iter().position(|c| &*c.wire == message.topic());
                    let place = (topic.unwrap_or_default(), message.partition());
                    let channel = self.channels.get(place.0);
                    batch.extend(channel.and_then(|channel| event_of(&channel.name, &message).ok()));
                    self.next.insert(place, message.offset() + 1);
                }
                Some(Err(KafkaError::MessageConsumption(
                    RDKafkaErrorCode::AutoOffsetReset | RDKafkaErrorCode::OffsetOutOfRange,
                ))) => return None,
                Some(Err(error)) => tracing::debug!(%error, "a tail's poll failed"),
            }
            wait = Duration::ZERO;
        }
        Some(batch.is_empty() || tail.push(batch))
    }

    /// Reads what was published before the end of the bus.
    fn last_words(&mut self, tail: &Tail) {
        let Ok(ends) = self.ends() else { return };
        let began = Instant::now();
        while began.elapsed() < LAST_WORDS_MAX {
            let behind = ends
                .iter()
                .any(|(place, end)| self.next.get(place).is_none_or(|next| next < end));
            if !behind || self.pass_on(tail) != Some(true) {
                return;
            }
        }
    }
}
