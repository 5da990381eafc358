//! Owns where a member goes on in a partition that it was given: where the group stopped, or where a new group begins.
//! Refuses to know events.

use std::time::{Duration, Instant};

use contracts::Topic;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer, ConsumerContext};
use rdkafka::error::{KafkaResult, RDKafkaErrorCode as Code};
use rdkafka::{Offset, TopicPartitionList};

use super::ANSWER_MAX;
use crate::Start;

/// Longest note beside a committed offset; brokers accept 4,096 bytes.
const NOTE_BYTES_MAX: usize = 3_500;
/// What a note of ours begins with.
const NOTE: &str = "done:";

/// A partition of one of the topics of a subscription, the topic by its place there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Slot {
    pub topic: usize,
    pub partition: i32,
}

impl Slot {
    /// Returns it as one number.
    pub fn number(self) -> u32 {
        ((self.topic as u32) << u16::BITS) | self.partition.cast_unsigned()
    }
}

/// How far a partition is dealt with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Progress {
    /// The first offset that is not.
    pub next: i64,
    /// Offsets beyond it that are.
    pub done: Vec<i64>,
}

impl Progress {
    /// Writes the offsets beyond as a note: the distance of each from the one before. What does not fit is left out, and given again.
    pub fn note(&self) -> String {
        if self.done.is_empty() {
            return String::new();
        }
        let mut done = self.done.clone();
        done.sort_unstable();
        let (mut note, mut last) = (NOTE.to_owned(), self.next);
        for offset in done {
            let more = format!("{:x},", offset - last);
            if note.len() + more.len() > NOTE_BYTES_MAX {
                break;
            }
            note.push_str(&more);
            last = offset;
        }
        note
    }

    /// Reads a note that stands beside `next`. A foreign note says nothing.
    pub fn read(next: i64, note: &str) -> Self {
        let mut last = next;
        let distances = note.strip_prefix(NOTE).unwrap_or_default().split(',');
        let done = distances
            .map_while(|d| i64::from_str_radix(d, 16).ok())
            .map(|distance| {
                last += distance;
                last
            });
        Self {
            next,
            done: done.collect(),
        }
    }
}

/// Pause before a question is asked again.
const AGAIN: Duration = Duration::from_millis(20);

/// Asks until the cluster can answer, `ANSWER_MAX` at most: for a moment after a topic was made, or a broker has gone, it does not
/// know who leads a partition or coordinates a group.
pub(super) fn patiently<T>(mut ask: impl FnMut() -> KafkaResult<T>) -> KafkaResult<T> {
    let began = Instant::now();
    loop {
        let answer = ask();
        let for_a_moment = matches!(
            answer.as_ref().err().and_then(|e| e.rdkafka_error_code()),
            Some(
                Code::NotLeaderForPartition
                    | Code::LeaderNotAvailable
                    | Code::UnknownTopicOrPartition
                    | Code::UnknownTopic
                    | Code::UnknownPartition
                    | Code::CoordinatorLoadInProgress
                    | Code::CoordinatorNotAvailable
                    | Code::NotCoordinator
                    | Code::BrokerTransportFailure
                    | Code::WaitingForCoordinator
                    | Code::RebalanceInProgress
            )
        );
        if !for_a_moment || began.elapsed() > ANSWER_MAX {
            return answer;
        }
        std::thread::park_timeout(AGAIN);
    }
}

/// Returns the first offset that a partition has and the one after its last. Blocks.
pub(super) fn watermarks<C: ConsumerContext>(
    consumer: &BaseConsumer<C>,
    wire: &str,
    partition: i32,
) -> KafkaResult<(i64, i64)> {
    patiently(|| consumer.fetch_watermarks(wire, partition, ANSWER_MAX))
}

/// Returns what a group has committed. Blocks.
fn committed<C: ConsumerContext>(
    consumer: &BaseConsumer<C>,
    list: &TopicPartitionList,
) -> KafkaResult<TopicPartitionList> {
    patiently(|| {
        let known = consumer.committed_offsets(list.clone(), ANSWER_MAX)?;
        known.elements().iter().try_for_each(|element| element.error())?;
        Ok(known)
    })
}

/// Returns how far a group is in one partition; nothing when it has never begun. Blocks.
pub(super) fn progress<C: ConsumerContext>(
    consumer: &BaseConsumer<C>,
    wire: &str,
    partition: i32,
) -> KafkaResult<Option<Progress>> {
    let mut asked = TopicPartitionList::new();
    asked.add_partition(wire, partition);
    let known = committed(consumer, &asked)?;
    let known = known.elements();
    Ok(known.first().and_then(|element| match element.offset() {
        Offset::Offset(next) => Some(Progress::read(next, element.metadata())),
        _ => None,
    }))
}

/// Finds where to go on in each partition of `list`, and sets it there. What a new group begins with is committed at once, so that
/// it begins once and for all. Blocks, for as long as the brokers need.
pub(super) fn begin<C: ConsumerContext>(
    consumer: &BaseConsumer<C>,
    list: &mut TopicPartitionList,
    start: Start,
) -> KafkaResult<Vec<(String, i32, Progress)>> {
    let known = committed(consumer, list)?;
    let (mut all, mut new) = (Vec::new(), TopicPartitionList::new());
    for element in known.elements() {
        let (topic, partition) = (element.topic().to_owned(), element.partition());
        let progress = match element.offset() {
            Offset::Offset(next) => Progress::read(next, element.metadata()),
            _ => {
                let next = first(consumer, &topic, partition, start)?;
                new.add_partition_offset(&topic, partition, Offset::Offset(next))?;
                Progress { next, done: Vec::new() }
            }
        };
        list.set_partition_offset(&topic, partition, Offset::Offset(progress.next))?;
        all.push((topic, partition, progress));
    }
    if new.count() > 0 {
        patiently(|| consumer.commit(&new, CommitMode::Sync))?;
    }
    Ok(all)
}

fn first<C: ConsumerContext>(
    consumer: &BaseConsumer<C>,
    topic: &str,
    partition: i32,
    start: Start,
) -> KafkaResult<i64> {
    let (low, high) = watermarks(consumer, topic, partition)?;
    let Start::At(instant) = start else {
        return Ok(if start == Start::Latest { high } else { low });
    };
    let mut asked = TopicPartitionList::new();
    asked.add_partition_offset(topic, partition, Offset::Offset(instant.millis().max(0)))?;
    let found = patiently(|| consumer.offsets_for_times(asked.clone(), ANSWER_MAX))?;
    Ok(match found.elements().first().map(|e| e.offset()) {
        Some(Offset::Offset(offset)) => offset,
        _ => high,
    })
}

/// Adds up what a group has before it in a topic. Blocks, for as long as the brokers need.
pub(super) fn lag<C: ConsumerContext>(consumer: &BaseConsumer<C>, wire: &str, topic: Topic) -> KafkaResult<u64> {
    let mut asked = TopicPartitionList::new();
    for partition in 0..i32::from(topic.partitions) {
        asked.add_partition(wire, partition);
    }
    let mut lag = 0;
    for element in committed(consumer, &asked)?.elements() {
        let (low, high) = watermarks(consumer, wire, element.partition())?;
        let next = match element.offset() {
            Offset::Offset(next) => next.max(low),
            _ => low,
        };
        lag += high.saturating_sub(next).max(0).unsigned_abs();
    }
    Ok(lag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_read_back_and_is_never_too_long() {
        let progress = Progress {
            next: 1_000,
            done: vec![1_007, 1_002, 5_000],
        };
        let read = Progress::read(1_000, &progress.note());
        assert_eq!(read.done, [1_002, 1_007, 5_000]);
        let many = Progress {
            next: 0,
            done: (1..50_000).map(|n| n * 2).collect(),
        };
        assert!(many.note().len() <= 3_500);
        assert!(Progress::read(0, &many.note()).done.len() > 1_000);
        assert_eq!(Progress::read(5, "").done, Vec::<i64>::new());
        assert_eq!(Progress::read(5, "somebody else's").done, Vec::<i64>::new());
    }
}
