//! Owns the adapter inside one process: a durable log in one SQLite file. Refuses to share that file with another process.

mod cursors;
mod group;
mod journal;
mod ledger;
mod letters;
mod listeners;
mod log;
mod member;
mod partition;
mod readers;
mod schema;
mod source;
mod tail;
mod undelivered;
mod writer;

use std::collections::HashMap;
use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use contracts::event::{EVENT_BYTES_MAX, partition_of};
use contracts::{Event, Topic};
use futures::stream::BoxStream;
use kernel::Ambient;
use parking_lot::Mutex;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::cursors::Cursors;
use self::group::Group;
use self::journal::Journal;
use self::listeners::Listeners;
use self::member::Member;
use self::partition::Partition;
use self::readers::Readers;
use self::tail::Tails;
use self::writer::{Outlets, Writer};
use crate::hands::{Seat, Terms};
use crate::{Bus, BusError, DeadLetter, Handler, PUBLISH_EVENTS_MAX, ParkedKey, Subscription};

/// How long `close` waits for consumers to finish what is in hand.
const CLOSE_WAIT: Duration = Duration::from_secs(10);

/// How long and how much the log keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Events are kept so long, 7 days by default. A group that is further behind misses what went.
    pub retention: Duration,
    /// Over so many bytes the oldest events go before their time, 8 GiB by default.
    pub bytes_max: u64,
    /// Dead letters are kept so long, 30 days by default; those of a parked key until it is released, however long that takes.
    pub letters_kept: Duration,
}

impl Default for Options {
    fn default() -> Self {
        const DAY: Duration = Duration::from_secs(24 * 3_600);
        Self {
            retention: 7 * DAY,
            bytes_max: 8 << 30,
            letters_kept: 30 * DAY,
        }
    }
}

/// A bus in one SQLite file.
pub struct EmbeddedBus {
    journal: Arc<Journal>,
    topics: HashMap<&'static str, Channel>,
    groups: Arc<Mutex<HashMap<String, Arc<Group>>>>,
    closing: CancellationToken,
    consumers: TaskTracker,
}

/// A topic as it stands in the file.
struct Channel {
    number: usize,
    topic: Topic,
    name: Arc<str>,
    partitions: Vec<Arc<Partition>>,
}

impl Channel {
    fn partition(&self, key: &str) -> Option<&Arc<Partition>> {
        self.partitions
            .get(usize::from(partition_of(key, self.topic.partitions)))
    }
}

impl EmbeddedBus {
    /// Opens the log at `path`, making it when it is not there. Blocks for milliseconds. `Unavailable` when the file cannot be used or
    /// another process has it; `Refused` when a topic had another number of partitions.
    pub fn open(
        path: impl AsRef<Path>,
        options: Options,
        ambient: Ambient,
        topics: &[Topic],
    ) -> Result<Arc<Self>, BusError> {
        let path = path.as_ref();
        let lock = lock(path)?;
        let connection = schema::open_writer(path).map_err(schema::unavailable)?;
        let (mut channels, mut partitions) = (HashMap::new(), HashMap::new());
        for (number, topic) in topics.iter().enumerate() {
            let name: Arc<str> = topic.name.into();
            let mut channel = Channel {
                number,
                topic: *topic,
                name: name.clone(),
                partitions: Vec::new(),
            };
            for (slot, place) in schema::slots_of(&connection, *topic)?.into_iter().zip(0..) {
                let last = schema::end_of_slot(&connection, slot).map_err(schema::unavailable)?;
                let partition = Arc::new(Partition::new(slot, name.clone(), (number, place), last));
                partitions.insert(slot, partition.clone());
                channel.partitions.push(partition);
            }
            channels.insert(topic.name, channel);
        }
        let end = schema::end_of_log(&connection).map_err(schema::unavailable)?;
        let listeners = Listeners::new(topics.len());
        let outlets = Arc::new(Outlets {
            partitions,
            tails: Tails::default(),
            listeners,
            cursors: Cursors::default(),
        });
        let writer = Writer::start((connection, lock), end, outlets.clone(), ambient.clone(), options)?;
        let readers = Readers::new(path.to_owned());
        Ok(Arc::new(Self {
            journal: Arc::new(Journal {
                writer,
                readers,
                outlets,
                ambient,
            }),
            topics: channels,
            groups: Arc::default(),
            closing: CancellationToken::new(),
            consumers: TaskTracker::new(),
        }))
    }

    /// Removes what is too old or too much now; it happens by itself every 30 s.
    pub async fn sweep(&self) -> Result<(), BusError> {
        self.journal.writer.sweep().await
    }

    fn channel(&self, topic: &str) -> Result<&Channel, BusError> {
        self.topics
            .get(topic)
            .ok_or_else(|| BusError::Refused(format!("there is no topic {topic}")))
    }

    /// Finds a topic that the caller knows with its number of partitions.
    fn known(&self, topic: Topic) -> Result<&Channel, BusError> {
        let channel = self.channel(topic.name)?;
        if channel.topic == topic {
            return Ok(channel);
        }
        Err(BusError::Refused(format!(
            "{} has {} partitions",
            topic.name, channel.topic.partitions
        )))
    }

    fn group(&self, name: &str) -> Arc<Group> {
        self.groups
            .lock()
            .entry(name.to_owned())
            .or_insert_with(|| Arc::new(Group::new(name)))
            .clone()
    }

    fn seats(&self, topic: Topic, group: &str) -> Result<Vec<Seat>, BusError> {
        let (channel, group) = (self.known(topic)?, Arc::<str>::from(group));
        Ok(channel.partitions.iter().map(|p| p.seat(&group)).collect())
    }
}

/// Makes the file ours for as long as the lock lives.
fn lock(path: &Path) -> Result<File, BusError> {
    let unavailable = |e: std::io::Error| BusError::Unavailable(format!("{}: {e}", path.display()));
    let beside = path.with_extension("lock");
    let lock = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&beside)
        .map_err(unavailable)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(BusError::Unavailable(format!(
            "{} is in use by another bus",
            path.display()
        ))),
        Err(TryLockError::Error(e)) => Err(unavailable(e)),
    }
}

#[async_trait]
impl Bus for EmbeddedBus {
    async fn publish(&self, events: &[Event]) -> Result<(), BusError> {
        if events.len() > PUBLISH_EVENTS_MAX {
            return Err(BusError::Refused(format!(
                "{} events at once; at most {PUBLISH_EVENTS_MAX}",
                events.len()
            )));
        }
        let mut placed = Vec::with_capacity(events.len());
        for event in events {
            if event.bytes.len() > EVENT_BYTES_MAX {
                return Err(BusError::Refused(format!(
                    "event {} is over {EVENT_BYTES_MAX} bytes",
                    event.id
                )));
            }
            let partition = self.channel(&event.topic)?.partition(&event.key);
            let partition = partition.ok_or_else(|| BusError::Refused(format!("{} has no partitions", event.topic)))?;
            placed.push((partition.clone(), event.clone()));
        }
        if placed.is_empty() {
            return Ok(());
        }
        self.journal.writer.publish(placed).await
    }

    async fn consume(
        &self,
        subscription: Subscription,
        handler: Arc<dyn Handler>,
        stop: CancellationToken,
    ) -> Result<(), BusError> {
        let terms = Terms::of(&subscription, handler, self.journal.ambient.clone())?;
        let Subscription {
            group, topics, start, ..
        } = subscription;
        let mut slots = Vec::with_capacity(topics.len());
        for topic in topics {
            let channel = self.known(topic)?;
            slots.push((
                channel.number,
                channel.partitions.iter().map(|p| p.slot).collect::<Vec<u32>>(),
            ));
        }
        if self.closing.is_cancelled() {
            return Err(BusError::Unavailable("the bus is closed".into()));
        }
        let _counted = self.consumers.token();
        let joined = self.group(group);
        let all = slots.iter().flat_map(|(_, slots)| slots.iter().copied()).collect();
        self.journal.begin(&joined.name, all, start).await?;
        let member = Member::join(self.journal.clone(), joined, &slots, terms);
        member.run([stop, self.closing.clone()]).await
    }

    async fn tail(&self, topics: &[Topic]) -> Result<BoxStream<'static, Vec<Event>>, BusError> {
        let names = topics
            .iter()
            .map(|t| Ok(self.known(*t)?.name.clone()))
            .collect::<Result<_, BusError>>()?;
        Ok(self.journal.outlets.tails.open(names))
    }

    async fn dead_letters(&self, topic: Topic, group: &str, limit: usize) -> Result<Vec<DeadLetter>, BusError> {
        let seats = self.seats(topic, group)?;
        self.journal
            .readers
            .read(move |from| letters::dead(from, &seats, limit))
            .await
    }

    async fn parked(&self, limit: usize) -> Result<Vec<ParkedKey>, BusError> {
        self.journal
            .readers
            .read(move |from| letters::parked_keys(from, limit))
            .await
    }

    async fn release(&self, topic: Topic, group: &str, key: &str) -> Result<u64, BusError> {
        let channel = self.known(topic)?;
        let partition = channel.partition(key);
        let partition = partition.ok_or_else(|| BusError::Refused(format!("{} has no partitions", topic.name)))?;
        let (seat, slot) = (partition.seat(&group.into()), partition.slot);
        let (groups, name, key, told) = (self.groups.clone(), seat.group.clone(), key.to_owned(), key.to_owned());
        let tell = move |(_, held_back): &(u64, bool)| {
            let group = groups.lock().get(&*name).cloned().filter(|_| *held_back);
            group.into_iter().for_each(|group| group.released(slot, &told));
        };
        let released = self
            .journal
            .writer
            .run_then(move |on| letters::release(on, &seat, &key), tell);
        Ok(released.await?.0)
    }

    async fn lag(&self, topic: Topic, group: &str) -> Result<u64, BusError> {
        let seats = self.seats(topic, group)?;
        let outlets = self.journal.outlets.clone();
        let count = move |from: &rusqlite::Connection| {
            let slots: Vec<u32> = seats.iter().map(|s| s.slot).collect();
            let Some(group) = seats.first().map(|s| s.group.clone()) else {
                return Ok(0);
            };
            let saved = log::cursors(from, &group, &slots)?;
            let mut lag = 0;
            for slot in slots {
                let live = outlets
                    .cursors
                    .cell(&group, slot)
                    .map(|c| c.load(std::sync::atomic::Ordering::Acquire));
                let cursor = live.or_else(|| saved.get(&slot).copied()).unwrap_or(0);
                lag += log::count_after(from, slot, cursor)?;
            }
            Ok(lag)
        };
        self.journal.readers.read(count).await
    }

    async fn undelivered(
        &self,
        topic: Topic,
        groups: &[&str],
        partition: u16,
        after: i64,
    ) -> Result<Vec<(i64, Event)>, BusError> {
        let channel = self.known(topic)?;
        let Some(slot) = channel.partitions.get(usize::from(partition)).map(|p| p.slot) else {
            return Err(BusError::Refused(format!(
                "{} has no partition {partition}",
                topic.name
            )));
        };
        let name = channel.name.clone();
        let groups: Vec<String> = groups.iter().map(|group| (*group).to_owned()).collect();
        self.journal
            .readers
            .read(move |from| undelivered::read(from, &groups, (slot, &name), after))
            .await
    }

    async fn ping(&self) -> Result<(), BusError> {
        self.journal.writer.run(|_| Ok(())).await
    }

    async fn close(&self) {
        self.closing.cancel();
        self.consumers.close();
        if tokio::time::timeout(CLOSE_WAIT, self.consumers.wait()).await.is_err() {
            tracing::warn!("a consumer did not finish in time; what it had in hand is delivered again");
        }
        self.journal.readers.close();
        self.journal.writer.close().await;
    }
}
