//! Owns the hint: everyone who tails gets what is published, as long as he is quick enough; then his tail ends. Refuses to keep
//! anything for later.

use std::collections::VecDeque;
use std::sync::{Arc, Weak};

use contracts::Event;
use futures::stream::{BoxStream, StreamExt as _};
use parking_lot::Mutex;
use tokio::sync::Notify;

/// Events that wait for one who tails; with more his tail ends after them.
pub const TAIL_EVENTS_MAX: usize = 4_096;
/// Bytes that wait for one who tails; with more his tail ends after them.
pub const TAIL_BYTES_MAX: usize = 8 * 1024 * 1024;

/// Everyone who tails.
#[derive(Default)]
pub(super) struct Tails {
    all: Mutex<Vec<Weak<Tail>>>,
}

struct Tail {
    topics: Vec<Arc<str>>,
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

impl Waiting {
    /// Adds a batch; `false` when it is too much for one who has others before him, and this is the end. A batch alone is
    /// never too much.
    fn push(&mut self, batch: Vec<Event>) -> bool {
        let (events, bytes) = (self.events + batch.len(), self.bytes + bytes_of(&batch));
        if (events > TAIL_EVENTS_MAX || bytes > TAIL_BYTES_MAX) && !self.batches.is_empty() {
            self.closed = true;
            return false;
        }
        (self.events, self.bytes) = (events, bytes);
        self.batches.push_back(batch);
        true
    }

    fn pop(&mut self) -> Option<Vec<Event>> {
        let batch = self.batches.pop_front()?;
        self.events -= batch.len();
        self.bytes -= bytes_of(&batch);
        Some(batch)
    }
}

fn bytes_of(batch: &[Event]) -> usize {
    batch.iter().map(|e| e.bytes.len()).sum()
}

impl Tails {
    /// Starts to tail `topics`.
    pub fn open(&self, topics: Vec<Arc<str>>) -> BoxStream<'static, Vec<Event>> {
        let tail = Arc::new(Tail {
            topics,
            waiting: Mutex::default(),
            news: Notify::new(),
        });
        self.all.lock().push(Arc::downgrade(&tail));
        futures::stream::unfold(tail, |tail| async move { Some((tail.next().await?, tail)) }).boxed()
    }

    /// Hands out a batch that has become durable.
    pub fn publish<'a>(&self, batch: impl Iterator<Item = &'a Event> + Clone) {
        let mut all = self.all.lock();
        all.retain(|tail| {
            let Some(tail) = tail.upgrade() else { return false };
            let mine: Vec<Event> = batch
                .clone()
                .filter(|e| tail.topics.contains(&e.topic))
                .cloned()
                .collect();
            if mine.is_empty() {
                return true;
            }
            let keeps_up = tail.waiting.lock().push(mine);
            if !keeps_up {
                tracing::warn!(topics = ?tail.topics, "a tail fell behind and ends");
                metrics::counter!("bus_tails_behind_total").increment(1);
            }
            tail.news.notify_one();
            keeps_up
        });
    }

    /// Ends every tail once it has been read.
    pub fn close(&self) {
        for tail in self.all.lock().drain(..).filter_map(|t| t.upgrade()) {
            tail.waiting.lock().closed = true;
            tail.news.notify_one();
        }
    }
}

impl Tail {
    async fn next(&self) -> Option<Vec<Event>> {
        loop {
            {
                let mut waiting = self.waiting.lock();
                if let Some(batch) = waiting.pop() {
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
