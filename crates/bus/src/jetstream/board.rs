//! Owns what the processes tell each other: who is alive, who is a member, who holds which partition, which keys are parked. All of it is
//! one NATS key-value bucket, mirrored here. Refuses to know events and to decide who ought to hold what.
//!
//! The mirror changes only as the bucket's own stream says, and a write returns when the mirror has it: everybody sees the changes
//! in one order. A session is dead when so many of **our** signs of life have come back without one of its: the server's order is
//! the clock, so that neither a clock that is wrong nor a process that slept makes the living look dead.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::jetstream::consumer::{DeliverPolicy, pull};
use async_nats::jetstream::context::PublishErrorKind;
use bytes::Bytes;
use futures::StreamExt as _;
use kernel::Timestamp;
use parking_lot::Mutex;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::link::{Link, away};
use crate::BusError;

/// Signs of life in the time after which a silent session counts as dead.
const BEATS_MAX: u32 = 4;
/// How long the bucket remembers that a record was removed.
const REMOVAL_KEPT: &str = "1h";
/// Pause before the bucket is read anew after a failure.
const PAUSE: Duration = Duration::from_millis(250);

/// A member of a group: one call of `consume` in one session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Holder {
    /// The process's bus.
    pub session: String,
    /// The call.
    pub member: String,
}

/// A group in a partition.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Seat {
    /// Who reads the partition for the group.
    pub holder: Option<Holder>,
    /// Grows with each taking; names the consumer.
    pub epoch: u64,
    /// The first sequence that is not acked, as far as was known when the consumer of this epoch was made.
    pub from: u64,
    /// Sequences from there on that are dealt with.
    pub done: Vec<i64>,
}

/// A key that a group holds back.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct ParkedKey {
    pub topic: String,
    pub group: String,
    pub key: String,
    /// The event that it was parked for, its sequence, and why.
    pub head: String,
    pub since: i64,
    pub reason: String,
    /// When.
    pub at: Timestamp,
    /// While its letters are handed out: those after this sequence are released, the others are dead.
    pub releasing: Option<i64>,
}

/// What stands in the bucket.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub(super) enum Record {
    /// A session's sign of life.
    Alive,
    /// A member, and the topics that it wants.
    Member { session: String, topics: Vec<String> },
    /// A group in a partition.
    Seat(Seat),
    /// A key that is held back.
    Parked(ParkedKey),
}

/// The mirror of the bucket.
pub(super) struct Board {
    link: Arc<Link>,
    stream: String,
    prefix: String,
    /// Name of this bus among the others.
    pub session: String,
    beat: Duration,
    state: Mutex<State>,
    changes: watch::Sender<u64>,
    closed: CancellationToken,
}

#[derive(Default)]
struct State {
    /// By key; a removed record keeps its place, for the next write to it.
    records: BTreeMap<String, (u64, Option<Record>)>,
    /// Sequence of the last change seen.
    applied: u64,
    /// Our own signs of life that came back.
    beats: u64,
    /// The number of ours when each session was last heard of.
    heard: HashMap<String, u64>,
    last_beat: Option<Instant>,
}

impl Board {
    /// Mirrors the bucket from now on, until `close`; returns when the mirror is complete.
    pub async fn open(link: Arc<Link>, bucket: &str, session: String, lease: Duration) -> Result<Arc<Self>, BusError> {
        let board = Arc::new(Self {
            stream: format!("KV_{bucket}"),
            prefix: format!("$KV.{bucket}."),
            beat: lease / BEATS_MAX,
            link,
            session,
            state: Mutex::default(),
            changes: watch::Sender::new(0),
            closed: CancellationToken::new(),
        });
        let (following, beating) = (board.clone(), board.clone());
        tokio::spawn(async move {
            following.closed.run_until_cancelled(following.follow_for_ever()).await;
        });
        tokio::spawn(async move {
            beating.closed.run_until_cancelled(beating.beat_for_ever()).await;
        });
        board
            .until("the bucket to be read", |state| state.last_beat.is_some())
            .await?;
        Ok(board)
    }

    /// Returns a record with its revision; revision 0 when there never was one.
    pub fn get(&self, key: &str) -> (u64, Option<Record>) {
        self.state.lock().records.get(key).cloned().unwrap_or((0, None))
    }

    /// Returns the records whose keys begin with `prefix`, in the order of their keys.
    pub fn list(&self, prefix: &str) -> Vec<(String, u64, Record)> {
        let state = self.state.lock();
        let from = state.records.range(prefix.to_owned()..);
        from.take_while(|(key, _)| key.starts_with(prefix))
            .filter_map(|(key, (revision, record))| Some((key.clone(), *revision, record.clone()?)))
            .collect()
    }

    /// Tells of every change, also of the passing of time.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Waits until the mirror is closed.
    pub async fn left(&self) {
        self.closed.cancelled().await;
    }

    /// Tells whether a session has been silent for too long, or has left.
    pub fn is_dead(&self, session: &str) -> bool {
        session != self.session && self.state.lock().is_dead(session)
    }

    /// Returns for how long the bucket has not been heard of, when that is so long that others may take us for dead.
    pub fn stale_for(&self) -> Option<Duration> {
        let last = self.state.lock().last_beat;
        let silent = last.map_or(Duration::MAX, |at| at.elapsed());
        (silent >= self.beat * (BEATS_MAX - 1)).then_some(silent)
    }

    /// Writes a record, or removes it, whatever stands there.
    pub async fn put(&self, key: &str, record: Option<&Record>) -> Result<(), BusError> {
        let sequence = self.link.patiently("a write", || self.write(key, record, None)).await?;
        self.until_applied(sequence.unwrap_or(0)).await
    }

    /// Writes a record, or removes it, if its revision is still `expected`; else `false`.
    pub async fn swap(&self, key: &str, expected: u64, record: Option<&Record>) -> Result<bool, BusError> {
        let written = self
            .link
            .patiently("a write", || self.write(key, record, Some(expected)));
        let Some(sequence) = written.await? else {
            // The bucket may have forgotten the removal that we remember.
            let mut state = self.state.lock();
            if state
                .records
                .get(key)
                .is_some_and(|(rev, r)| *rev == expected && r.is_none())
            {
                state.records.remove(key);
            }
            return Ok(false);
        };
        self.until_applied(sequence).await?;
        Ok(true)
    }

    async fn write(&self, key: &str, record: Option<&Record>, expected: Option<u64>) -> Result<Option<u64>, BusError> {
        let mut headers = HeaderMap::new();
        let payload = match record {
            Some(record) => serde_json::to_vec(record).map_err(away)?,
            None => {
                headers.insert("KV-Operation", "DEL");
                headers.insert("Nats-TTL", REMOVAL_KEPT);
                Vec::new()
            }
        };
        if let Some(expected) = expected {
            headers.insert("Nats-Expected-Last-Subject-Sequence", expected.to_string().as_str());
        }
        let subject = format!("{}{key}", self.prefix);
        match self.link.store(subject, headers, Bytes::from(payload)).await {
            Ok(ack) => Ok(Some(ack.sequence)),
            Err(e) if e.kind() == PublishErrorKind::WrongLastSequence => Ok(None),
            Err(e) => Err(away(e)),
        }
    }

    async fn until_applied(&self, sequence: u64) -> Result<(), BusError> {
        self.until("a write to come back", |state| state.applied >= sequence)
            .await
    }

    async fn until(&self, what: &str, holds: impl Fn(&State) -> bool) -> Result<(), BusError> {
        let mut changes = self.changes.subscribe();
        let wait = changes.wait_for(|_| holds(&self.state.lock()));
        match tokio::time::timeout(self.link.away_max, wait).await {
            Ok(_) => Ok(()),
            Err(_) => Err(BusError::Unavailable(format!("waited too long for {what}"))),
        }
    }

    async fn beat_for_ever(&self) {
        let key = format!("alive.{}", self.session);
        let mut tick = tokio::time::interval(self.beat);
        tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            let before = self.state.lock().applied;
            match tokio::time::timeout(self.beat, self.write(&key, Some(&Record::Alive), None)).await {
                // The server has forgotten what it had told us: it lost the end of the bucket.
                Ok(Ok(Some(sequence))) if sequence <= before => self.forget(),
                Ok(Ok(_)) => self.bury_the_dead().await,
                Ok(Err(error)) => tracing::debug!(%error, "no sign of life could be given"),
                Err(_) => {}
            }
        }
    }

    /// Removes sessions that are dead, with their members.
    async fn bury_the_dead(&self) {
        let records = [self.list("alive."), self.list("member.")].concat();
        for (key, revision, record) in records {
            let session = match &record {
                Record::Member { session, .. } => session,
                _ => key.trim_start_matches("alive."),
            };
            if self.stale_for().is_none() && self.is_dead(session) {
                tracing::info!(key, "a session is dead; its record is removed");
                let removed = tokio::time::timeout(self.beat, self.write(&key, None, Some(revision))).await;
                drop(removed);
            }
        }
    }

    /// Stops mirroring.
    pub fn stop(&self) {
        self.closed.cancel();
    }

    /// Stops mirroring, and removes our own sign of life: others need not wait.
    pub async fn close(&self) {
        self.stop();
        let key = format!("alive.{}", self.session);
        let gone = self.write(&key, None, None);
        if tokio::time::timeout(self.beat, gone).await.is_err() {
            tracing::debug!("the farewell was not heard");
        }
    }

    fn forget(&self) {
        *self.state.lock() = State::default();
    }

    async fn follow_for_ever(&self) {
        loop {
            self.forget();
            if let Err(error) = self.follow().await {
                tracing::warn!(%error, "the bucket is read anew");
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Reads the bucket from its present state on, until that fails or what is mirrored is to be forgotten.
    async fn follow(&self) -> Result<(), BusError> {
        let stream = self.link.context.get_stream_no_info(&self.stream).await.map_err(away)?;
        let config = pull::OrderedConfig {
            filter_subject: format!("{}>", self.prefix),
            deliver_policy: DeliverPolicy::LastPerSubject,
            ..Default::default()
        };
        let consumer = stream.create_consumer(config).await.map_err(away)?;
        let mut messages = consumer.messages().await.map_err(away)?;
        let mut last = 0;
        while let Some(message) = messages.next().await {
            let message = message.map_err(away)?;
            let sequence = message.info().map_err(away)?.stream_sequence;
            let key = message.subject.strip_prefix(self.prefix.as_str()).unwrap_or_default();
            if !self.apply(key, sequence, &message.payload, last) {
                return Ok(());
            }
            last = sequence;
        }
        Ok(())
    }

    /// Takes a change over; `false` when everything before it was forgotten meanwhile.
    fn apply(&self, key: &str, sequence: u64, payload: &[u8], last: u64) -> bool {
        let record = match payload {
            [] => None,
            _ => match serde_json::from_slice(payload) {
                Ok(record) => Some(record),
                Err(error) => {
                    tracing::error!(key, %error, "a record of the bucket cannot be read");
                    None
                }
            },
        };
        {
            let mut state = self.state.lock();
            if state.applied != last {
                return false;
            }
            if let (Some(session), Some(_)) = (key.strip_prefix("alive."), &record) {
                if session == self.session {
                    state.beats += 1;
                    state.last_beat = Some(Instant::now());
                }
                let beats = state.beats;
                state.heard.insert(session.to_owned(), beats);
            }
            state.records.insert(key.to_owned(), (sequence, record));
            state.applied = sequence;
        }
        self.changes.send_modify(|n| *n += 1);
        true
    }
}

impl State {
    fn is_dead(&self, session: &str) -> bool {
        let alive = self.records.get(&format!("alive.{session}"));
        let heard = self.heard.get(session).copied().unwrap_or(0);
        !alive.is_some_and(|(_, record)| record.is_some()) || self.beats.saturating_sub(heard) >= u64::from(BEATS_MAX)
    }
}
