//! Owns one member of a group at work: a single task that takes events from the partitions it holds, keeps each key's
//! order, runs handlers beside each other and says how far it is. Refuses to talk to brokers.
//!
//! The loop never waits for anything but its own select, so that no handler in hand is ever left unpolled.

mod parked;

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::sync::Arc;
use std::sync::mpsc as std_mpsc;
use std::task::{Context, Poll};
use std::time::Duration;

use contracts::Event;
use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt as _};
use futures::{FutureExt as _, pin_mut};
use tokio::sync::watch;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::begin::{Progress, Slot};
use super::handing_out::{Drained, Wrote};
use super::held::Held;
use super::letters::{LetterBox, Letters, Read};
use super::poller::{News, Poller, Waiting};
use super::troubles::{Mark, Troubles};
use crate::attempt::{Attempts, Outcome};
use crate::lane::Placed;
use crate::{BusError, OnPoison};

/// Handlers started before other tasks get their turn.
const TURN_MAX: usize = 256;
/// Events taken from one partition before the next gets its turn.
const LANE_TURN_MAX: usize = 64;
/// Letters, reads and redeliveries under way; then no event is taken.
const CHORES_MAX: usize = 1_024;
/// Pause between two looks for releases that were asked for elsewhere, and for a silent thread.
const LOOK: Duration = Duration::from_millis(500);
/// A consumer that has not polled for so long is given up; whoever supervises `consume` starts another.
const SILENT_MAX: Duration = Duration::from_secs(60);
/// Longest time for leaving the group; then the thread goes on by itself, for as long as the process lives.
const LEAVE_MAX: Duration = Duration::from_secs(5);
/// The same for a member that was never given a partition: it has nothing to commit, and while the group waits for a dead
/// member it is not even let go.
const LEAVE_UNSEATED_MAX: Duration = Duration::from_secs(1);

/// A handler's run that has ended.
struct Finished {
    slot: Slot,
    offset: i64,
    event: Event,
    outcome: Outcome,
}

/// A piece of the member's own work that has ended.
enum Chore {
    Opened(Vec<(Slot, Troubles)>),
    Looked(Vec<Looked>),
    Lettered(Slot, Wrote),
    Drained(Slot, Arc<str>, Drained),
    Noted(Slot),
}

/// What others have written about the letters of a partition.
struct Looked {
    topic: usize,
    read: Read,
}

/// Partitions that the group wants back.
struct Handover {
    waits_for: HashSet<Slot>,
    finished: Vec<(Slot, Progress)>,
    answer: std_mpsc::Sender<Vec<(Slot, Progress)>>,
}

/// What a member works with.
pub(super) struct Tools {
    pub letters: Arc<Letters>,
    /// The letters of the group about each topic of the subscription.
    pub boxes: Vec<LetterBox>,
    pub attempts: Arc<Attempts>,
    pub on_poison: OnPoison,
    pub in_flight_max: usize,
    /// Letters that nothing waits for are kept so long.
    pub letters_kept: Duration,
    /// Changes with every release in this process.
    pub released: watch::Receiver<u64>,
    /// Ends without finishing and without committing, as after a crash.
    pub abandoned: CancellationToken,
}

/// One call of `consume`.
pub(super) struct Member {
    tools: Tools,
    /// Signs what it writes.
    author: Arc<str>,
    lanes: BTreeMap<Slot, Held>,
    /// Held slots in the order of their turns.
    turns: VecDeque<Slot>,
    /// Next events of keys that have become free.
    ready: VecDeque<(Slot, Placed)>,
    running: FuturesUnordered<BoxFuture<'static, Finished>>,
    chores: FuturesUnordered<BoxFuture<'static, Result<Chore, BusError>>>,
    /// Keys whose letters are to be handed out as soon as there is room.
    to_drain: VecDeque<(Slot, Arc<str>)>,
    draining: usize,
    looking: bool,
    handovers: Vec<Handover>,
    handled: metrics::Counter,
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
        Self {
            author: tools.attempts.ambient.token::<12>().into(),
            handled: metrics::counter!("bus_handled_total", "group" => tools.attempts.group),
            tools,
            poller,
            lanes: BTreeMap::new(),
            turns: VecDeque::new(),
            ready: VecDeque::new(),
            running: FuturesUnordered::new(),
            chores: FuturesUnordered::new(),
            to_drain: VecDeque::new(),
            draining: 0,
            looking: false,
            handovers: Vec::new(),
            seated: false,
            stopping: false,
            failed: None,
            deaf: false,
        }
    }

    /// Works until one of `stops`, then finishes what is in hand. Fails when the brokers do.
    pub async fn run(mut self, stops: [CancellationToken; 2]) -> Result<(), BusError> {
        let stop = futures::future::select_all(stops.iter().map(|s| Box::pin(s.cancelled())));
        pin_mut!(stop);
        let mut looks = tokio::time::interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut released, abandoned) = (self.tools.released.clone(), self.tools.abandoned.clone());
        loop {
            // Asked before anything is started, so that nothing is started after the stop.
            if !self.stopping && stops.iter().any(CancellationToken::is_cancelled) {
                self.stop();
            }
            let more = std::future::poll_fn(|cx| Poll::Ready(self.fill(cx))).await;
            self.commit();
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
                Some(finished) = self.running.next(), if !self.running.is_empty() => {
                    self.finish(finished);
                    self.finish_others();
                }
                Some(chore) = self.chores.next(), if !self.chores.is_empty() => self.end_chore(chore),
                news = self.poller.news.recv(), if !self.deaf => self.hear(news),
                _ = looks.tick() => self.look_around(),
                Ok(()) = released.changed() => self.look(),
                () = tokio::task::yield_now(), if more => {}
            }
        }
        self.leave().await
    }

    fn is_over(&self) -> bool {
        match self.failed {
            Some(_) => self.running.is_empty(),
            None => self.stopping && self.lanes.is_empty(),
        }
    }

    async fn leave(mut self) -> Result<(), BusError> {
        let (failed, group) = (self.failed.take(), self.tools.attempts.group);
        // Whoever waits for an answer goes on without one.
        self.handovers.clear();
        let limit = if self.seated { LEAVE_MAX } else { LEAVE_UNSEATED_MAX };
        if !self.poller.leave(limit).await {
            tracing::warn!(group, "a consumer has not left its group in time");
        }
        failed.map_or(Ok(()), Err)
    }

    fn stop(&mut self) {
        self.stopping = true;
        self.lanes.values_mut().for_each(Held::close);
        self.ready.clear();
        self.to_drain.clear();
    }

    fn fail(&mut self, error: BusError) {
        let group = self.tools.attempts.group;
        tracing::warn!(group, %error, "a consumer stops because the brokers failed");
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
                if let Some(held) = self.lanes.get_mut(&slot) {
                    held.push(offset, event);
                }
            }
            News::Assigned(taken) if !self.stopping => self.take(taken),
            News::Assigned(_) => {}
            News::Revoke(slots, answer) => {
                for slot in &slots {
                    self.ready.retain(|(of, _)| of != slot);
                    self.to_drain.retain(|(of, _)| of != slot);
                    self.lanes.get_mut(slot).into_iter().for_each(Held::close);
                }
                self.handovers.push(Handover {
                    waits_for: slots.into_iter().filter(|s| self.lanes.contains_key(s)).collect(),
                    finished: Vec::new(),
                    answer,
                });
            }
            News::Failed(error) => self.fail(error),
        }
    }

    fn take(&mut self, taken: Vec<(Slot, Progress, Arc<Waiting>)>) {
        self.seated |= !taken.is_empty();
        let mut by_topic: BTreeMap<usize, Vec<i32>> = BTreeMap::new();
        for (slot, progress, waiting) in taken {
            self.lanes.insert(slot, Held::new(progress, waiting));
            self.turns.push_back(slot);
            by_topic.entry(slot.topic).or_default().push(slot.partition);
        }
        for (topic, partitions) in by_topic {
            let Some(of) = self.tools.boxes.get(topic).cloned() else {
                continue;
            };
            let letters = self.tools.letters.clone();
            let load = async move {
                let read = letters.load(&of, partitions).await?;
                let slot = |partition| Slot { topic, partition };
                Ok(Chore::Opened(
                    read.into_iter().map(|(p, troubles)| (slot(p), troubles)).collect(),
                ))
            };
            self.chores.push(load.boxed());
        }
    }

    /// Starts what may be started; tells whether there is more for another turn.
    fn fill(&mut self, cx: &mut Context<'_>) -> bool {
        self.start_drains();
        let mut left = TURN_MAX;
        while let Some((slot, (offset, event))) = self.ready.pop_front() {
            self.start(cx, slot, offset, event);
            left -= 1;
            if left == 0 {
                return true;
            }
        }
        let mut more = !self.ready.is_empty();
        for _ in 0..self.turns.len() {
            let Some(slot) = self.turns.pop_front() else { break };
            self.turns.push_back(slot);
            let taken = self.fill_from(cx, slot, left.min(LANE_TURN_MAX));
            left -= taken;
            if left == 0 {
                return true;
            }
            more |= taken == LANE_TURN_MAX || !self.ready.is_empty();
        }
        more
    }

    /// Takes up to `limit` events from one partition; returns how many.
    fn fill_from(&mut self, cx: &mut Context<'_>, slot: Slot, limit: usize) -> usize {
        for taken in 0..limit {
            if self.in_flight() >= self.tools.in_flight_max || self.chores.len() >= CHORES_MAX {
                return taken;
            }
            let Some(held) = self.lanes.get_mut(&slot) else {
                return taken;
            };
            let Some((offset, event)) = held.next() else {
                return taken;
            };
            let since = held.troubles.keys.get(&event.key).map(|p| p.mark.since);
            if held.troubles.letters.contains_key(&offset) || since.is_some_and(|since| offset < since) {
                // Given again because it was not committed when the process died.
                held.lane.admit_aside(offset);
                held.lane.done(offset);
            } else if since.is_some() && !held.lane.is_busy(&event.key) {
                if held.lane.admit_aside(offset) {
                    self.write_behind(slot, offset, event);
                }
            } else if let Some(event) = held.lane.admit(offset, event) {
                self.start(cx, slot, offset, event);
            }
        }
        limit
    }

    fn in_flight(&self) -> usize {
        self.running.len() + self.ready.len() + self.draining
    }

    fn start(&mut self, cx: &mut Context<'_>, slot: Slot, offset: i64, event: Event) {
        let Some(held) = self.lanes.get_mut(&slot) else { return };
        held.in_hand += 1;
        let (attempts, give_up) = (self.tools.attempts.clone(), held.give_up.clone());
        let mut run: BoxFuture<'static, Finished> = Box::pin(async move {
            let outcome = attempts.run(&event, &give_up).await;
            Finished {
                slot,
                offset,
                event,
                outcome,
            }
        });
        // Many handlers are done at once: those never go into the set.
        match run.as_mut().poll(cx) {
            Poll::Ready(finished) => self.finish(finished),
            Poll::Pending => self.running.push(run),
        }
    }

    fn finish_others(&mut self) {
        for _ in 0..TURN_MAX {
            match self.running.next().now_or_never() {
                Some(Some(finished)) => self.finish(finished),
                _ => return,
            }
        }
    }

    fn finish(&mut self, finished: Finished) {
        let Finished {
            slot,
            offset,
            event,
            outcome,
        } = finished;
        let Some(held) = self.lanes.get_mut(&slot) else { return };
        held.in_hand -= 1;
        let key = event.key.clone();
        match outcome {
            Outcome::Acked => {
                held.lane.done(offset);
                self.handled.increment(1);
            }
            Outcome::Abandoned => return,
            Outcome::Poison(reason) => {
                let park = self.tools.on_poison == OnPoison::ParkKey;
                let group = self.tools.attempts.group;
                tracing::warn!(group, event = %event.id, topic = %event.topic, %reason, park, "an event became a dead letter");
                let head = park.then(|| Mark {
                    head: event.id.to_string(),
                    since: offset,
                    releasing: false,
                });
                self.write_letter(slot, (offset, event), reason, head);
            }
        }
        self.go_on(slot, &key);
    }

    fn end_chore(&mut self, chore: Result<Chore, BusError>) {
        match chore {
            Ok(Chore::Opened(all)) => all.into_iter().for_each(|(slot, troubles)| self.opened(slot, troubles)),
            Ok(Chore::Looked(all)) => {
                self.looking = false;
                all.into_iter().for_each(|looked| self.looked(looked));
            }
            Ok(Chore::Lettered(slot, wrote)) => self.lettered(slot, &wrote),
            Ok(Chore::Drained(slot, key, end)) => self.end_drain(slot, &key, end),
            Ok(Chore::Noted(slot)) => self.lanes.get_mut(&slot).into_iter().for_each(|held| held.in_hand -= 1),
            Err(error) => self.fail(error),
        }
    }

    /// Tells the thread how far the partitions are, and gives up those that are to be given and have nothing in hand.
    fn commit(&mut self) {
        let (mut moved, mut empty) = (Vec::new(), Vec::new());
        for (slot, held) in &mut self.lanes {
            if let Some(next) = held.commit() {
                moved.push((*slot, Progress { next, done: Vec::new() }));
            }
            if held.closing && held.in_hand == 0 {
                empty.push(*slot);
            }
        }
        for slot in empty {
            let Some(held) = self.lanes.remove(&slot) else { continue };
            self.turns.retain(|s| *s != slot);
            let progress = held.progress();
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
