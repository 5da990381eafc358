//! Owns the adapter on NATS JetStream: a stream for each topic, its partitions in the subjects. Refuses to trust the server with
//! order: what must be in order is sent one after the other, and read from a consumer that is the reader's alone.
//!
//! JetStream acknowledges before it has synced to disk, and may lose the end of a stream with the power. The bus notices that and changes
//! the topic's generation; the relay publishes again what it has kept, and the server drops what it still has.

mod board;
mod channel;
mod division;
mod letters;
mod link;
mod member;
mod names;
mod outbound;
mod reaper;
mod seats;
mod streams;
mod tail;
mod undelivered;
mod watchman;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use async_nats::jetstream::context::ContextBuilder;
use async_nats::{ConnectOptions, Event as Change};
use async_trait::async_trait;
use contracts::{Event, Topic};
use futures::stream::BoxStream;
use kernel::Ambient;
use parking_lot::Mutex;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use self::board::Board;
use self::channel::Channel;
use self::letters::Letters;
use self::link::{Link, away};
use self::member::Member;
use self::names::Names;
use self::seats::Seats;
use self::watchman::Watchman;
use crate::hands::Terms;
use crate::{Bus, BusError, DeadLetter, Handler, ParkedKey, Subscription};

/// How long `close` waits for consumers to finish what is in hand.
const CLOSE_WAIT: Duration = Duration::from_secs(10);
/// How long a single request may take.
const REQUEST_MAX: Duration = Duration::from_secs(5);
/// Messages that are sent and not acknowledged; then the next waits.
const IN_FLIGHT_MAX: usize = 4_096;
/// Shortest and longest lease.
const LEASES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(60));

/// How the bus is set up on the server. What concerns streams cannot be changed by opening it otherwise: that is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JetStreamOptions {
    /// Stands before the names of streams, subjects and the bucket: buses with different prefixes on one server know nothing of each other.
    /// Of `A-Z a-z 0-9 - _ .`, none by default.
    pub prefix: String,
    /// Events are kept so long, 7 days by default. A group that is further behind misses what went.
    pub retention: Duration,
    /// Over so many bytes of a topic its oldest events go before their time, 1 GiB by default. The server sets it aside for each topic, and as
    /// much for its dead letters.
    pub bytes_max: u64,
    /// The dead letters of skipped events are kept so long, 30 days by default; those of a parked key until it is released, however long that takes.
    pub letters_kept: Duration,
    /// Copies of each stream in a cluster, 1 by default.
    pub replicas: usize,
    /// After so long without a sign of life of a process its partitions go to others, 6 s by default. The same for all processes.
    pub lease: Duration,
    /// After so long without an answer the server counts as away, 10 s by default: calls fail and consumers end.
    pub away_max: Duration,
    /// Makes no stream: one that is not there is `Absent`. For a look at what others keep; `false` by default.
    pub existing_only: bool,
}

impl Default for JetStreamOptions {
    fn default() -> Self {
        const DAY: Duration = Duration::from_secs(24 * 3_600);
        Self {
            prefix: String::new(),
            retention: 7 * DAY,
            bytes_max: 1 << 30,
            letters_kept: 30 * DAY,
            replicas: 1,
            lease: Duration::from_secs(6),
            away_max: Duration::from_secs(10),
            existing_only: false,
        }
    }
}

/// A bus on a NATS server.
pub struct JetStreamBus {
    shared: Arc<Shared>,
    consumers: TaskTracker,
}

/// What the bus's calls and tasks have in common.
struct Shared {
    link: Arc<Link>,
    board: Arc<Board>,
    seats: Seats,
    letters: Letters,
    channels: Arc<HashMap<&'static str, Arc<Channel>>>,
    ambient: Ambient,
    watchman: Watchman,
    /// Calls of `consume` that are running, by the member's id.
    members: Mutex<HashSet<String>>,
    /// A member is gone, perhaps without having given up what it held.
    left: Notify,
    /// Grows when the connection is there again, or events were lost: what was on its way may be lost.
    breaks: watch::Sender<u64>,
    closing: CancellationToken,
}

impl JetStreamBus {
    /// Connects to the server at `url` and makes the streams of `topics` where they are not there. `Unavailable` when the server does not
    /// answer; `Refused` when it is older than 2.12, or a stream is set up otherwise (also by another number of partitions).
    pub async fn open(
        url: &str,
        options: JetStreamOptions,
        ambient: Ambient,
        topics: &[Topic],
    ) -> Result<Arc<Self>, BusError> {
        check(&options)?;
        let breaks = watch::Sender::new(0);
        let watchman = Watchman::default();
        let link = Arc::new(connect(url, &options, &watchman, &breaks).await?);
        streams::check_version(&link.client.server_info().version)?;
        let bucket = format!("{}aichat-bus", options.prefix.replace('.', "_"));
        streams::ensure(&link, options.existing_only, &streams::of_bucket(&options, &bucket)).await?;
        let mut channels = HashMap::new();
        for (number, topic) in topics.iter().enumerate() {
            let names = Names::new(&options.prefix, *topic);
            streams::ensure(
                &link,
                options.existing_only,
                &streams::of_topic(&options, *topic, &names),
            )
            .await?;
            streams::ensure(&link, options.existing_only, &streams::of_letters(&options, &names)).await?;
            let channel = Channel::new(number, *topic, names)?;
            channels.insert(topic.name, Arc::new(channel));
        }
        let channels = Arc::new(channels);
        let closing = CancellationToken::new();
        let session = ambient.id::<kernel::EventId>().to_string();
        let board = Board::open(link.clone(), &bucket, session, options.lease).await?;
        let shared = Arc::new(Shared {
            seats: Seats {
                link: link.clone(),
                board: board.clone(),
            },
            letters: Letters {
                link: link.clone(),
                board: board.clone(),
                channels: channels.clone(),
                ambient: ambient.clone(),
                kept_secs: options.letters_kept.as_secs().max(1),
            },
            link,
            board,
            channels,
            ambient,
            watchman,
            members: Mutex::default(),
            left: Notify::new(),
            breaks,
            closing,
        });
        tokio::spawn(reaper::run(shared.clone()));
        Ok(Arc::new(Self {
            shared,
            consumers: TaskTracker::new(),
        }))
    }

    /// Finds a topic that the caller knows with its number of partitions.
    fn known(&self, topic: Topic) -> Result<&Arc<Channel>, BusError> {
        let channel = self.shared.channel(topic.name)?;
        if channel.topic == topic {
            return Ok(channel);
        }
        Err(BusError::Refused(format!(
            "{} has {} partitions",
            topic.name, channel.topic.partitions
        )))
    }

    fn check_open(&self) -> Result<(), BusError> {
        match self.shared.closing.is_cancelled() {
            true => Err(BusError::Unavailable("the bus is closed".into())),
            false => Ok(()),
        }
    }
}

impl Drop for JetStreamBus {
    fn drop(&mut self) {
        self.shared.closing.cancel();
        self.shared.board.stop();
    }
}

impl Shared {
    fn channel(&self, topic: &str) -> Result<&Arc<Channel>, BusError> {
        self.channels
            .get(topic)
            .ok_or_else(|| BusError::Refused(format!("there is no topic {topic}")))
    }
}

fn check(options: &JetStreamOptions) -> Result<(), BusError> {
    let good = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    if !options.prefix.bytes().all(good) {
        return Err(BusError::Refused(format!("{:?} is no prefix", options.prefix)));
    }
    if options.lease < LEASES.0 || options.lease > LEASES.1 {
        return Err(BusError::Refused(format!(
            "a lease of {:?} is not between {LEASES:?}",
            options.lease
        )));
    }
    Ok(())
}

async fn connect(
    url: &str,
    options: &JetStreamOptions,
    watchman: &Watchman,
    breaks: &watch::Sender<u64>,
) -> Result<Link, BusError> {
    let (watchman, breaks) = (watchman.clone(), breaks.clone());
    let connecting = ConnectOptions::new()
        .name("aichat bus")
        .connection_timeout(options.away_max.min(REQUEST_MAX))
        .request_timeout(Some(REQUEST_MAX))
        .event_callback(move |change| {
            match change {
                Change::Disconnected => watchman.suspect(),
                Change::Connected => breaks.send_modify(|n| *n += 1),
                _ => {}
            }
            tracing::debug!(%change, "the connection to NATS");
            std::future::ready(())
        });
    let client = connecting.connect(url).await.map_err(away)?;
    let context = ContextBuilder::new()
        .timeout(REQUEST_MAX)
        .max_ack_inflight(IN_FLIGHT_MAX)
        .backpressure_on_inflight(true)
        .build(client.clone());
    Ok(Link {
        client,
        context,
        away_max: options.away_max,
    })
}

#[async_trait]
impl Bus for JetStreamBus {
    async fn publish(&self, events: &[Event]) -> Result<(), BusError> {
        let rounds = outbound::rounds(&self.shared.channels, events)?;
        self.check_open()?;
        if events.is_empty() {
            return Ok(());
        }
        self.shared.watchman.look(&self.shared).await?;
        outbound::send(&self.shared.link, rounds).await
    }

    async fn consume(
        &self,
        subscription: Subscription,
        handler: Arc<dyn Handler>,
        stop: CancellationToken,
    ) -> Result<(), BusError> {
        let terms = Terms::of(&subscription, handler, self.shared.ambient.clone())?;
        let Subscription {
            group, topics, start, ..
        } = subscription;
        names::check_group(group)?;
        let channels: Vec<Arc<Channel>> = topics
            .iter()
            .map(|topic| self.known(*topic).cloned())
            .collect::<Result<_, _>>()?;
        self.check_open()?;
        let _counted = self.consumers.token();
        for channel in &channels {
            self.shared.seats.begin(channel, group, start).await?;
        }
        let member = Member::join(self.shared.clone(), channels, terms);
        member.run([stop, self.shared.closing.clone()]).await
    }

    async fn tail(&self, topics: &[Topic]) -> Result<BoxStream<'static, Vec<Event>>, BusError> {
        let channels: Vec<_> = topics
            .iter()
            .map(|t| self.known(*t).cloned())
            .collect::<Result<_, _>>()?;
        self.check_open()?;
        tail::open(&self.shared, channels).await
    }

    async fn dead_letters(&self, topic: Topic, group: &str, limit: usize) -> Result<Vec<DeadLetter>, BusError> {
        let channel = self.known(topic)?;
        names::check_group(group)?;
        self.shared.letters.dead(channel, group, limit).await
    }

    async fn parked(&self, limit: usize) -> Result<Vec<ParkedKey>, BusError> {
        self.shared.letters.parked_keys(limit)
    }

    async fn release(&self, topic: Topic, group: &str, key: &str) -> Result<u64, BusError> {
        let channel = self.known(topic)?;
        names::check_group(group)?;
        self.shared.letters.release(channel, group, key).await
    }

    async fn lag(&self, topic: Topic, group: &str) -> Result<u64, BusError> {
        let channel = self.known(topic)?;
        names::check_group(group)?;
        self.shared.seats.lag(channel, group).await
    }

    async fn undelivered(
        &self,
        topic: Topic,
        groups: &[&str],
        partition: u16,
        after: i64,
    ) -> Result<Vec<(i64, Event)>, BusError> {
        undelivered::read(&self.shared, self.known(topic)?, groups, (partition, after)).await
    }

    fn generations(&self) -> Vec<(&'static str, u64)> {
        self.shared
            .channels
            .values()
            .map(|c| (c.topic.name, c.generation()))
            .collect()
    }

    async fn ping(&self) -> Result<(), BusError> {
        self.check_open()?;
        self.shared.link.context.query_account().await.map(drop).map_err(away)
    }

    async fn close(&self) {
        if self.shared.closing.is_cancelled() {
            return;
        }
        self.shared.closing.cancel();
        self.consumers.close();
        if tokio::time::timeout(CLOSE_WAIT, self.consumers.wait()).await.is_err() {
            tracing::warn!("a consumer did not finish in time; what it had in hand is delivered again");
        }
        self.shared.board.close().await;
    }
}
