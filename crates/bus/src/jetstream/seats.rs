//! Owns a group's place in each partition: where it begins, how it is taken and given, how far behind it is. Refuses to know events.
//!
//! The place is the ack floor of a durable consumer. Whoever takes a partition makes a consumer of its own, under the next epoch,
//! that begins at the floor of the one before, and removes that: an earlier holder who does not know yet that he is none can neither read
//! nor ack, and what was on its way to him comes again, in order.

use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, Consumer, DeliverPolicy, Info, pull};
use async_nats::jetstream::context::ConsumerInfoErrorKind;
use async_nats::jetstream::stream::{ConsumerErrorKind, Stream};
use futures::future::try_join_all;

use super::board::{Board, Holder, Record, Seat};
use super::channel::Channel;
use super::link::{Link, away};
use super::names;
use crate::{BusError, Start};

/// Events of one partition that are delivered and not acked; then the server waits.
const ACK_PENDING_MAX: i64 = 8_192;
/// The server would deliver again after so long; a member says in between that it is at work.
pub(super) const ACK_WAIT: Duration = Duration::from_secs(60);
/// Events that one pull asks for.
const PULL_MAX: usize = 256;
/// How long a pull waits, and how often the server says meanwhile that it is there.
const PULL_WAIT: Duration = Duration::from_secs(30);
const PULL_HEARTBEAT: Duration = Duration::from_secs(5);
/// A consumer that only answers a question goes by itself after so long.
const QUESTION_KEPT: Duration = Duration::from_secs(10);
/// What the server answers for a consumer that is not there.
const NOT_FOUND: u64 = 10_014;

/// Reads and writes places.
#[derive(Clone)]
pub(super) struct Seats {
    pub link: Arc<Link>,
    pub board: Arc<Board>,
}

/// A partition that has been taken.
pub(super) struct Taken {
    pub epoch: u64,
    /// Sequence from which it is read.
    pub from: u64,
    pub done: Vec<i64>,
    pub messages: pull::Stream,
}

/// Returns the key of a place.
pub(super) fn key(group: &str, topic: &str, partition: u16) -> String {
    format!("seat.{}.{}.p{partition}", names::token(group), names::token(topic))
}

/// Returns the beginning of the keys of a group's parked keys in a partition.
pub(super) fn parked_prefix(group: &str, topic: &str, partition: u16) -> String {
    format!("parked.{}.{}.p{partition}.", names::token(group), names::token(topic))
}

impl Seats {
    /// Gives a group a place in each partition where it has none, durably.
    pub async fn begin(&self, channel: &Channel, group: &str, start: Start) -> Result<(), BusError> {
        let keys = channel.partitions().map(|p| key(group, channel.topic.name, p));
        let known = try_join_all(keys.map(|key| async {
            let seat = self.board.find(&key).await?.1;
            Ok::<_, BusError>(seat.is_none().then_some(key))
        }));
        let new: Vec<String> = known.await?.into_iter().flatten().collect();
        if new.is_empty() {
            return Ok(());
        }
        let from = self
            .link
            .patiently("finding where to begin", || self.first(channel, start))
            .await?;
        let seat = Record::Seat(Seat {
            holder: None,
            epoch: 0,
            from,
            done: Vec::new(),
        });
        // Whoever is first decides; the others find it there.
        try_join_all(new.iter().map(|key| self.board.swap(key, 0, Some(&seat))))
            .await
            .map(drop)
    }

    async fn first(&self, channel: &Channel, start: Start) -> Result<u64, BusError> {
        match start {
            Start::Earliest => Ok(1),
            Start::Latest => Ok(channel.last(&self.link).await? + 1),
            Start::At(instant) => {
                let nanos = i128::from(instant.millis()) * 1_000_000;
                let start_time = async_nats::datetime::from_nanos(nanos).map_err(away)?;
                let asked = self.ask(channel, None, DeliverPolicy::ByStartTime { start_time });
                Ok(asked.await?.delivered.stream_sequence + 1)
            }
        }
    }

    /// Takes a partition for `holder`. Nothing when somebody else was quicker. `own` is what the holder itself knows of a place that it
    /// takes anew: its floor, and what is done beyond.
    pub async fn take(
        &self,
        channel: &Channel,
        (group, partition): (&str, u16),
        holder: Holder,
        own: Option<(u64, Vec<i64>)>,
    ) -> Result<Option<Taken>, BusError> {
        let place = key(group, channel.topic.name, partition);
        let (revision, Some(Record::Seat(seat))) = self.board.find(&place).await? else {
            return Err(BusError::Unavailable(format!("{place} is not there")));
        };
        let stream = channel.stream(&self.link).await?;
        let before = names::consumer(group, partition, seat.epoch);
        let floor = self
            .link
            .patiently("looking for a place", || floor(&stream, &before))
            .await?;
        let (own_floor, own_done) = own.unwrap_or((0, Vec::new()));
        // Beyond the end is what the server has lost; new events get those numbers again.
        let end = self
            .link
            .patiently("looking for the end", || channel.last(&self.link))
            .await?;
        let from = seat
            .from
            .max(floor.map_or(0, |f| f + 1))
            .max(own_floor + 1)
            .min(end + 1);
        let taken = Seat {
            holder: Some(holder),
            epoch: seat.epoch + 1,
            from,
            done: [seat.done, own_done]
                .concat()
                .into_iter()
                .filter(|o| (from.cast_signed()..=end.cast_signed()).contains(o))
                .collect(),
        };
        if !self
            .board
            .swap(&place, revision, Some(&Record::Seat(taken.clone())))
            .await?
        {
            return Ok(None);
        }
        let (epoch, done) = (taken.epoch, taken.done);
        // One further back is there when who took it last died before he had made his own.
        for old in [
            Some(before),
            seat.epoch.checked_sub(1).map(|e| names::consumer(group, partition, e)),
        ] {
            if let Some(old) = old.filter(|_| seat.epoch > 0) {
                self.link
                    .patiently("removing a consumer", || remove(&stream, &old))
                    .await?;
            }
        }
        let config = pull::Config {
            durable_name: Some(names::consumer(group, partition, epoch)),
            filter_subject: channel.names.of_partition(partition),
            deliver_policy: DeliverPolicy::ByStartSequence { start_sequence: from },
            ack_policy: AckPolicy::All,
            ack_wait: ACK_WAIT,
            max_ack_pending: ACK_PENDING_MAX,
            max_deliver: -1,
            num_replicas: 0,
            ..Default::default()
        };
        let messages = self
            .link
            .patiently("making a consumer", || open(&stream, &config))
            .await?;
        Ok(Some(Taken {
            epoch,
            from,
            done,
            messages,
        }))
    }

    /// Gives a partition up, if it is still the holder's; it knows that everything up to `floor` is dealt with, and `done` beyond.
    pub async fn give(&self, place: &str, holder: &Holder, floor: u64, done: Vec<i64>) -> Result<(), BusError> {
        loop {
            let (revision, Some(Record::Seat(seat))) = self.board.find(place).await? else {
                return Ok(());
            };
            if seat.holder.as_ref() != Some(holder) {
                return Ok(());
            }
            let free = Record::Seat(Seat {
                holder: None,
                epoch: seat.epoch,
                from: seat.from.max(floor + 1),
                done: done.clone(),
            });
            if self.board.swap(place, revision, Some(&free)).await? {
                return Ok(());
            }
        }
    }

    /// Tells the first sequence that a group has not dealt with, and what beyond it is; the first of all when it has never begun.
    pub async fn progress(&self, channel: &Channel, group: &str, partition: u16) -> Result<(u64, Vec<i64>), BusError> {
        let (_, Some(Record::Seat(seat))) = self.board.find(&key(group, channel.topic.name, partition)).await? else {
            return Ok((1, Vec::new()));
        };
        let consumer = names::consumer(group, partition, seat.epoch);
        let look = || async { floor(&channel.stream(&self.link).await?, &consumer).await };
        let floor = self.link.patiently("looking for a place", look).await?;
        Ok((seat.from.max(floor.map_or(0, |f| f + 1)), seat.done))
    }

    /// Counts the events of a topic that a group has still before it.
    pub async fn lag(&self, channel: &Channel, group: &str) -> Result<u64, BusError> {
        let counts = channel.partitions().map(|partition| {
            self.link
                .patiently("counting", move || self.lag_of(channel, group, partition))
        });
        Ok(try_join_all(counts).await?.into_iter().sum())
    }

    async fn lag_of(&self, channel: &Channel, group: &str, partition: u16) -> Result<u64, BusError> {
        let (_, seat) = self.board.find(&key(group, channel.topic.name, partition)).await?;
        let Some(Record::Seat(seat)) = seat else {
            return self.count(channel, partition, 1).await;
        };
        let stream = channel.stream(&self.link).await?;
        let floor = floor(&stream, &names::consumer(group, partition, seat.epoch)).await?;
        // Counted anew: what the consumer itself counts comes a moment after the event.
        let from = seat.from.max(floor.map_or(0, |f| f + 1));
        self.count(channel, partition, from).await
    }

    async fn count(&self, channel: &Channel, partition: u16, from: u64) -> Result<u64, BusError> {
        let policy = DeliverPolicy::ByStartSequence {
            start_sequence: from.max(1),
        };
        Ok(self.ask(channel, Some(partition), policy).await?.num_pending)
    }

    /// Asks by way of a consumer that reads nothing.
    async fn ask(
        &self,
        channel: &Channel,
        partition: Option<u16>,
        deliver_policy: DeliverPolicy,
    ) -> Result<Info, BusError> {
        let config = pull::Config {
            filter_subject: partition.map(|p| channel.names.of_partition(p)).unwrap_or_default(),
            deliver_policy,
            ack_policy: AckPolicy::None,
            inactive_threshold: QUESTION_KEPT,
            memory_storage: true,
            num_replicas: 1,
            ..Default::default()
        };
        let stream = channel.stream(&self.link).await?;
        let consumer = stream.create_consumer(config).await.map_err(away)?;
        let info = consumer.cached_info().clone();
        // It would go by itself.
        drop(stream.delete_consumer(&info.name).await);
        Ok(info)
    }
}

/// Returns what is known of a consumer; nothing when it is not there.
async fn info(stream: &Stream<()>, name: &str) -> Result<Option<Info>, BusError> {
    match stream.consumer_info(name).await {
        Ok(info) => Ok(Some(info)),
        Err(e) => match e.kind() {
            ConsumerInfoErrorKind::NotFound => Ok(None),
            ConsumerInfoErrorKind::JetStream(told) if told.error_code().0 == NOT_FOUND => Ok(None),
            _ => Err(away(e)),
        },
    }
}

async fn floor(stream: &Stream<()>, name: &str) -> Result<Option<u64>, BusError> {
    Ok(info(stream, name).await?.map(|info| info.ack_floor.stream_sequence))
}

async fn remove(stream: &Stream<()>, name: &str) -> Result<(), BusError> {
    match stream.delete_consumer(name).await {
        Ok(_) => Ok(()),
        Err(e) => match e.kind() {
            ConsumerErrorKind::JetStream(told) if told.error_code().0 == NOT_FOUND => Ok(()),
            _ => Err(away(e)),
        },
    }
}

async fn open(stream: &Stream<()>, config: &pull::Config) -> Result<pull::Stream, BusError> {
    let consumer: Consumer<pull::Config> = stream.create_consumer(config.clone()).await.map_err(away)?;
    let pulls = consumer
        .stream()
        .max_messages_per_batch(PULL_MAX)
        .expires(PULL_WAIT)
        .heartbeat(PULL_HEARTBEAT);
    pulls.messages().await.map_err(away)
}
