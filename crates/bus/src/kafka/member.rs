//! Owns one member of a group at work: it takes the partitions and events that the thread brings, says how far they are, and hands them
//! over. Refuses to talk to brokers and to know handlers: what is done with the events is `hands`.
//!
//! The loop never waits for anything but its own select, so that no handler in hand is ever left unpolled.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::sync::mpsc as std_mpsc;
use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt as _};
use futures::{FutureExt as _, pin_mut};
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::begin::{Progress, Slot};
use super::notebook::{Notebook, Released};
use super::poller::{News, Poller, Waiting};
use super::reading::{Reading, taken};
use crate::BusError;
use crate::hands::{Hands, TURN_MAX, Terms};

/// Pause between two looks for releases that were asked for elsewhere, and for a silent thread.
const LOOK: Duration = Duration::from_millis(500);
/// A consumer that has not polled for so long is given up; whoever supervises `consume` starts another.
const SILENT_MAX: Duration = Duration::from_secs(60);
/// Longest time for leaving the group; then the thread goes on by itself, for as long as the process lives.
const LEAVE_MAX: Duration = Duration::from_secs(5);
/// The same for a member that was never given a partition: it has nothing to commit, and while the group waits for a dead
/// member it is not even let go.
const LEAVE_UNSEATED_MAX: Duration = Duration::from_secs(1);

/// Partitions that the group wants back.
struct Handover {
    waits_for: HashSet<Slot>,
    finished: Vec<(Slot, Progress)>,
    answer: std_mpsc::Sender<Vec<(Slot, Progress)>>,
}

/// What a member works with.
pub(super) struct Tools {
    pub notebook: Notebook,
    pub terms: Terms,
    /// Changes with every release in this process.
    pub released: watch::Receiver<u64>,
    /// Ends without finishing and without committing, as after a crash.
    pub abandoned: CancellationToken,
}

/// One call of `consume`.
pub(super) struct Member {
    group: Arc<str>,
    notebook: Notebook,
    hands: Hands,
    readings: BTreeMap<u32, Reading>,
    /// A look for releases, at most one.
    looks: FuturesUnordered<BoxFuture<'static, Vec<Released>>>,
    released: watch::Receiver<u64>,
    abandoned: CancellationToken,
    handovers: Vec<Handover>,
    /// Whether it was ever given a partition.
    seated: bool,
    stopping: bool,
    failed: Option<BusError>,
    /// Whether the thread has said its last word.
    deaf: bool,
    /// The last to be dropped: when it leaves, no handler is running any more.
    poller: Poller,
}

impl Member {
    /// Works for what the thread brings.
    pub fn new(tools: Tools, poller: Poller) -> Self {
        let hands = Hands::new(Arc::new(tools.notebook.clone()), tools.terms);
        Self {
            group: hands.group().into(),
            notebook: tools.notebook,
            hands,
            readings: BTreeMap::new(),
            looks: FuturesUnordered::new(),
            released: tools.released,
            abandoned: tools.abandoned,
            handovers: Vec::new(),
            seated: false,
            stopping: false,
            failed: None,
            deaf: false,
            poller,
        }
    }

    /// Works until one of `stops`, then finishes what is in hand. Fails when the brokers do.
    pub async fn run(mut self, stops: [CancellationToken; 2]) -> Result<(), BusError> {
        let stop = futures::future::select_all(stops.iter().map(|s| Box::pin(s.cancelled())));
        pin_mut!(stop);
        let mut ticks = tokio::time::interval(LOOK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut released, abandoned) = (self.released.clone(), self.abandoned.clone());
        loop {
            // Asked before anything is started, so that nothing is started after the stop.
            if !self.stopping && stops.iter().any(CancellationToken::is_cancelled) {
                self.stop();
            }
            self.feed();
            let more = self.hands.fill().await;
            self.commit();
            if let Some(error) = self.hands.failure() {
                self.fail(error);
            }
            if self.is_over() {
                break;
            }
            tokio::select! {
                biased;
                () = abandoned.cancelled() => {
                    self.poller.abandon();
                    // As of a killed process, nothing comes any more.
                    return std::future::pending().await;
                }
                _ = &mut stop, if !self.stopping => self.stop(),
                () = self.hands.step() => {}
                Some(released) = self.looks.next(), if !self.looks.is_empty() => {
                    released.iter().for_each(|(slot, key)| self.hands.release(*slot, key));
                }
                news = self.poller.news.recv(), if !self.deaf => self.hear(news),
                _ = ticks.tick() => self.look_around(),
                Ok(()) = released.changed() => self.look(),
                () = tokio::task::yield_now(), if more => {}
            }
        }
        self.leave().await
    }

    fn is_over(&self) -> bool {
        match self.failed {
            Some(_) => self.hands.is_idle(),
            None => self.stopping && self.hands.is_empty(),
        }
    }

    async fn leave(mut self) -> Result<(), BusError> {
        // Nothing of ours runs any more when another has the partitions.
        self.hands.abandon();
        // Whoever waits for an answer goes on without one.
        self.handovers.clear();
        let limit = if self.seated { LEAVE_MAX } else { LEAVE_UNSEATED_MAX };
        if !self.poller.leave(limit).await {
            tracing::warn!(group = %self.group, "a consumer has not left its group in time");
        }
        self.failed.take().map_or(Ok(()), Err)
    }

    fn stop(&mut self) {
        self.stopping = true;
        self.hands.close_all();
        self.readings.values_mut().for_each(Reading::close);
    }

    fn fail(&mut self, error: BusError) {
        tracing::warn!(group = %self.group, %error, "a consumer stops because the brokers failed");
        self.failed.get_or_insert(error);
        if !self.stopping {
            self.stop();
        }
    }

    /// Does what the thread says, as far as it has spoken.
    fn hear(&mut self, news: Option<News>) {
        let Some(news) = news else {
            self.deaf = true;
            return self.fail(BusError::Unavailable("the consumer has ended".into()));
        };
        self.hear_one(news);
        for _ in 0..TURN_MAX {
            match self.poller.news.try_recv() {
                Ok(news) => self.hear_one(news),
                Err(_) => return,
            }
        }
    }

    fn hear_one(&mut self, news: News) {
        match news {
            News::Event(slot, offset, event) => {
                if let Some(reading) = self.readings.get_mut(&slot.number()) {
                    reading.push(offset, event);
                }
            }
            News::Assigned(taken) if !self.stopping => self.take(taken),
            News::Assigned(_) => {}
            News::Revoke(slots, lost, answer) => {
                for slot in &slots {
                    let number = slot.number();
                    self.readings.get_mut(&number).into_iter().for_each(Reading::close);
                    match lost {
                        true => self.hands.lose(number),
                        false => self.hands.close(number),
                    }
                }
                let is_held = |slot: &Slot| self.readings.contains_key(&slot.number());
                self.handovers.push(Handover {
                    waits_for: slots.into_iter().filter(is_held).collect(),
                    finished: Vec::new(),
                    answer,
                });
            }
            News::Failed(error) => self.fail(error),
        }
    }

    fn take(&mut self, assigned: Vec<(Slot, Progress, Arc<Waiting>)>) {
        self.seated |= !assigned.is_empty();
        let mut all = Vec::with_capacity(assigned.len());
        for (slot, progress, waiting) in assigned {
            let Some(topic) = self.notebook.topic(slot.topic) else {
                continue;
            };
            all.push(taken(&self.group, topic, slot, &progress));
            self.readings
                .insert(slot.number(), Reading::new(slot, progress.next, waiting));
        }
        self.hands.take(all);
    }

    /// Gives what has come to partitions of which little waits.
    fn feed(&mut self) {
        for (slot, reading) in &mut self.readings {
            if reading.has_more() {
                let room = self.hands.room(*slot);
                self.hands.feed(*slot, reading.take(room));
            }
        }
    }

    /// Looks for releases, and whether the thread is alive.
    fn look_around(&mut self) {
        if !self.stopping && self.poller.silent_for() > SILENT_MAX {
            metrics::counter!("bus_kafka_consumers_silent_total").increment(1);
            let silent = format!("the consumer has not polled for {SILENT_MAX:?}");
            return self.fail(BusError::Unavailable(silent));
        }
        self.look();
    }

    /// Reads what others have written about letters, if there are any.
    fn look(&mut self) {
        if self.looks.is_empty() && !self.stopping && self.notebook.has_troubles() {
            self.looks.push(self.notebook.clone().look().boxed());
        }
    }

    /// Tells the thread how far the partitions are, and gives up those that are to be given and have nothing in hand.
    fn commit(&mut self) {
        let mut moved = Vec::new();
        self.hands.commits(|slot, offset| {
            if let Some(reading) = self.readings.get_mut(&slot) {
                let next = reading.commit(offset);
                moved.push((reading.slot, Progress { next, done: Vec::new() }));
            }
        });
        for (slot, done) in self.hands.emptied() {
            self.notebook.forget(slot);
            let Some(reading) = self.readings.remove(&slot) else {
                continue;
            };
            let (slot, progress) = (reading.slot, reading.progress(done));
            match self.handovers.iter_mut().find(|h| h.waits_for.contains(&slot)) {
                Some(handover) => {
                    handover.waits_for.remove(&slot);
                    handover.finished.push((slot, progress));
                }
                None => moved.push((slot, progress)),
            }
        }
        if !moved.is_empty() {
            self.poller.commit(moved);
        }
        self.handovers.retain_mut(|handover| {
            if !handover.waits_for.is_empty() {
                return true;
            }
            let _ = handover.answer.send(std::mem::take(&mut handover.finished));
            false
        });
    }
}
