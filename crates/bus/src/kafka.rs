//! Owns the adapter for Apache Kafka. Refuses to know how brokers are run, and every transaction of theirs: the effect
//! happens once because of the consumer's inbox.

mod begin;
mod letters;
mod logs;
mod member;
mod notebook;
mod outbound;
mod poller;
mod reading;
mod record;
mod settings;
mod tail;
mod topics;
mod troubles;
mod undelivered;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use contracts::event::{EVENT_BYTES_MAX, partition_of};
use contracts::{Event, Topic};
use futures::stream::BoxStream;
use kernel::Ambient;
use parking_lot::Mutex;
use rdkafka::config::FromClientConfigAndContext as _;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::message::{Header, OwnedHeaders};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::letters::{LetterBox, Letters, Note};
use self::logs::Logs;
use self::member::{Member, Tools};
use self::notebook::Notebook;
use self::outbound::{Outbound, Record};
use self::poller::Poller;
use self::settings::{Channel, Settings};
use self::topics::{Keeps, Wanted, blocking};
use self::troubles::{Mark, Troubles};
use crate::hands::Terms;
use crate::{Bus, BusError, DeadLetter, Handler, PUBLISH_EVENTS_MAX, ParkedKey, Subscription};

/// Longest wait for one answer of the brokers, other than to `publish`.
const ANSWER_MAX: Duration = Duration::from_secs(5);
/// Longest single poll; within this a thread sees what it is told.
const TICK: Duration = Duration::from_millis(20);
/// How long `close` waits for consumers to finish what is in hand.
const CLOSE_WAIT: Duration = Duration::from_secs(10);
/// Clients kept for asking about groups.
const OBSERVERS_MAX: usize = 64;
/// Signs what is written by `release`.
const OPERATOR: &str = "operator";

/// How a cluster is used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KafkaOptions {
    /// Stands before the name of every topic and group, empty by default: for clusters that are shared.
    pub prefix: String,
    /// Copies of topics that are made, the cluster's own default when nothing is said.
    pub replication: Option<i32>,
    /// Events of topics that are made are kept so long, 7 days by default. A group that is further behind misses what went.
    pub retention: Duration,
    /// Dead letters are kept so long, 30 days by default; those of a parked key until it is released, however long that takes.
    pub letters_kept: Duration,
    /// A member that is silent for so long is taken for dead, 10 s by default (brokers accept 6 s and more). Until then nobody has its
    /// partitions, and who joins its group waits.
    pub session: Duration,
    /// Pause between two signs of life, 1 s by default; a member hears of another's coming and going within it.
    pub heartbeat: Duration,
    /// `publish` fails when it was not accepted within this, 10 s by default.
    pub publish_max: Duration,
    /// Makes no topic: one that is not there is `Absent`. For a look at what others keep; `false` by default.
    pub existing_only: bool,
}

impl Default for KafkaOptions {
    fn default() -> Self {
        const DAY: Duration = Duration::from_secs(24 * 3_600);
        Self {
            prefix: String::new(),
            replication: None,
            retention: 7 * DAY,
            letters_kept: 30 * DAY,
            session: Duration::from_secs(10),
            heartbeat: Duration::from_secs(1),
            publish_max: Duration::from_secs(10),
            existing_only: false,
        }
    }
}

/// A bus on a Kafka cluster.
pub struct KafkaBus {
    settings: Settings,
    topics: HashMap<&'static str, Channel>,
    outbound: Arc<Outbound>,
    letters: Arc<Letters>,
    observers: Mutex<HashMap<String, Arc<BaseConsumer<Logs>>>>,
    /// Counts releases.
    released: watch::Sender<u64>,
    ambient: Ambient,
    closing: CancellationToken,
    abandoned: CancellationToken,
    working: TaskTracker,
}

impl KafkaBus {
    /// Opens a bus on `brokers` (`host:port,host:port`) and makes the topics that are not there. `Unavailable` when no broker
    /// answers within some seconds; `Refused` when a topic has another number of partitions, `Absent` when it must be there and is not.
    pub async fn open(
        brokers: &str,
        options: KafkaOptions,
        ambient: Ambient,
        topics: &[Topic],
    ) -> Result<Arc<Self>, BusError> {
        let settings = Settings::new(brokers, options);
        let channels: HashMap<&'static str, Channel> = topics
            .iter()
            .map(|topic| (topic.name, settings.channel(*topic)))
            .collect();
        let wanted = channels.values().map(|channel| Wanted {
            wire: channel.wire.to_string(),
            partitions: channel.topic.partitions,
            keeps: Keeps::For(settings.options.retention),
        });
        topics::ensure(&settings, wanted.collect()).await?;
        let outbound = Arc::new(Outbound::new(settings.clone())?);
        Ok(Arc::new(Self {
            letters: Arc::new(Letters::new(settings.clone(), outbound.clone())?),
            outbound,
            topics: channels,
            observers: Mutex::default(),
            released: watch::Sender::new(0),
            ambient,
            closing: CancellationToken::new(),
            abandoned: CancellationToken::new(),
            working: TaskTracker::new(),
            settings,
        }))
    }

    /// Drops everything as a killed process does: nothing is finished, nothing more is committed. For tests of what a crash leaves.
    pub fn abandon(&self) {
        self.abandoned.cancel();
    }

    /// Removes every topic whose name begins with the prefix of `options`, which must not be empty. For tests.
    pub async fn remove_topics(brokers: &str, options: KafkaOptions) -> Result<(), BusError> {
        topics::remove_all(&Settings::new(brokers, options)).await
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

    fn must_be_open(&self) -> Result<(), BusError> {
        match self.closing.is_cancelled() || self.abandoned.is_cancelled() {
            true => Err(BusError::Unavailable("the bus is closed".into())),
            false => Ok(()),
        }
    }

    /// Makes the record of an event.
    fn record_of(&self, event: &Event) -> Result<Record, BusError> {
        if event.bytes.len() > EVENT_BYTES_MAX {
            return Err(BusError::Refused(format!(
                "event {} is over {EVENT_BYTES_MAX} bytes",
                event.id
            )));
        }
        let channel = self.channel(&event.topic)?;
        let id = event.id.to_string();
        let headers = [
            ("id", id.as_str()),
            ("type", &*event.kind),
            ("partitionkey", &*event.key),
        ];
        let headers = headers.into_iter().fold(OwnedHeaders::new(), |all, (key, value)| {
            all.insert(Header {
                key,
                value: Some(value),
            })
        });
        Ok(Record {
            wire: channel.wire.clone(),
            partition: i32::from(partition_of(&event.key, channel.topic.partitions)),
            key: event.key.to_string(),
            payload: Some(event.bytes.clone()),
            headers,
            at: self.ambient.now(),
        })
    }

    async fn troubles(&self, of: &LetterBox) -> Result<Vec<(i32, Troubles)>, BusError> {
        let partitions = (0..i32::from(of.channel.topic.partitions)).collect();
        self.letters.load(of, partitions).await
    }

    /// Returns the client that asks about a group.
    fn observer(&self, group: &str) -> Result<Arc<BaseConsumer<Logs>>, BusError> {
        let mut observers = self.observers.lock();
        if let Some(known) = observers.get(group) {
            return Ok(known.clone());
        }
        if observers.len() >= OBSERVERS_MAX {
            observers.clear();
        }
        let made = BaseConsumer::from_config_and_context(&self.settings.reader(group), Logs).map_err(unavailable)?;
        let made = Arc::new(made);
        observers.insert(group.to_owned(), made.clone());
        Ok(made)
    }
}

fn unavailable(e: impl std::fmt::Display) -> BusError {
    BusError::Unavailable(e.to_string())
}

#[async_trait]
impl Bus for KafkaBus {
    async fn publish(&self, events: &[Event]) -> Result<(), BusError> {
        if events.len() > PUBLISH_EVENTS_MAX {
            return Err(BusError::Refused(format!(
                "{} events at once; at most {PUBLISH_EVENTS_MAX}",
                events.len()
            )));
        }
        let records: Vec<Record> = events.iter().map(|e| self.record_of(e)).collect::<Result<_, _>>()?;
        if records.is_empty() {
            return Ok(());
        }
        self.must_be_open()?;
        self.outbound.send(records).await.map(drop)
    }

    async fn consume(
        &self,
        subscription: Subscription,
        handler: Arc<dyn Handler>,
        stop: CancellationToken,
    ) -> Result<(), BusError> {
        let terms = Terms::of(&subscription, handler, self.ambient.clone())?;
        let Subscription {
            group,
            topics,
            start,
            retry,
            ..
        } = subscription;
        let channels = topics.into_iter().map(|topic| self.known(topic).cloned());
        let channels: Vec<Channel> = channels.collect::<Result<_, _>>()?;
        self.must_be_open()?;
        let _counted = self.working.token();
        let boxes = channels.iter().map(|c| self.letters.of(c, group)).collect();
        let kept = self.settings.options.letters_kept;
        let tools = Tools {
            notebook: Notebook::new(self.letters.clone(), boxes, kept, self.ambient.clone()),
            terms,
            released: self.released.subscribe(),
            abandoned: self.abandoned.clone(),
        };
        let poller = Poller::start(&self.settings, group, channels, start, retry.handler_max)?;
        Member::new(tools, poller).run([stop, self.closing.clone()]).await
    }

    async fn tail(&self, topics: &[Topic]) -> Result<BoxStream<'static, Vec<Event>>, BusError> {
        let channels = topics.iter().map(|topic| self.known(*topic).cloned());
        let channels: Vec<Channel> = channels.collect::<Result<_, _>>()?;
        self.must_be_open()?;
        tail::open(&self.settings, channels, self.closing.clone(), self.working.token()).await
    }

    async fn dead_letters(&self, topic: Topic, group: &str, limit: usize) -> Result<Vec<DeadLetter>, BusError> {
        let of = self.letters.of(self.known(topic)?, group);
        let mut dead: Vec<(u64, i32, i64)> = Vec::new();
        for (partition, troubles) in self.troubles(&of).await? {
            for (offset, letter) in troubles.letters.iter().filter(|(_, l)| troubles.is_dead(l)) {
                dead.push((number_of(topic, partition, *offset), partition, letter.place));
            }
        }
        dead.sort_unstable();
        dead.truncate(limit);
        let mut places: BTreeMap<i32, HashSet<i64>> = BTreeMap::new();
        for (_, partition, place) in dead {
            places.entry(partition).or_default().insert(place);
        }
        let mut letters = Vec::new();
        for (partition, places) in places {
            let read = self.letters.fetch(&of, partition, places).await?;
            letters.extend(read.into_iter().map(|letter| DeadLetter {
                number: number_of(topic, partition, letter.offset),
                event: letter.event,
                reason: letter.reason,
                at: letter.at,
            }));
        }
        letters.sort_unstable_by_key(|letter| letter.number);
        Ok(letters)
    }

    async fn parked(&self, limit: usize) -> Result<Vec<ParkedKey>, BusError> {
        let mut parked = Vec::new();
        for (topic, group) in self.letters.all().await? {
            let Ok(channel) = self.channel(&topic) else { continue };
            for (_, troubles) in self.troubles(&self.letters.of(channel, &group)).await? {
                let held_back = troubles.keys.iter().filter(|(_, parked)| !parked.mark.releasing);
                parked.extend(held_back.map(|(key, _)| ParkedKey {
                    topic: topic.clone(),
                    group: group.clone(),
                    key: key.to_string(),
                    since: troubles.since(key),
                }));
            }
        }
        parked.sort_by(|a, b| (a.since, &a.topic, &a.group, &a.key).cmp(&(b.since, &b.topic, &b.group, &b.key)));
        parked.truncate(limit);
        Ok(parked)
    }

    async fn release(&self, topic: Topic, group: &str, key: &str) -> Result<u64, BusError> {
        let of = self.letters.of(self.known(topic)?, group);
        let partition = i32::from(partition_of(key, topic.partitions));
        let loaded = self.letters.load(&of, vec![partition]).await?;
        let Some((_, troubles)) = loaded.into_iter().next() else {
            return Ok(0);
        };
        let (parked, dead) = (troubles.keys.get(key), troubles.dead_of(key));
        if parked.is_none() && dead == 0 {
            return Ok(0);
        }
        let mark = Mark {
            head: parked.map_or_else(|| "released".to_owned(), |p| p.mark.head.clone()),
            since: parked.map_or(0, |p| p.mark.since),
            releasing: true,
        };
        let note = Note::Key(key.into(), mark);
        self.letters
            .write(&of, partition, vec![note], (OPERATOR, self.ambient.now()))
            .await?;
        self.released.send_modify(|count| *count += 1);
        Ok(dead)
    }

    async fn lag(&self, topic: Topic, group: &str) -> Result<u64, BusError> {
        let (channel, observer) = (self.known(topic)?.clone(), self.observer(group)?);
        blocking(move || begin::lag(&observer, &channel.wire, channel.topic).map_err(unavailable)).await
    }

    async fn undelivered(
        &self,
        topic: Topic,
        groups: &[&str],
        partition: u16,
        after: i64,
    ) -> Result<Vec<(i64, Event)>, BusError> {
        undelivered::read(self, self.known(topic)?, groups, (partition, after)).await
    }

    async fn ping(&self) -> Result<(), BusError> {
        self.must_be_open()?;
        let (observer, wire) = (
            self.observer("ping")?,
            self.topics.values().next().map(|c| c.wire.clone()),
        );
        blocking(move || {
            let answer = observer.fetch_metadata(wire.as_deref(), ANSWER_MAX);
            answer.map(drop).map_err(unavailable)
        })
        .await
    }

    async fn close(&self) {
        self.closing.cancel();
        self.working.close();
        if tokio::time::timeout(CLOSE_WAIT, self.working.wait()).await.is_err() {
            tracing::warn!("a consumer did not finish in time; what it had in hand is delivered again");
        }
        self.outbound.close().await;
        let observers = std::mem::take(&mut *self.observers.lock());
        // Ending a client blocks.
        let ended = blocking(move || {
            drop(observers);
            Ok(())
        });
        let _ = ended.await;
    }
}

/// Numbers a letter: by the offset of its event, which is its order.
fn number_of(topic: Topic, partition: i32, offset: i64) -> u64 {
    let (partition, offset) = (partition.unsigned_abs(), offset.unsigned_abs());
    offset * u64::from(topic.partitions) + u64::from(partition)
}
