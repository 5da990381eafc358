//! Owns the producer: everything of one call durable within a bounded time, or the call fails and nothing of it is sent later.
//! Refuses to know what the records are.
//!
//! A message never times out alone: when one call is not answered in time, the producer is emptied and replaced, so that
//! nothing behind a lost message gets ahead of its repetition.

use std::time::Duration;

use bytes::Bytes;
use futures::TryFutureExt as _;
use kernel::Timestamp;
use parking_lot::Mutex;
use rdkafka::config::FromClientConfigAndContext as _;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::OwnedHeaders;
use rdkafka::producer::{FutureProducer, FutureRecord, Producer as _, PurgeConfig};
use tokio::time::Instant;

use super::logs::Logs;
use super::topics::blocking;
use super::{Settings, unavailable};
use crate::BusError;

/// Pause before another try when the producer's queue is full.
const FULL_PAUSE: Duration = Duration::from_millis(5);
/// Longest time for what is queued at the end.
const FLUSH_MAX: Duration = Duration::from_secs(5);

/// One record to be written.
pub(super) struct Record {
    pub wire: std::sync::Arc<str>,
    pub partition: i32,
    pub key: String,
    /// Nothing removes what stands under the key, in a topic that keeps the last of each.
    pub payload: Option<Bytes>,
    pub headers: OwnedHeaders,
    pub at: Timestamp,
}

/// The producer of one bus.
pub(super) struct Outbound {
    settings: Settings,
    current: Mutex<(u64, FutureProducer<Logs>)>,
}

impl Outbound {
    /// Makes a producer. Connects by itself, later.
    pub fn new(settings: Settings) -> Result<Self, BusError> {
        let first = producer(&settings)?;
        Ok(Self {
            settings,
            current: Mutex::new((0, first)),
        })
    }

    /// Writes records; those of one partition in their order. Returns their offsets when all are durable.
    pub async fn send(&self, records: Vec<Record>) -> Result<Vec<i64>, BusError> {
        let deadline = Instant::now() + self.settings.options.publish_max;
        let (turn, producer) = self.current.lock().clone();
        let mut sent = Vec::with_capacity(records.len());
        for record in &records {
            match enqueue(&producer, record, deadline).await {
                Ok(delivery) => sent.push(delivery),
                Err(error) => return Err(self.failed(turn, &producer, &error)),
            }
        }
        // Dropped by the producer without a word: it was replaced.
        let answers = sent.into_iter().map(|delivery| {
            delivery
                .map_err(|_| KafkaError::Canceled)
                .and_then(|answer| async move { answer.map_err(|(error, _)| error) })
        });
        match tokio::time::timeout_at(deadline, futures::future::try_join_all(answers)).await {
            Ok(Ok(placed)) => Ok(placed.into_iter().map(|delivery| delivery.offset).collect()),
            Ok(Err(error)) => Err(self.failed(turn, &producer, &error)),
            Err(_) => {
                self.start_over(turn);
                let limit = self.settings.options.publish_max;
                Err(BusError::Unavailable(format!(
                    "no broker has accepted within {limit:?}"
                )))
            }
        }
    }

    /// Finishes what is queued.
    pub async fn close(&self) {
        let (_, producer) = self.current.lock().clone();
        let flushed = blocking(move || producer.flush(FLUSH_MAX).map_err(unavailable)).await;
        if let Err(error) = flushed {
            tracing::warn!(%error, "not everything that was queued for the brokers was accepted");
        }
    }

    fn failed(&self, turn: u64, producer: &FutureProducer<Logs>, error: &KafkaError) -> BusError {
        if producer.client().fatal_error().is_some() || *error == queue_full() {
            self.start_over(turn);
        }
        match error.rdkafka_error_code() {
            Some(RDKafkaErrorCode::MessageSizeTooLarge | RDKafkaErrorCode::InvalidRecord) => {
                BusError::Refused(error.to_string())
            }
            _ => unavailable(error),
        }
    }

    /// Replaces the producer of this turn; whoever waits for it fails, and what it has queued is never sent.
    fn start_over(&self, turn: u64) {
        let old = {
            let mut current = self.current.lock();
            if current.0 != turn {
                return;
            }
            match producer(&self.settings) {
                Ok(next) => std::mem::replace(&mut *current, (turn + 1, next)).1,
                Err(error) => return tracing::error!(%error, "the producer cannot be replaced"),
            }
        };
        metrics::counter!("bus_kafka_producers_replaced_total").increment(1);
        // Ending a client blocks.
        tokio::task::spawn_blocking(move || {
            old.purge(PurgeConfig::default().queue().inflight());
            drop(old);
        });
    }
}

fn queue_full() -> KafkaError {
    KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull)
}

fn producer(settings: &Settings) -> Result<FutureProducer<Logs>, BusError> {
    FutureProducer::from_config_and_context(&settings.producer(), Logs).map_err(unavailable)
}

/// Queues one record, waiting for room until the deadline.
async fn enqueue(
    producer: &FutureProducer<Logs>,
    record: &Record,
    deadline: Instant,
) -> Result<rdkafka::producer::DeliveryFuture, KafkaError> {
    loop {
        let next = FutureRecord {
            topic: &record.wire,
            partition: Some(record.partition),
            payload: record.payload.as_deref(),
            key: Some(record.key.as_str()),
            timestamp: Some(record.at.millis()),
            headers: Some(record.headers.clone()),
        };
        match producer.send_result(next) {
            Ok(delivery) => return Ok(delivery),
            Err((error, _)) if error == queue_full() && Instant::now() < deadline => {
                tokio::time::sleep(FULL_PAUSE).await;
            }
            Err((error, _)) => return Err(error),
        }
    }
}
