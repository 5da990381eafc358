//! Owns the handler of the cases: it writes down what it was given and behaves as it is told. Refuses to judge.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use async_trait::async_trait;
use contracts::Event;
use futures::future::BoxFuture;
use kernel::{EventId, Fault};
use parking_lot::Mutex;
use tokio::sync::watch;

use super::{DEADLINE, Probe};
use crate::Handler;

type Behaviour = dyn Fn(Probe, u32) -> BoxFuture<'static, Result<(), Fault>> + Send + Sync;

/// Writes down every try.
pub struct Recorder {
    behaviour: Box<Behaviour>,
    seen: Mutex<Seen>,
    acks: watch::Sender<usize>,
    tries: watch::Sender<usize>,
    running: AtomicUsize,
    most_running: AtomicUsize,
}

#[derive(Default)]
struct Seen {
    tries_of: HashMap<EventId, u32>,
    tries: Vec<(Probe, Instant)>,
    acked: Vec<(Probe, Event)>,
    running: HashMap<String, usize>,
    overlaps: usize,
}

impl Recorder {
    /// Acks everything at once.
    pub fn new() -> Arc<Self> {
        Self::that(|_, _| Box::pin(async { Ok(()) }))
    }

    /// Does what `behaviour` says for a probe and the number of the try, from 1.
    pub fn that(
        behaviour: impl Fn(Probe, u32) -> BoxFuture<'static, Result<(), Fault>> + Send + Sync + 'static,
    ) -> Arc<Self> {
        Arc::new(Self {
            behaviour: Box::new(behaviour),
            seen: Mutex::default(),
            acks: watch::Sender::new(0),
            tries: watch::Sender::new(0),
            running: AtomicUsize::new(0),
            most_running: AtomicUsize::new(0),
        })
    }

    /// Fails whatever `bad` says, for a probe and the number of the try; acks the rest.
    pub fn failing(bad: impl Fn(&Probe, u32) -> bool + Send + Sync + 'static) -> Arc<Self> {
        Self::that(move |probe, tries| {
            let fails = bad(&probe, tries);
            Box::pin(async move { if fails { Err(Fault::internal("as told")) } else { Ok(()) } })
        })
    }

    /// Waits until so many were acked, repeats included.
    pub async fn acked(&self, count: usize) {
        let mut acks = self.acks.subscribe();
        let reached = tokio::time::timeout(DEADLINE, acks.wait_for(|n| *n >= count)).await;
        assert!(
            reached.is_ok(),
            "{} of {count} acked in time",
            self.acks.borrow().to_owned()
        );
    }

    /// Waits until so many tries began.
    pub async fn tried(&self, count: usize) {
        let mut tries = self.tries.subscribe();
        let reached = tokio::time::timeout(DEADLINE, tries.wait_for(|n| *n >= count)).await;
        assert!(
            reached.is_ok(),
            "{} of {count} tries in time",
            self.tries.borrow().to_owned()
        );
    }

    /// Returns how many were acked, repeats included.
    pub fn acks(&self) -> usize {
        *self.acks.borrow()
    }

    /// Returns the events that were acked, in that order.
    pub fn events(&self) -> Vec<Event> {
        self.seen.lock().acked.iter().map(|(_, event)| event.clone()).collect()
    }

    /// Returns the acked numbers of a key, in that order.
    pub fn numbers(&self, key: &str) -> Vec<u64> {
        self.seen
            .lock()
            .acked
            .iter()
            .filter(|(p, _)| p.key == key)
            .map(|(p, _)| p.number)
            .collect()
    }

    /// Returns the acked numbers of each key without repeats, each at its first place.
    pub fn first_numbers(&self) -> BTreeMap<String, Vec<u64>> {
        let mut keys: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for (probe, _) in &self.seen.lock().acked {
            let numbers = keys.entry(probe.key.clone()).or_default();
            if !numbers.contains(&probe.number) {
                numbers.push(probe.number);
            }
        }
        keys
    }

    /// Returns every try of a key: number and instant.
    pub fn tries(&self, key: &str) -> Vec<(u64, Instant)> {
        self.seen
            .lock()
            .tries
            .iter()
            .filter(|(p, _)| p.key == key)
            .map(|(p, at)| (p.number, *at))
            .collect()
    }

    /// Returns how many were being handled at once, at most.
    pub fn most_running(&self) -> usize {
        self.most_running.load(Ordering::SeqCst)
    }

    /// Returns how often an event began while another of its key was being handled.
    pub fn overlaps(&self) -> usize {
        self.seen.lock().overlaps
    }
}

/// Ends a try also when it is cancelled.
struct Running<'a>(&'a Recorder, &'a str);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::SeqCst);
        if let Some(count) = self.0.seen.lock().running.get_mut(self.1) {
            *count -= 1;
        }
    }
}

#[async_trait]
impl Handler for Recorder {
    async fn handle(&self, event: &Event) -> Result<(), Fault> {
        let probe: Probe = event.body()?;
        let running = self.running.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_running.fetch_max(running, Ordering::SeqCst);
        let tries = {
            let mut seen = self.seen.lock();
            seen.tries.push((probe.clone(), Instant::now()));
            let count = seen.running.entry(probe.key.clone()).or_default();
            *count += 1;
            seen.overlaps += usize::from(*seen.running.get(&probe.key).unwrap_or(&0) > 1);
            let tries = seen.tries_of.entry(event.id).or_default();
            *tries += 1;
            *tries
        };
        let _running = Running(self, &probe.key);
        self.tries.send_modify(|n| *n += 1);
        (self.behaviour)(probe.clone(), tries).await?;
        self.seen.lock().acked.push((probe.clone(), event.clone()));
        self.acks.send_modify(|n| *n += 1);
        Ok(())
    }
}
