//! Owns the thread's side: which partitions it holds, which of them are paused because too much waits, and how far they are. It has
//! committed what it is told, and lets a partition go only when its holder has finished. Refuses to poll.
//!
//! **Commits.** Progress is stored in the client, which commits what is stored each `COMMIT_EVERY` and tries again by
//! itself what the brokers refused (during a rebalance they refuse the old generation). A commit of our own that nobody waits
//! for would be lost then: the client tells nobody how it ended. Where somebody waits, in handing over and in leaving,
//! the commit is our own and is waited for.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::mpsc::{self as std_mpsc, RecvTimeoutError};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer as _, ConsumerContext, RebalanceProtocol};
use rdkafka::error::{KafkaError, KafkaResult, RDKafkaErrorCode};
use rdkafka::message::{BorrowedMessage, Message as _};
use rdkafka::types::RDKafkaRespErr;
use rdkafka::{Offset, TopicPartitionList};
use tokio::sync::mpsc;

use super::{ABANDON, LEAVE, News, Shared, WORK, Waiting};
use crate::kafka::begin::{Progress, Slot, begin};
use crate::kafka::record::event_of;
use crate::kafka::settings::Channel;
use crate::kafka::{TICK, logs, unavailable};
use crate::{BusError, Start};

/// A paused partition goes on when this share of the limit is left.
const RESUME_SHARE: usize = 4;
/// How long the thread waits for a member that is about to catch up before it pauses a partition: a pause throws away what the
/// client has read ahead.
const BREATH: Duration = Duration::from_millis(20);
/// Tries to find out where to go on in new partitions.
const BEGIN_TRIES: usize = 3;

/// The thread's side: which partitions it holds.
pub(super) struct Seats {
    pub topics: Vec<Channel>,
    start: Start,
    pub say: mpsc::UnboundedSender<News>,
    pub shared: Arc<Shared>,
    held: Mutex<HashMap<Slot, Held>>,
}

struct Held {
    waiting: Arc<Waiting>,
    paused: bool,
    /// How far it is, as the member told last.
    told: Option<Progress>,
    /// Whether the client has that.
    stored: bool,
}

impl Seats {
    /// Starts without partitions.
    pub fn new(topics: Vec<Channel>, start: Start, say: mpsc::UnboundedSender<News>, shared: Arc<Shared>) -> Self {
        Self {
            topics,
            start,
            say,
            shared,
            held: Mutex::default(),
        }
    }

    fn slot(&self, wire: &str, partition: i32) -> Option<Slot> {
        let topic = self.topics.iter().position(|c| &*c.wire == wire)?;
        Some(Slot { topic, partition })
    }

    fn wire(&self, slot: Slot) -> &str {
        self.topics.get(slot.topic).map_or("", |c| &*c.wire)
    }

    fn list<'a>(&self, slots: impl Iterator<Item = &'a Slot>) -> TopicPartitionList {
        let mut list = TopicPartitionList::new();
        for slot in slots {
            list.add_partition(self.wire(*slot), slot.partition);
        }
        list
    }

    /// Passes an event on, and pauses its partition when too much waits.
    pub fn forward(&self, consumer: &BaseConsumer<Self>, message: &BorrowedMessage<'_>) -> Result<(), BusError> {
        let Some(slot) = self.slot(message.topic(), message.partition()) else {
            return Ok(());
        };
        let Some(waiting) = self.held.lock().get(&slot).map(|h| h.waiting.clone()) else {
            return Ok(());
        };
        let name = self.topics.get(slot.topic).map_or("", |c| &*c.name);
        let event = event_of(name, message);
        if let Err(error) = &event {
            tracing::error!(%error, topic = name, partition = slot.partition, offset = message.offset(), "a record is no event; skipped");
        }
        waiting.add(event.as_ref().map_or(0, |e| e.bytes.len()));
        let gone = self.say.send(News::Event(slot, message.offset(), event.ok())).is_err();
        if gone {
            self.shared.give(LEAVE);
        }
        let began = Instant::now();
        while waiting.is_over(1) {
            if began.elapsed() > BREATH {
                let mut held = self.held.lock();
                held.get_mut(&slot).into_iter().for_each(|h| h.paused = true);
                return consumer.pause(&self.list([slot].iter())).map_err(unavailable);
            }
            std::thread::park_timeout(Duration::from_millis(1));
        }
        Ok(())
    }

    /// Goes on with paused partitions of which little is left.
    pub fn resume(&self, consumer: &BaseConsumer<Self>) -> Result<(), BusError> {
        let mut held = self.held.lock();
        let due = held
            .iter_mut()
            .filter(|(_, h)| h.paused && !h.waiting.is_over(RESUME_SHARE));
        let slots: Vec<Slot> = due
            .map(|(slot, held)| {
                held.paused = false;
                *slot
            })
            .collect();
        match slots.is_empty() {
            true => Ok(()),
            false => consumer.resume(&self.list(slots.iter())).map_err(unavailable),
        }
    }

    /// Learns how far partitions are; returns those that `wanted` picks, as the brokers are told it.
    fn progress(&self, wanted: impl Fn(&Held) -> bool) -> TopicPartitionList {
        let due = std::mem::take(&mut *self.shared.progress.lock());
        let mut held = self.held.lock();
        for (slot, progress) in due {
            if let Some(held) = held.get_mut(&slot) {
                (held.told, held.stored) = (Some(progress), false);
            }
        }
        let mut list = TopicPartitionList::new();
        for (slot, held) in held.iter().filter(|(_, held)| wanted(held)) {
            let Some(progress) = &held.told else { continue };
            let mut element = list.add_partition(self.wire(*slot), slot.partition);
            element.set_metadata(progress.note());
            if let Err(error) = element.set_offset(Offset::Offset(progress.next)) {
                tracing::warn!(%error, "an offset cannot be committed");
            }
        }
        list
    }

    /// Stores in the client what it is to commit. What it does not take is stored the next time.
    pub fn store(&self, consumer: &BaseConsumer<Self>) {
        let list = self.progress(|held| !held.stored);
        if list.count() == 0 {
            return;
        }
        if let Err(error) = consumer.store_offsets(&list) {
            tracing::debug!(%error, "no offset was stored");
            return;
        }
        let mut held = self.held.lock();
        for element in list.elements().iter().filter(|e| e.error().is_ok()) {
            let slot = self.slot(element.topic(), element.partition());
            let stored = slot.and_then(|slot| held.get_mut(&slot));
            stored.into_iter().for_each(|held| held.stored = true);
        }
    }

    /// Commits how far all partitions are, and waits for it; tells whether that was done.
    pub fn commit(&self, consumer: &BaseConsumer<Self>) -> bool {
        let list = self.progress(|_| true);
        if list.count() == 0 {
            return true;
        }
        // When a partition goes, the client commits once more what is stored of it, however old: it must be this.
        let stored = consumer.store_offsets(&list);
        let committed = stored.and_then(|()| consumer.commit(&list, CommitMode::Sync));
        if let Err(error) = &committed {
            tracing::debug!(%error, "a commit failed");
        }
        committed.is_ok()
    }

    fn assign(&self, consumer: &BaseConsumer<Self>, list: &mut TopicPartitionList) -> KafkaResult<()> {
        let mut tries = 0;
        let begun = loop {
            self.shared.beat();
            tries += 1;
            match begin(consumer, list, self.start) {
                Ok(begun) => break begun,
                Err(error) if tries < BEGIN_TRIES && self.shared.order() == WORK => {
                    tracing::debug!(%error, "where to go on is not known; asking again");
                }
                Err(error) => return Err(error),
            }
        };
        let mut taken = Vec::with_capacity(begun.len());
        {
            let mut held = self.held.lock();
            for (topic, partition, progress) in begun {
                let Some(slot) = self.slot(&topic, partition) else {
                    continue;
                };
                let waiting = Arc::new(Waiting::default());
                held.insert(
                    slot,
                    Held {
                        waiting: waiting.clone(),
                        paused: false,
                        told: None,
                        stored: false,
                    },
                );
                taken.push((slot, progress, waiting));
            }
        }
        let _ = self.say.send(News::Assigned(taken));
        Ok(())
    }

    /// Waits until the member has finished what it has in hand, and commits that.
    fn revoke(&self, consumer: &BaseConsumer<Self>, list: &TopicPartitionList) {
        let slots = list.elements();
        let slots = slots.iter().filter_map(|e| self.slot(e.topic(), e.partition()));
        let slots: Vec<Slot> = slots.filter(|s| self.held.lock().contains_key(s)).collect();
        if self.shared.order() == WORK {
            let (answer, answered) = std_mpsc::channel();
            let _ = self
                .say
                .send(News::Revoke(slots.clone(), consumer.assignment_lost(), answer));
            // Who leaves meanwhile has told already how far it is.
            while self.shared.order() == WORK {
                self.shared.beat();
                match answered.recv_timeout(TICK) {
                    Ok(finished) => {
                        self.shared.progress.lock().extend(finished);
                        break;
                    }
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => break,
                }
            }
        }
        if self.shared.order() != ABANDON && !consumer.assignment_lost() {
            self.commit(consumer);
        }
        let mut held = self.held.lock();
        let mut progress = self.shared.progress.lock();
        for slot in slots {
            progress.remove(&slot);
            // A pause outlives the assignment otherwise.
            if held.remove(&slot).is_some_and(|h| h.paused) {
                let _ = consumer.resume(&self.list([slot].iter()));
            }
        }
    }
}

impl ClientContext for Seats {
    fn log(&self, level: RDKafkaLogLevel, fac: &str, message: &str) {
        logs::log(level, fac, message);
    }

    fn error(&self, error: KafkaError, reason: &str) {
        logs::report(&error, reason);
    }
}

impl ConsumerContext for Seats {
    fn rebalance(&self, consumer: &BaseConsumer<Self>, event: RDKafkaRespErr, list: &mut TopicPartitionList) {
        let cooperative = matches!(consumer.rebalance_protocol(), RebalanceProtocol::Cooperative);
        let done = match event {
            RDKafkaRespErr::RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS => {
                let begun = match self.shared.order() {
                    WORK => self.assign(consumer, list),
                    _ => Ok(()),
                };
                // Also when that failed: the group waits for an answer.
                let assigned = if cooperative {
                    consumer.incremental_assign(list)
                } else {
                    consumer.assign(list)
                };
                begun.and(assigned)
            }
            RDKafkaRespErr::RD_KAFKA_RESP_ERR__REVOKE_PARTITIONS => {
                self.revoke(consumer, list);
                if cooperative {
                    consumer.incremental_unassign(list)
                } else {
                    consumer.unassign()
                }
            }
            other => {
                let _ = consumer.unassign();
                Err(KafkaError::Rebalance(RDKafkaErrorCode::from(other)))
            }
        };
        if let Err(error) = done {
            // The member finishes what it has in hand and leaves; until then its partitions are its own.
            let _ = self.say.send(News::Failed(unavailable(error)));
        }
    }
}
