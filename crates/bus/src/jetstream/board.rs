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
    /// Whether all that stood in the bucket has come. Until then what is missing here may be there.
    whole: bool,
    /// How often the bucket was begun to be read.
    readings: u64,
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
            .until("the bucket to be read", |state| {
                state.whole && state.last_beat.is_some()
            })
            .await?;
        Ok(board)
    }

    /// Returns a record with its revision, as far as is known; revision 0 when there never was one.
    pub fn get(&self, key: &str) -> (u64, Option<Record>) {
        self.state.lock().get(key)
    }

    /// Returns the records whose keys begin with `prefix`, in the order of their keys, as far as is known.
    pub fn list(&self, prefix: &str) -> Vec<(String, u64, Record)> {
        self.state.lock().list(prefix)
    }

    /// The same as `get` for whoever takes what is missing for an answer: it waits until the mirror is whole and was heard of lately.
    /// `Unavailable` when that takes too long.
    pub async fn find(&self, key: &str) -> Result<(u64, Option<Record>), BusError> {
        self.when_fresh(|state| state.get(key)).await
    }

    /// The same as `list`, as `find` is to `get`.
    pub async fn find_all(&self, prefix: &str) -> Result<Vec<(String, u64, Record)>, BusError> {
        self.when_fresh(|state| state.list(prefix)).await
    }

    async fn when_fresh<T>(&self, ask: impl Fn(&State) -> T) -> Result<T, BusError> {
        let mut changes = self.changes.subscribe();
        let look = async {
            loop {
                {
                    let state = self.state.lock();
                    if state.stale_for(self.silent_max()).is_none() {
                        return ask(&state);
                    }
                }
                if changes.changed().await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        };
        let looked = tokio::time::timeout(self.link.away_max, look).await;
        looked.map_err(|_| away("the bucket does not answer"))
    }

    /// Returns how often the bucket was begun to be read; revisions of two readings may have nothing to do with each other.
    pub fn readings(&self) -> u64 {
        self.state.lock().readings
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

    /// Returns for how long the bucket has not been heard of, when that is so long that others may take us for dead, or when it is being read
    /// anew: then the mirror is not to be asked.
    pub fn stale_for(&self) -> Option<Duration> {
        self.state.lock().stale_for(self.silent_max())
    }

    /// Silence after which others may take us for dead.
    fn silent_max(&self) -> Duration {
        self.beat * (BEATS_MAX - 1)
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
        self.state.lock().forget();
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
            let info = message.info().map_err(away)?;
            let (sequence, is_last) = (info.stream_sequence, info.pending == 0);
            let key = message.subject.strip_prefix(self.prefix.as_str()).unwrap_or_default();
            let record = record_of(key, &message.payload);
            if !self
                .state
                .lock()
                .apply(&self.session, key, (sequence, record), (last, is_last))
            {
                return Ok(());
            }
            self.changes.send_modify(|n| *n += 1);
            last = sequence;
        }
        Ok(())
    }
}

/// Reads what stands under a key; nothing when it was removed or is none of ours.
fn record_of(key: &str, payload: &[u8]) -> Option<Record> {
    if payload.is_empty() {
        return None;
    }
    let read = serde_json::from_slice(payload);
    read.inspect_err(|error| tracing::error!(key, %error, "a record of the bucket cannot be read"))
        .ok()
}

impl State {
    fn get(&self, key: &str) -> (u64, Option<Record>) {
        self.records.get(key).cloned().unwrap_or((0, None))
    }

    fn list(&self, prefix: &str) -> Vec<(String, u64, Record)> {
        let from = self.records.range(prefix.to_owned()..);
        from.take_while(|(key, _)| key.starts_with(prefix))
            .filter_map(|(key, (revision, record))| Some((key.clone(), *revision, record.clone()?)))
            .collect()
    }

    /// Begins anew. When the bucket was last heard of stays: only that tells how long it has been away.
    fn forget(&mut self) {
        *self = Self {
            last_beat: self.last_beat,
            readings: self.readings + 1,
            ..Self::default()
        };
    }

    fn stale_for(&self, silent_max: Duration) -> Option<Duration> {
        let silent = self.last_beat.map_or(Duration::MAX, |at| at.elapsed());
        (!self.whole || silent >= silent_max).then_some(silent)
    }

    /// Takes over a change after the one of sequence `last`, the last of all at this time or not; `false` when everything before it was
    /// forgotten meanwhile.
    fn apply(
        &mut self,
        own: &str,
        key: &str,
        (sequence, record): (u64, Option<Record>),
        (last, is_last): (u64, bool),
    ) -> bool {
        if self.applied != last {
            return false;
        }
        if let (Some(session), Some(_)) = (key.strip_prefix("alive."), &record) {
            if session == own {
                self.beats += 1;
                self.last_beat = Some(Instant::now());
            }
            self.heard.insert(session.to_owned(), self.beats);
        }
        self.records.insert(key.to_owned(), (sequence, record));
        self.applied = sequence;
        self.whole |= is_last;
        true
    }

    fn is_dead(&self, session: &str) -> bool {
        let alive = self.records.get(&format!("alive.{session}"));
        let heard = self.heard.get(session).copied().unwrap_or(0);
        !alive.is_some_and(|(_, record)| record.is_some()) || self.beats.saturating_sub(heard) >= u64::from(BEATS_MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SILENT_MAX: Duration = Duration::from_secs(3_600);

    #[test]
    fn a_mirror_is_asked_only_when_all_that_stood_in_the_bucket_has_come() {
        let mut state = State::default();
        assert!(state.apply("us", "alive.us", (7, Some(Record::Alive)), (0, false)));
        assert!(state.stale_for(SILENT_MAX).is_some(), "more is to come");
        assert!(state.apply("us", "parked.k", (9, None), (7, true)));
        assert_eq!(state.stale_for(SILENT_MAX), None);
        assert!(
            state.apply("us", "parked.l", (10, None), (9, false)),
            "others are quick"
        );
        assert_eq!(state.stale_for(SILENT_MAX), None, "it has all that it had");
        state.forget();
        let silent = state.stale_for(SILENT_MAX).expect("it is being read anew");
        assert!(silent < SILENT_MAX, "which does not mean that the server is away");
        assert!(
            !state.apply("us", "parked.m", (11, None), (10, true)),
            "of the old reading"
        );
        assert!(state.apply("us", "parked.k", (9, None), (0, true)));
        assert_eq!(state.stale_for(SILENT_MAX), None);
    }

    #[test]
    fn a_reading_that_does_not_hear_of_ourselves_is_silent_all_the_same() {
        let mut state = State::default();
        assert!(state.apply("us", "alive.others", (1, Some(Record::Alive)), (0, true)));
        assert_eq!(state.stale_for(SILENT_MAX), Some(Duration::MAX));
    }
}
