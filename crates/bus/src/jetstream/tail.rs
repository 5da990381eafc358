//! Owns the hint: whoever tails gets what is published from then on, as long as he is quick enough; then his tail ends. Refuses to keep
//! anything for later.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_nats::jetstream::consumer::{DeliverPolicy, pull};
use contracts::Event;
use futures::FutureExt as _;
use futures::stream::{BoxStream, SelectAll, StreamExt as _};
use tokio::sync::mpsc;

use super::Shared;
use super::channel::Channel;
use super::link::away;
use crate::BusError;

/// Events that wait for one who tails; with more his tail ends after them.
const TAIL_EVENTS_MAX: usize = 4_096;
/// Bytes that wait for one who tails; with more his tail ends after them.
const TAIL_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Events of one batch.
const BATCH_MAX: usize = 256;

/// How long a tail that ends with the bus may take to hand out what was published before.
const LAST_WORDS_MAX: Duration = Duration::from_secs(2);

/// A message of the topic at this place, with its sequence and event; nothing when the topic fails.
type Item = Option<(usize, u64, Option<Event>)>;
type Items = SelectAll<BoxStream<'static, Item>>;

/// What waits for one who tails.
#[derive(Default)]
struct Waiting {
    events: AtomicUsize,
    bytes: AtomicUsize,
}

impl Waiting {
    /// Notes a batch; `false` when it is too much for one who has others before him.
    fn add(&self, batch: &[Event]) -> bool {
        let events = self.events.fetch_add(batch.len(), Ordering::AcqRel);
        let bytes = self.bytes.fetch_add(bytes_of(batch), Ordering::AcqRel);
        let fits = events + batch.len() <= TAIL_EVENTS_MAX && bytes + bytes_of(batch) <= TAIL_BYTES_MAX;
        fits || events == 0
    }

    fn remove(&self, batch: &[Event]) {
        self.events.fetch_sub(batch.len(), Ordering::AcqRel);
        self.bytes.fetch_sub(bytes_of(batch), Ordering::AcqRel);
    }
}

fn bytes_of(batch: &[Event]) -> usize {
    batch.iter().map(|e| e.bytes.len()).sum()
}

/// Tails the topics of `channels` from their present end.
pub(super) async fn open(
    shared: &Arc<Shared>,
    channels: Vec<Arc<Channel>>,
) -> Result<BoxStream<'static, Vec<Event>>, BusError> {
    let (mut items, mut seen) = (Items::new(), Vec::new());
    for (place, channel) in channels.iter().enumerate() {
        let begun = shared
            .link
            .patiently("beginning to tail", || read(shared, channel, place))
            .await?;
        seen.push(begun.1);
        items.push(begun.0);
    }
    let (sender, receiver) = mpsc::unbounded_channel();
    let waiting = Arc::new(Waiting::default());
    let pump = Pump {
        items,
        channels,
        seen,
        sender,
        waiting: waiting.clone(),
    };
    tokio::spawn(pump.run(shared.clone()));
    let batches = futures::stream::unfold((receiver, waiting), |(mut receiver, waiting)| async move {
        let batch: Vec<Event> = receiver.recv().await?;
        waiting.remove(&batch);
        Some((batch, (receiver, waiting)))
    });
    Ok(batches.boxed())
}

/// Reads a topic from its present end, and returns that.
async fn read(
    shared: &Shared,
    channel: &Arc<Channel>,
    place: usize,
) -> Result<(BoxStream<'static, Item>, u64), BusError> {
    // By number, so that it begins here also when it must begin again before anything came.
    let last = channel.last(&shared.link).await?;
    let config = pull::OrderedConfig {
        deliver_policy: DeliverPolicy::ByStartSequence {
            start_sequence: last + 1,
        },
        ..Default::default()
    };
    let stream = channel.stream(&shared.link).await?;
    let messages = stream
        .create_consumer(config)
        .await
        .map_err(away)?
        .messages()
        .await
        .map_err(away)?;
    let topic = channel.topic.name;
    let items = messages.map(move |message| {
        let message = message
            .inspect_err(|error| tracing::debug!(topic, %error, "a tail ends"))
            .ok()?;
        let sequence = message.info().ok()?.stream_sequence;
        Some((place, sequence, Event::parse(topic, message.message.payload).ok()))
    });
    Ok((items.chain(futures::stream::iter([None])).boxed(), last))
}

/// Hands on what comes.
struct Pump {
    items: Items,
    channels: Vec<Arc<Channel>>,
    /// The last sequence seen of each topic.
    seen: Vec<u64>,
    sender: mpsc::UnboundedSender<Vec<Event>>,
    waiting: Arc<Waiting>,
}

impl Pump {
    /// Works until the reader is gone or too slow, a topic fails, or the bus closes.
    async fn run(mut self, shared: Arc<Shared>) {
        loop {
            tokio::select! {
                biased;
                () = self.sender.closed() => return,
                () = shared.closing.cancelled() => break,
                item = self.items.next() => {
                    if !self.hand_on(item.flatten()) {
                        return;
                    }
                }
            }
        }
        // What was published before the end is handed out.
        let last_words = async {
            let ends = self.channels.iter().map(|channel| channel.last(&shared.link));
            let ends = futures::future::try_join_all(ends).await.unwrap_or_default();
            while self.seen.iter().zip(&ends).any(|(seen, end)| seen < end) {
                let item = self.items.next().await;
                if !self.hand_on(item.flatten()) {
                    return;
                }
            }
        };
        if tokio::time::timeout(LAST_WORDS_MAX, last_words).await.is_err() {
            tracing::debug!("a tail ended before its end");
        }
    }

    /// Hands on an item, and those that are there already, as one batch; `false` when this is the end.
    fn hand_on(&mut self, first: Item) -> bool {
        let (mut batch, mut next, mut ended) = (Vec::new(), Some(first), false);
        while let Some(item) = next {
            let Some((place, sequence, event)) = item else {
                ended = true;
                break;
            };
            if let Some(seen) = self.seen.get_mut(place) {
                *seen = sequence;
            }
            batch.extend(event);
            next = match batch.len() < BATCH_MAX {
                true => self.items.next().now_or_never().map(Option::flatten),
                false => None,
            };
        }
        if batch.is_empty() {
            return !ended;
        }
        if !self.waiting.add(&batch) {
            tracing::warn!("a tail fell behind and ends");
            metrics::counter!("bus_tails_behind_total").increment(1);
            return false;
        }
        self.sender.send(batch).is_ok() && !ended
    }
}
