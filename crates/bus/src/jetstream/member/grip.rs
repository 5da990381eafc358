//! Owns what a member knows of one partition that it has or is about to have. Refuses to wait for anything but messages.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;
use std::task::Poll;

use async_nats::Subject;
use async_nats::jetstream::Message;
use async_nats::jetstream::consumer::pull;
use contracts::Event;
use futures::stream::StreamExt as _;
use tokio::time::Instant;

use crate::jetstream::channel::Channel;

/// A partition in a member's grip.
pub(super) struct Grip {
    pub channel: Arc<Channel>,
    pub partition: u16,
    /// Its key on the board.
    pub place: String,
    pub state: State,
    /// Events that may be read now.
    pub room: usize,
    /// Nothing is taken any more.
    pub closing: bool,
    /// It is to be taken anew once it is empty.
    pub renew: bool,
    /// It is somebody else's.
    pub lost: bool,
    /// Releases that were heard of: the key's record, and its revision then in this reading of the bucket.
    heard: HashMap<String, (u64, u64)>,
    /// Nothing of it is in hand; these offsets beyond the floor are dealt with.
    pub emptied: Option<Vec<i64>>,
}

/// How far a partition's taking has come.
pub(super) enum State {
    Taking,
    Reading(Box<Reading>),
    Giving,
}

/// A partition that is being read.
pub(super) struct Reading {
    pub epoch: u64,
    messages: pull::Stream,
    /// Deliveries of the consumer so far.
    delivered: u64,
    /// Offset of the last message taken in.
    read: i64,
    /// What was read and is not to be acked yet: offset, where to ack it, when it was read or last said to be in progress.
    unacked: VecDeque<(i64, Subject, Instant)>,
    /// Everything up to here is dealt with.
    pub floor: u64,
    /// The ack that is due.
    pub to_ack: Option<Subject>,
    pub acking: bool,
}

/// What a look at the messages brought.
pub(super) struct Read {
    messages: Vec<Message>,
    broken: bool,
}

impl Grip {
    /// Begins to take a partition.
    pub fn new(channel: Arc<Channel>, partition: u16, place: String) -> Self {
        Self {
            channel,
            partition,
            place,
            state: State::Taking,
            room: 0,
            closing: false,
            renew: false,
            lost: false,
            heard: HashMap::new(),
            emptied: None,
        }
    }

    /// Begins to read from a sequence on.
    pub fn begin(&mut self, epoch: u64, from: u64, messages: pull::Stream) {
        self.heard.clear();
        let floor = from.saturating_sub(1);
        self.state = State::Reading(Box::new(Reading {
            epoch,
            messages,
            delivered: 0,
            read: floor.cast_signed(),
            unacked: VecDeque::new(),
            floor,
            to_ack: None,
            acking: false,
        }));
    }

    /// Tells whether a release was not heard of before.
    pub fn is_news(&mut self, record: String, revision: (u64, u64)) -> bool {
        self.heard.insert(record, revision) != Some(revision)
    }

    /// Takes messages in; tells the events, and whether everything has come that was delivered.
    pub fn take_in(&mut self, read: Read) -> (Vec<(i64, Option<Event>)>, bool) {
        let (mut events, topic) = (Vec::with_capacity(read.messages.len()), self.channel.topic.name);
        let State::Reading(reading) = &mut self.state else {
            return (events, true);
        };
        for message in read.messages {
            let Ok(info) = message.info() else { continue };
            let (offset, number) = (info.stream_sequence.cast_signed(), info.consumer_sequence);
            if number != reading.delivered + 1 {
                return (events, false);
            }
            reading.delivered = number;
            // It comes again because its handling takes long.
            if offset <= reading.read {
                continue;
            }
            let Some(subject) = message.reply.clone() else { continue };
            reading.read = offset;
            reading.unacked.push_back((offset, subject, Instant::now()));
            let event = Event::parse(topic, message.message.payload);
            if let Err(error) = &event {
                tracing::error!(topic, offset, %error, "a message is no event and is left out");
            }
            events.push((offset, event.ok()));
        }
        (events, !read.broken)
    }

    /// Returns where to say that what was read before `old` is in progress.
    pub fn in_progress(&mut self, old: Instant) -> Vec<Subject> {
        let State::Reading(reading) = &mut self.state else {
            return Vec::new();
        };
        let now = Instant::now();
        let slow = reading.unacked.iter_mut().filter(|(_, _, since)| *since < old);
        let subjects = slow.map(|(_, subject, since)| {
            *since = now;
            subject.clone()
        });
        subjects.collect()
    }
}

impl Reading {
    /// Notes that everything up to an offset is dealt with.
    pub fn commit(&mut self, offset: i64) {
        self.floor = offset.cast_unsigned();
        while self.unacked.front().is_some_and(|(at, ..)| *at <= offset) {
            self.to_ack = self
                .unacked
                .pop_front()
                .map(|(_, subject, _)| subject)
                .or(self.to_ack.take());
        }
    }
}

/// Waits for messages of any partition that has room for them.
pub(super) async fn read(grips: &mut BTreeMap<u32, Grip>) -> (u32, Read) {
    std::future::poll_fn(|cx| {
        for (slot, grip) in grips.iter_mut() {
            let State::Reading(reading) = &mut grip.state else {
                continue;
            };
            if grip.room == 0 || grip.closing || grip.lost {
                continue;
            }
            let mut read = Read {
                messages: Vec::new(),
                broken: false,
            };
            while read.messages.len() < grip.room {
                match reading.messages.poll_next_unpin(cx) {
                    Poll::Ready(Some(Ok(message))) => read.messages.push(message),
                    Poll::Ready(Some(Err(error))) => {
                        tracing::debug!(place = grip.place, %error, "the messages end");
                        read.broken = true;
                        break;
                    }
                    Poll::Ready(None) => {
                        read.broken = true;
                        break;
                    }
                    Poll::Pending => break,
                }
            }
            if read.broken || !read.messages.is_empty() {
                return Poll::Ready((*slot, read));
            }
        }
        Poll::Pending
    })
    .await
}
