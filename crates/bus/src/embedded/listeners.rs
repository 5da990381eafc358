//! Owns who is to be woken when a topic has news. Refuses to know why.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::Notify;

/// The wakers of each topic, by the topic's number.
pub(super) struct Listeners {
    topics: Vec<Mutex<Vec<Arc<Notify>>>>,
}

impl Listeners {
    /// Starts with nobody.
    pub fn new(topics: usize) -> Self {
        Self {
            topics: (0..topics).map(|_| Mutex::default()).collect(),
        }
    }

    /// Wakes `waker` from now on when the topic has news.
    pub fn add(&self, topic: usize, waker: &Arc<Notify>) {
        if let Some(wakers) = self.topics.get(topic) {
            wakers.lock().push(waker.clone());
        }
    }

    /// Wakes it no more, for any topic.
    pub fn remove(&self, waker: &Arc<Notify>) {
        for wakers in &self.topics {
            wakers.lock().retain(|w| !Arc::ptr_eq(w, waker));
        }
    }

    /// Wakes those of the topics, each once at most for a topic. A waker keeps one call for who is not waiting yet.
    pub fn wake(&self, topics: impl Iterator<Item = usize>) {
        let mut due = vec![false; self.topics.len()];
        for topic in topics {
            if let Some(due) = due.get_mut(topic) {
                *due = true;
            }
        }
        for (wakers, _) in self.topics.iter().zip(&due).filter(|(_, due)| **due) {
            wakers.lock().iter().for_each(|w| w.notify_one());
        }
    }
}
