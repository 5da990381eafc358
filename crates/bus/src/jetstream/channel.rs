//! Owns what this process knows of one topic on the server. Refuses to know groups.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_nats::jetstream::stream::Stream;
use contracts::Topic;
use contracts::event::partition_of;

use super::link::{Link, away};
use super::names::Names;
use crate::BusError;

/// A topic with its streams.
pub(super) struct Channel {
    number: u32,
    pub topic: Topic,
    pub name: Arc<str>,
    pub names: Names,
    /// The highest sequence that the server has acknowledged to us.
    highest: AtomicU64,
    generation: AtomicU64,
}

impl Channel {
    /// Notes a topic; `number` is its place in the list of topics.
    pub fn new(number: usize, topic: Topic, names: Names) -> Result<Self, BusError> {
        if topic.partitions == 0 {
            return Err(BusError::Refused(format!("{} has no partitions", topic.name)));
        }
        Ok(Self {
            number: u32::try_from(number).map_err(away)?,
            topic,
            name: topic.name.into(),
            names,
            highest: AtomicU64::new(0),
            generation: AtomicU64::new(1),
        })
    }

    pub fn partitions(&self) -> std::ops::Range<u16> {
        0..self.topic.partitions
    }

    pub fn partition(&self, key: &str) -> u16 {
        partition_of(key, self.topic.partitions)
    }

    /// Numbers a partition among those of all topics.
    pub fn slot(&self, partition: u16) -> u32 {
        (self.number << 16) | u32::from(partition)
    }

    pub async fn stream(&self, link: &Link) -> Result<Stream<()>, BusError> {
        link.context.get_stream_no_info(&self.names.stream).await.map_err(away)
    }

    /// Returns the last sequence of the stream.
    pub async fn last(&self, link: &Link) -> Result<u64, BusError> {
        let stream = link.context.get_stream(&self.names.stream).await.map_err(away)?;
        Ok(stream.cached_info().state.last_sequence)
    }

    /// Notes what the server has acknowledged.
    pub fn acknowledged(&self, sequence: u64) {
        self.highest.fetch_max(sequence, Ordering::AcqRel);
    }

    /// Returns how often, and one more, the server has been found to have lost what it had acknowledged.
    pub fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// Compares the stream's last sequence with our note; when it is behind, the generation changes.
    pub fn compare(&self, last: u64) -> bool {
        let highest = self.highest.load(Ordering::Acquire);
        if last >= highest {
            return true;
        }
        tracing::error!(
            topic = self.topic.name,
            highest,
            last,
            "the server has lost events that it had acknowledged"
        );
        self.highest.store(last, Ordering::Release);
        self.generation.fetch_add(1, Ordering::AcqRel);
        false
    }
}
