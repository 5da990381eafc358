//! Owns the way of events from a store's outbox to the bus. Refuses to know what they say.
//!
//! An event is pending until the bus has it durably; only then is it marked as sent. Should the mark be lost, the event is published
//! again and the bus or the consumer's inbox drops it. Marking does not hold up the events that follow.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use contracts::Event;
use futures::FutureExt as _;
use kernel::{Ambient, EventId};
use store::{Store, StoreError};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::{Bus, BusError, PUBLISH_EVENTS_MAX};

/// The outbox is looked at so often even without a signal, and the gauges are set, under load as well: what another process wrote and
/// died with is on its way after so long. Each look asks once for each collection, so an idle cluster is busy with little else.
const SAFETY_TICK: Duration = Duration::from_secs(5);
/// First pause while the bus or the store is away; doubled each time.
const PAUSE: Duration = Duration::from_millis(50);
/// Longest pause.
const PAUSE_MAX: Duration = Duration::from_secs(5);
/// Share of a pause by which it is longer or shorter.
const JITTER_SHARE: f64 = 0.2;
/// An event that the bus refused is offered again after so long.
const REFUSED_AGAIN_AFTER: Duration = Duration::from_secs(30);
/// Refused events that the relay looks past; with more it stands still and says so.
const REFUSED_MAX: usize = 4_096;
/// Published events whose marks are on their way; then the relay waits for the marks.
const UNMARKED_MAX: usize = 2 * PUBLISH_EVENTS_MAX;
/// What was sent within this time is published again to a topic whose backend lost events.
const CATCH_UP: Duration = Duration::from_secs(600);
/// Events that are published again at most, the latest.
const CATCH_UP_EVENTS_MAX: usize = 65_536;
/// After a stop the outbox is emptied for so long at most; the next start does the rest.
const EMPTYING_MAX: Duration = Duration::from_millis(800);

/// Carries events from `store` to `bus` until `stop`, then for less than a second what is still in the outbox. Never fails:
/// while either is away it tries again, before the stop.
pub async fn run(store: Arc<dyn Store>, bus: Arc<dyn Bus>, stop: CancellationToken) {
    run_as("all", store, bus, stop).await;
}

/// The same, with a name for the gauges, for when each service has a store of its own.
pub async fn run_as(name: &'static str, store: Arc<dyn Store>, bus: Arc<dyn Bus>, stop: CancellationToken) {
    for total in ["relay_sent_total", "relay_sent_again_total", "relay_failures_total"] {
        metrics::counter!(total, "store" => name).increment(0);
    }
    let relay = Relay {
        name,
        signal: store.outbox_signal(),
        store,
        bus,
        ambient: Ambient::system(),
        unmarked: HashSet::new(),
        to_mark: Vec::new(),
        marking: None,
        refused: HashSet::new(),
        offer_again: Instant::now(),
        generations: HashMap::new(),
        pause: PAUSE,
    };
    relay.run(stop).await;
}

struct Relay {
    name: &'static str,
    store: Arc<dyn Store>,
    bus: Arc<dyn Bus>,
    ambient: Ambient,
    signal: Arc<tokio::sync::Notify>,
    /// Published, and still pending to the store.
    unmarked: HashSet<EventId>,
    /// Those of them whose marks have not been asked for.
    to_mark: Vec<EventId>,
    marking: Option<Marking>,
    /// Refused by the bus: they and what follows of their keys stay in the outbox.
    refused: HashSet<EventId>,
    offer_again: Instant,
    /// Up to which loss of events each topic's backend has been given again what we have kept. A topic is not known at the start: what was
    /// lost while nobody was here is lost as well.
    generations: HashMap<&'static str, u64>,
    pause: Duration,
}

/// Marks on their way.
struct Marking {
    events: Vec<EventId>,
    task: JoinHandle<Result<(), StoreError>>,
}

/// How one look at the outbox ended.
enum Round {
    /// Events were published; there may be more.
    Moved,
    /// Nothing to publish.
    Empty,
    /// The bus or the store is away.
    Away(String),
}

impl Relay {
    async fn run(mut self, stop: CancellationToken) {
        let signal = self.signal.clone();
        let mut tick = tokio::time::interval(SAFETY_TICK);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        while !stop.is_cancelled() {
            // Waiting begins before the look, so that a commit in between is not missed.
            let signalled = signal.notified();
            tokio::pin!(signalled);
            signalled.as_mut().enable();
            match self.round().await {
                Round::Moved => {
                    self.pause = PAUSE;
                    if tick.tick().now_or_never().is_some() {
                        self.measure().await;
                    }
                }
                Round::Empty => {
                    self.pause = PAUSE;
                    tokio::select! {
                        () = signalled => {}
                        end = marked(&mut self.marking) => drop(self.end_marking(end)),
                        _ = tick.tick() => {
                            self.mark();
                            self.measure().await;
                        }
                        () = stop.cancelled() => {}
                    }
                }
                Round::Away(why) => self.wait(&why, &stop).await,
            }
        }
        self.empty().await;
        self.finish().await;
    }

    /// Publishes what is left after the stop, unless the bus or the store is away or it takes too long.
    async fn empty(&mut self) {
        let rounds = async {
            loop {
                match self.round().await {
                    Round::Moved => {}
                    Round::Empty => return,
                    Round::Away(why) => {
                        tracing::warn!(
                            store = self.name,
                            why,
                            "the outbox could not be emptied; the next start goes on"
                        );
                        return;
                    }
                }
            }
        };
        // A publish that is cut off here is not marked, and published again by the next start.
        if tokio::time::timeout(EMPTYING_MAX, rounds).await.is_err() {
            tracing::warn!(
                store = self.name,
                "the outbox was not emptied in time; the next start goes on"
            );
        }
    }

    /// Publishes what is pending and was not published before.
    async fn round(&mut self) -> Round {
        while self.unmarked.len() >= UNMARKED_MAX || self.marking.as_ref().is_some_and(|m| m.task.is_finished()) {
            if let Err(why) = self.settle().await {
                return Round::Away(why);
            }
        }
        // First: what is lost comes before what is pending.
        if let Err(why) = self.catch_up().await {
            return Round::Away(why);
        }
        if self.offer_again <= Instant::now() {
            self.refused.clear();
        }
        let limit = PUBLISH_EVENTS_MAX + self.unmarked.len() + self.refused.len();
        let fresh = match self.store.pending_events(limit).await {
            Ok(pending) => self.fresh(pending),
            Err(error) => return Round::Away(error.to_string()),
        };
        if fresh.is_empty() {
            return Round::Empty;
        }
        let (sent, end) = match self.bus.publish(&fresh).await {
            Ok(()) => (fresh.iter().map(|e| e.id).collect(), Round::Moved),
            Err(BusError::Unavailable(why)) => (Vec::new(), Round::Away(why)),
            Err(BusError::Refused(_) | BusError::Absent(_)) => self.publish_singly(&fresh).await,
        };
        metrics::counter!("relay_sent_total", "store" => self.name).increment(sent.len() as u64);
        self.unmarked.extend(&sent);
        self.to_mark.extend(sent);
        self.mark();
        end
    }

    /// Publishes again what was sent in the last minutes to topics whose backend has lost events, or may have while we were not here. What
    /// it has not lost it knows by the ids.
    async fn catch_up(&mut self) -> Result<(), String> {
        let mut behind = self.bus.generations();
        behind.retain(|(topic, generation)| self.generations.get(topic) != Some(generation));
        if behind.is_empty() {
            return Ok(());
        }
        while !self.unmarked.is_empty() {
            self.settle().await?;
        }
        let mut window = CATCH_UP;
        let sent = loop {
            let since = self.ambient.now() - window;
            let sent = self.store.sent_since(since, CATCH_UP_EVENTS_MAX).await;
            let sent = sent.map_err(|e| e.to_string())?;
            if sent.len() < CATCH_UP_EVENTS_MAX || window < SAFETY_TICK {
                break sent;
            }
            window /= 2;
        };
        let lost = |event: &Event| behind.iter().any(|(topic, _)| *topic == &*event.topic);
        let again: Vec<Event> = sent.into_iter().filter(lost).collect();
        for events in again.chunks(PUBLISH_EVENTS_MAX) {
            match self.bus.publish(events).await {
                Err(BusError::Unavailable(why)) => return Err(why),
                Err(BusError::Refused(why) | BusError::Absent(why)) => {
                    tracing::error!(%why, "the bus refuses events that it had accepted")
                }
                Ok(()) => {}
            }
        }
        if !again.is_empty() {
            tracing::info!(
                store = self.name,
                events = again.len(),
                "the end of the outbox was published again"
            );
            metrics::counter!("relay_sent_again_total", "store" => self.name).increment(again.len() as u64);
        }
        self.generations.extend(behind);
        Ok(())
    }

    /// Leaves out what was published already, and keys that are held back by a refused event.
    fn fresh(&self, pending: Vec<Event>) -> Vec<Event> {
        let mut held = HashSet::new();
        let mut fresh = Vec::new();
        for event in pending {
            let key = (event.topic.clone(), event.key.clone());
            if self.refused.contains(&event.id) {
                held.insert(key);
            } else if !held.contains(&key) && !self.unmarked.contains(&event.id) && fresh.len() < PUBLISH_EVENTS_MAX {
                fresh.push(event);
            }
        }
        fresh
    }

    /// Publishes one by one what was refused together, so that a bad event holds back its own key only. It stays in the outbox,
    /// where the gauges show it, for somebody to look at.
    async fn publish_singly(&mut self, events: &[Event]) -> (Vec<EventId>, Round) {
        let (mut sent, mut held) = (Vec::new(), HashSet::new());
        for event in events {
            if held.contains(&(&event.topic, &event.key)) {
                continue;
            }
            match self.bus.publish(std::slice::from_ref(event)).await {
                Ok(()) => sent.push(event.id),
                Err(BusError::Unavailable(why)) => return (sent, Round::Away(why)),
                Err(BusError::Refused(why) | BusError::Absent(why)) => {
                    tracing::error!(event = %event.id, topic = %event.topic, %why, "the bus refuses an event of the outbox");
                    held.insert((&event.topic, &event.key));
                    self.refused.insert(event.id);
                    self.offer_again = Instant::now() + REFUSED_AGAIN_AFTER;
                }
            }
        }
        if self.refused.len() > REFUSED_MAX {
            return (
                sent,
                Round::Away(format!("the bus refuses {} events of the outbox", self.refused.len())),
            );
        }
        (sent, Round::Moved)
    }

    /// Pauses, longer each time.
    async fn wait(&mut self, why: &str, stop: &CancellationToken) {
        tracing::warn!(store = self.name, why, pause = ?self.pause, "the outbox waits");
        metrics::counter!("relay_failures_total", "store" => self.name).increment(1);
        self.measure().await;
        tokio::select! {
            () = tokio::time::sleep(self.ambient.jitter(self.pause, JITTER_SHARE)) => {}
            () = stop.cancelled() => {}
        }
        self.pause = (self.pause * 2).min(PAUSE_MAX);
    }

    /// Asks for the marks of what was published, unless some are on their way.
    fn mark(&mut self) {
        if self.marking.is_none() && !self.to_mark.is_empty() {
            let events = std::mem::take(&mut self.to_mark);
            let (store, marks) = (self.store.clone(), events.clone());
            let task = tokio::spawn(async move { store.mark_sent(&marks).await });
            self.marking = Some(Marking { events, task });
        }
    }

    /// Notes how the marks on their way ended; those that failed are asked for again later.
    fn end_marking(&mut self, end: Result<(), String>) -> Result<(), String> {
        let Some(Marking { events, .. }) = self.marking.take() else {
            return end;
        };
        match &end {
            Ok(()) => {
                for id in &events {
                    self.unmarked.remove(id);
                }
                self.mark();
            }
            Err(why) => {
                tracing::warn!(
                    store = self.name,
                    why,
                    "sent events could not be marked; they may be published again"
                );
                self.to_mark.splice(0..0, events);
            }
        }
        end
    }

    /// Waits for the marks on their way.
    async fn settle(&mut self) -> Result<(), String> {
        self.mark();
        if self.marking.is_none() {
            return Ok(());
        }
        let end = marked(&mut self.marking).await;
        self.end_marking(end)
    }

    /// Marks what was published before the end, so that the next start does not publish it again.
    async fn finish(mut self) {
        while !self.unmarked.is_empty() {
            if self.settle().await.is_err() {
                return;
            }
        }
    }

    /// Sets the gauges.
    async fn measure(&self) {
        let Ok(depth) = self.store.outbox_depth().await else {
            return;
        };
        let oldest = self.store.pending_events(1).await.unwrap_or_default();
        let age = oldest
            .first()
            .map_or(Duration::ZERO, |e| self.ambient.now().since(e.time));
        metrics::gauge!("outbox_depth", "store" => self.name).set(depth as f64);
        metrics::gauge!("outbox_oldest_seconds", "store" => self.name).set(age.as_secs_f64());
    }
}

/// Waits until the marks on their way have ended; for ever when there are none.
async fn marked(marking: &mut Option<Marking>) -> Result<(), String> {
    match marking {
        Some(marking) => match (&mut marking.task).await {
            Ok(end) => end.map_err(|e| e.to_string()),
            Err(panicked) => Err(panicked.to_string()),
        },
        None => std::future::pending().await,
    }
}
