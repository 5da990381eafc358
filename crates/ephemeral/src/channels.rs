//! Owns who in this process listens to which channel, and each listener's queue. Refuses to know what is said and by whom.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use async_trait::async_trait;
use bytes::Bytes;
use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::limits::check_key;
use crate::{EphemeralError, Subscriber};

/// Payloads that wait for one subscriber; then the oldest go.
pub const QUEUE_MAX: usize = 4_096;

/// What waits for one subscriber.
#[derive(Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    news: Notify,
}

#[derive(Default)]
struct Waiting {
    payloads: VecDeque<(Arc<str>, Bytes)>,
    missed: bool,
    closed: bool,
}

impl Queue {
    fn push(&self, channel: &Arc<str>, payload: &Bytes) {
        let mut waiting = self.waiting.lock();
        if waiting.payloads.len() >= QUEUE_MAX {
            waiting.payloads.pop_front();
            waiting.missed = true;
        }
        waiting.payloads.push_back((channel.clone(), payload.clone()));
        drop(waiting);
        self.news.notify_one();
    }
}

/// The listeners of one channel. Replaced as a whole on change, so that a publisher only clones one pointer.
type Listeners = Arc<[(u64, Arc<Queue>)]>;

/// Channels by name.
#[derive(Default)]
pub(crate) struct Channels {
    listeners: Mutex<HashMap<Arc<str>, Listeners>>,
    queues: Mutex<HashMap<u64, Weak<Queue>>>,
    next: AtomicU64,
}

impl Channels {
    /// Gives `payload` to everyone who listens now.
    pub fn publish(&self, channel: &str, payload: &Bytes) {
        let found = self
            .listeners
            .lock()
            .get_key_value(channel)
            .map(|(name, all)| (name.clone(), all.clone()));
        if let Some((name, all)) = found {
            for (_, queue) in all.iter() {
                queue.push(&name, payload);
            }
        }
    }

    /// Opens a listener.
    pub fn listener(self: &Arc<Self>) -> Listener {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let queue = Arc::new(Queue::default());
        self.queues.lock().insert(number, Arc::downgrade(&queue));
        Listener {
            number,
            queue,
            listening: HashSet::new(),
            channels: self.clone(),
        }
    }

    /// Tells whether anybody listens to the channel.
    #[cfg(feature = "redis")]
    pub fn is_heard(&self, channel: &str) -> bool {
        self.listeners.lock().contains_key(channel)
    }

    /// Returns the channels that anybody listens to.
    #[cfg(feature = "redis")]
    pub fn heard(&self) -> Vec<Arc<str>> {
        self.listeners.lock().keys().cloned().collect()
    }

    /// Notes that every listener may have missed something.
    #[cfg(feature = "redis")]
    pub fn interrupted(&self) {
        for queue in self.queues.lock().values().filter_map(Weak::upgrade) {
            queue.waiting.lock().missed = true;
        }
    }

    /// Ends every listener once it has read what waits for it.
    pub fn close(&self) {
        for queue in self.queues.lock().values().filter_map(Weak::upgrade) {
            queue.waiting.lock().closed = true;
            queue.news.notify_one();
        }
    }

    fn add(&self, channel: &str, number: u64, queue: &Arc<Queue>) {
        let mut listeners = self.listeners.lock();
        let old = listeners.get(channel).map(|all| all.to_vec()).unwrap_or_default();
        let all = old.into_iter().chain([(number, queue.clone())]).collect();
        listeners.insert(channel.into(), all);
    }

    fn remove(&self, channel: &str, number: u64) {
        let mut listeners = self.listeners.lock();
        let Some(old) = listeners.get(channel) else { return };
        let all: Listeners = old.iter().filter(|(n, _)| *n != number).cloned().collect();
        if all.is_empty() {
            listeners.remove(channel);
        } else {
            listeners.insert(channel.into(), all);
        }
    }
}

/// A subscriber of this process.
pub(crate) struct Listener {
    number: u64,
    queue: Arc<Queue>,
    listening: HashSet<String>,
    channels: Arc<Channels>,
}

impl Listener {
    /// Listens to nothing more; returns what it listened to.
    pub fn leave_all(&mut self) -> HashSet<String> {
        for channel in &self.listening {
            self.channels.remove(channel, self.number);
        }
        std::mem::take(&mut self.listening)
    }
}

#[async_trait]
impl Subscriber for Listener {
    async fn subscribe(&mut self, channel: &str) -> Result<(), EphemeralError> {
        check_key(channel)?;
        if self.listening.insert(channel.to_owned()) {
            self.channels.add(channel, self.number, &self.queue);
        }
        Ok(())
    }

    async fn unsubscribe(&mut self, channel: &str) -> Result<(), EphemeralError> {
        if self.listening.remove(channel) {
            self.channels.remove(channel, self.number);
        }
        Ok(())
    }

    async fn next(&mut self) -> Option<(String, Bytes)> {
        loop {
            {
                let mut waiting = self.queue.waiting.lock();
                if let Some((channel, payload)) = waiting.payloads.pop_front() {
                    return Some((channel.to_string(), payload));
                }
                if waiting.closed {
                    return None;
                }
            }
            // A push between the look and this line has left a permit: nothing is missed.
            self.queue.news.notified().await;
        }
    }

    fn missed(&mut self) -> bool {
        std::mem::take(&mut self.queue.waiting.lock().missed)
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.leave_all();
        self.channels.queues.lock().remove(&self.number);
    }
}
