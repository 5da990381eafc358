//! Owns one member of a group at work: it takes the partitions that it ought to have, reads them, acks what is dealt with, and gives
//! them up. Refuses to know handlers: what is done with the events is `hands`.
//!
//! The loop never waits for anything but its own select, so that no handler in hand is ever left unpolled.

mod following;
mod grip;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_nats::Subject;
use futures::future::BoxFuture;
use futures::stream::{FuturesUnordered, StreamExt as _};
use futures::{FutureExt as _, pin_mut};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use self::grip::{Grip, State};
use super::board::{Holder, Record};
use super::channel::Channel;
use super::seats::{ACK_WAIT, Taken};
use super::{Shared, names};
use crate::BusError;
use crate::hands::{self, Hands, Terms};

/// How often a member looks whether the server is away, and says that it is at work.
const TICK: Duration = Duration::from_secs(1);
/// What is not acked after this part of the server's patience is said to be in progress.
const PROGRESS_AFTER: Duration = Duration::from_secs(ACK_WAIT.as_secs() / 3);
/// How long an ack may take to be confirmed.
const CONFIRM_MAX: Duration = Duration::from_secs(5);

/// A piece of the member's own work that has ended.
enum Chore {
    Registered(Result<(), BusError>),
    Taken(u32, Result<Option<Box<Taken>>, BusError>),
    Acked(u32, u64, Result<(), String>),
    Given(u32, Result<(), BusError>),
    Left,
}

/// One call of `consume`.
pub(super) struct Member {
    shared: Arc<Shared>,
    holder: Holder,
    group: &'static str,
    channels: Vec<Arc<Channel>>,
    hands: Hands,
    grips: BTreeMap<u32, Grip>,
    chores: FuturesUnordered<BoxFuture<'static, Chore>>,
    registering: bool,
    /// The board is to be looked at although it has not changed.
    look_again: bool,
    stopping: bool,
    left: bool,
    failed: Option<BusError>,
}

impl Member {
    /// Joins a group for the topics of `channels`.
    pub fn join(shared: Arc<Shared>, channels: Vec<Arc<Channel>>, terms: Terms) -> Self {
        let holder = Holder {
            session: shared.board.session.clone(),
            member: shared.ambient.id::<kernel::EventId>().to_string(),
        };
        shared.members.lock().insert(holder.member.clone());
        let hands = Hands::new(Arc::new(shared.letters.clone()), terms);
        Self {
            holder,
            group: hands.group(),
            hands,
            shared,
            channels,
            grips: BTreeMap::new(),
            chores: FuturesUnordered::new(),
            registering: false,
            look_again: true,
            stopping: false,
            left: false,
            failed: None,
        }
    }

    /// Works until one of `stops`, then finishes what is in hand. Fails when the server is away for too long.
    pub async fn run(mut self, stops: [CancellationToken; 2]) -> Result<(), BusError> {
        let stop = futures::future::select_all(stops.iter().map(|s| Box::pin(s.cancelled())));
        pin_mut!(stop);
        let (mut changes, mut breaks) = (self.shared.board.changes(), self.shared.breaks.subscribe());
        breaks.mark_unchanged();
        let mut tick = tokio::time::interval(TICK);
        self.register();
        loop {
            // Asked before anything is started, so that nothing is started after the stop.
            if !self.stopping && stops.iter().any(CancellationToken::is_cancelled) {
                self.stop();
            }
            let stale = self.shared.board.stale_for();
            if stale.is_none() && (self.look_again || changes.has_changed().unwrap_or(false)) {
                changes.mark_unchanged();
                self.look_again = false;
                self.follow_board();
            }
            // Others may take us for dead: nothing new is begun.
            let more = stale.is_none() && self.hands.fill().await;
            self.commit();
            self.failed = self.failed.take().or_else(|| self.hands.failure());
            if self.failed.is_some() || (self.stopping && self.left && self.grips.is_empty()) {
                break;
            }
            for (slot, grip) in &mut self.grips {
                grip.room = self.hands.room(*slot);
            }
            tokio::select! {
                biased;
                _ = &mut stop, if !self.stopping => self.stop(),
                Some(chore) = self.chores.next(), if !self.chores.is_empty() => self.end_chore(chore),
                Ok(()) = breaks.changed() => self.renew_all(),
                () = self.hands.step() => {}
                (slot, read) = grip::read(&mut self.grips) => self.take_in(slot, read),
                Ok(()) = changes.changed() => self.look_again = true,
                _ = tick.tick() => self.look_around(),
                () = tokio::task::yield_now(), if more => {}
            }
        }
        match self.failed.take() {
            Some(error) => {
                tracing::warn!(group = self.group, %error, "a consumer stops because the server failed");
                Err(error)
            }
            None => Ok(()),
        }
    }

    fn record_key(&self) -> String {
        format!("member.{}.{}", names::token(self.group), self.holder.member)
    }

    /// Says what we want.
    fn register(&mut self) {
        self.registering = true;
        let (shared, key) = (self.shared.clone(), self.record_key());
        let record = Record::Member {
            session: self.holder.session.clone(),
            topics: self.channels.iter().map(|c| c.topic.name.to_owned()).collect(),
        };
        let put = async move { Chore::Registered(shared.board.put(&key, Some(&record)).await) };
        self.chores.push(put.boxed());
    }

    fn stop(&mut self) {
        self.stopping = true;
        self.hands.close_all();
        // First of all, so that others know what they are to have as soon as it is free.
        let (shared, key) = (self.shared.clone(), self.record_key());
        let leave = async move {
            if let Err(error) = shared.board.put(&key, None).await {
                tracing::debug!(%error, "a member left without a word");
            }
            Chore::Left
        };
        self.chores.push(leave.boxed());
    }

    fn take(&mut self, slot: u32, own: Option<(u64, Vec<i64>)>) {
        let Some(grip) = self.grips.get_mut(&slot) else { return };
        grip.state = State::Taking;
        let (seats, holder, group) = (self.shared.seats.clone(), self.holder.clone(), self.group);
        let (channel, partition) = (grip.channel.clone(), grip.partition);
        let take = async move {
            let taken = seats.take(&channel, (group, partition), holder, own).await;
            Chore::Taken(slot, taken.map(|t| t.map(Box::new)))
        };
        self.chores.push(take.boxed());
    }

    fn end_chore(&mut self, chore: Chore) {
        // What was under way was left alone by the looks in between.
        self.look_again |= !matches!(chore, Chore::Acked(..));
        match chore {
            Chore::Registered(Ok(())) => self.registering = false,
            Chore::Left => self.left = true,
            Chore::Taken(slot, Ok(taken)) => self.end_take(slot, taken),
            Chore::Given(slot, Ok(())) => {
                self.grips.remove(&slot);
            }
            Chore::Acked(slot, epoch, end) => self.end_ack(slot, epoch, end),
            Chore::Registered(Err(error)) | Chore::Taken(_, Err(error)) | Chore::Given(_, Err(error)) => {
                self.failed.get_or_insert(error);
            }
        }
    }

    fn end_take(&mut self, slot: u32, taken: Option<Box<Taken>>) {
        let Some(grip) = self.grips.get_mut(&slot) else { return };
        let Some(taken) = taken else {
            self.grips.remove(&slot);
            return;
        };
        let seat = hands::Seat {
            group: self.group.into(),
            slot,
            topic: grip.channel.name.clone(),
            partition: grip.partition,
        };
        let taken = *taken;
        grip.begin(taken.epoch, taken.from, taken.messages);
        self.hands.take(vec![hands::Taken {
            seat,
            next: taken.from.cast_signed(),
            done: taken.done,
        }]);
        if self.stopping {
            grip.closing = true;
            self.hands.close(slot);
        }
    }

    /// Takes in what was read.
    fn take_in(&mut self, slot: u32, read: grip::Read) {
        let Some(grip) = self.grips.get_mut(&slot) else { return };
        let (events, whole) = grip.take_in(read);
        self.hands.feed(slot, events);
        if !whole {
            self.renew(slot);
        }
    }

    /// Takes a partition anew, because something on the way to us was or may have been lost.
    fn renew(&mut self, slot: u32) {
        let Some(grip) = self.grips.get_mut(&slot) else { return };
        if matches!(grip.state, State::Reading(_)) && !grip.closing && !grip.lost {
            tracing::debug!(place = grip.place, "a partition is taken anew");
            (grip.closing, grip.renew) = (true, true);
            self.hands.close(slot);
        }
    }

    fn renew_all(&mut self) {
        let slots: Vec<u32> = self.grips.keys().copied().collect();
        slots.into_iter().for_each(|slot| self.renew(slot));
    }

    /// Acks the contiguous prefix of each partition, and gives up what is empty.
    fn commit(&mut self) {
        self.hands.commits(|slot, offset| {
            if let Some(Grip {
                state: State::Reading(reading),
                ..
            }) = self.grips.get_mut(&slot)
            {
                reading.commit(offset);
            }
        });
        for (slot, done) in self.hands.emptied() {
            if let Some(grip) = self.grips.get_mut(&slot) {
                grip.emptied = Some(done);
            }
        }
        let slots: Vec<u32> = self.grips.keys().copied().collect();
        for slot in slots {
            self.ack_or_give(slot);
        }
    }

    fn ack_or_give(&mut self, slot: u32) {
        let Some(grip) = self.grips.get_mut(&slot) else { return };
        let State::Reading(reading) = &mut grip.state else {
            return;
        };
        if reading.acking {
            return;
        }
        if let Some(subject) = reading.to_ack.take().filter(|_| !grip.lost) {
            reading.acking = true;
            let acked = ack(self.shared.clone(), subject);
            let epoch = reading.epoch;
            self.chores
                .push(async move { Chore::Acked(slot, epoch, acked.await) }.boxed());
            return;
        }
        let Some(done) = grip.emptied.take() else { return };
        let floor = reading.floor;
        if grip.lost {
            self.grips.remove(&slot);
            self.look_again = true;
        } else if grip.renew && !self.stopping {
            (grip.renew, grip.closing) = (false, false);
            self.take(slot, Some((floor, done)));
        } else {
            grip.state = State::Giving;
            let (seats, place, holder) = (self.shared.seats.clone(), grip.place.clone(), self.holder.clone());
            let give = async move { Chore::Given(slot, seats.give(&place, &holder, floor, done).await) };
            self.chores.push(give.boxed());
        }
    }

    fn end_ack(&mut self, slot: u32, epoch: u64, end: Result<(), String>) {
        let Some(grip) = self.grips.get_mut(&slot) else { return };
        let State::Reading(reading) = &mut grip.state else {
            return;
        };
        if reading.epoch != epoch {
            return;
        }
        reading.acking = false;
        if let Err(why) = end {
            tracing::debug!(place = grip.place, why, "an ack was not confirmed");
            // The board keeps what is dealt with over the taking anew.
            self.renew(slot);
        }
    }

    /// Fails when the server is away for too long, and says of what takes long that it is in progress.
    fn look_around(&mut self) {
        if let Some(silent) = self.shared.board.stale_for().filter(|s| *s > self.shared.link.away_max) {
            let error = BusError::Unavailable(format!("the server has been away for {silent:?}"));
            self.failed.get_or_insert(error);
        }
        let old = Instant::now() - PROGRESS_AFTER;
        let subjects: Vec<Subject> = self.grips.values_mut().flat_map(|grip| grip.in_progress(old)).collect();
        if subjects.is_empty() {
            return;
        }
        let client = self.shared.link.client.clone();
        tokio::spawn(async move {
            for subject in subjects {
                // A hint: should it be lost, what comes again is known and left out.
                drop(client.publish(subject, "+WPI".into()).await);
            }
        });
    }
}

impl Drop for Member {
    /// Leaves the group also when the call was cancelled: what was in hand is given to another member again.
    fn drop(&mut self) {
        // Before the partitions are free: a key is never in two hands.
        self.hands.abandon();
        self.shared.members.lock().remove(&self.holder.member);
        self.shared.left.notify_one();
    }
}

/// Acks everything up to the message of this subject, and waits for the confirmation.
async fn ack(shared: Arc<Shared>, subject: Subject) -> Result<(), String> {
    let confirmed = tokio::time::timeout(CONFIRM_MAX, shared.link.client.request(subject, "+ACK".into()));
    match confirmed.await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("no confirmation in time".into()),
    }
}
