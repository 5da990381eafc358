//! Owns dead letters and parked keys: a letter is a message under a subject of its own in the topic's stream of dead letters, a parked key a
//! record of the bucket. Refuses to run handlers and to know members, which ask by `ledger`.
//!
//! Letters of a key are dead until somebody releases it. While they are handed out, the record says up to where that has come:
//! those after it are released, those before it failed again and are dead.

mod ledger;

use std::collections::HashMap;
use std::sync::Arc;

use async_nats::HeaderMap;
use async_nats::jetstream::context::PublishErrorKind;
use async_nats::jetstream::stream::Stream;
use contracts::Event;
use futures::{StreamExt as _, TryStreamExt as _};
use kernel::{Ambient, Timestamp};

use super::board::{Board, ParkedKey, Record};
use super::channel::Channel;
use super::link::{Link, away};
use super::names::{self, offset_of_letter};
use super::seats;
use crate::hands::Letter;
use crate::{BusError, DeadLetter};

/// Letters being read at once.
const READS_MAX: usize = 16;
/// Longest reason that a letter keeps, in characters.
const REASON_CHARS_MAX: usize = 2_000;
/// Attempts to change a record that others change as well.
const SWAPS_MAX: usize = 64;
const REASON: &str = "Aichat-Reason";
const AT: &str = "Aichat-At";

/// All letters and parked keys.
#[derive(Clone)]
pub(super) struct Letters {
    pub link: Arc<Link>,
    pub board: Arc<Board>,
    pub channels: Arc<HashMap<&'static str, Arc<Channel>>>,
    pub ambient: Ambient,
    /// How long the letter of a skipped event is kept, in seconds. Those of parked keys stay until they are released.
    pub kept_secs: u64,
}

/// A key of a group in a topic.
#[derive(Clone)]
struct Place {
    channel: Arc<Channel>,
    group: Arc<str>,
    partition: u16,
    key: Arc<str>,
}

impl Place {
    fn record(&self) -> String {
        let prefix = seats::parked_prefix(&self.group, self.channel.topic.name, self.partition);
        format!("{prefix}k{}", names::token(&self.key))
    }

    fn subject(&self, offset: i64) -> String {
        self.channel
            .names
            .of_letter(&self.group, self.partition, &self.key, offset)
    }

    fn subjects(&self) -> String {
        self.channel
            .names
            .letters_of_key(&self.group, self.partition, &self.key)
    }
}

impl Letters {
    async fn parked(&self, place: &Place) -> Result<(u64, Option<ParkedKey>), BusError> {
        Ok(match self.board.find(&place.record()).await? {
            (revision, Some(Record::Parked(key))) => (revision, Some(key)),
            (revision, _) => (revision, None),
        })
    }

    /// Returns the group's dead letters of a topic, oldest event first.
    pub async fn dead(&self, channel: &Arc<Channel>, group: &str, limit: usize) -> Result<Vec<DeadLetter>, BusError> {
        let all = self.subjects(channel, channel.names.letters_of_group(group)).await?;
        // What stands before the offset names partition and key as the record's key does.
        let prefix = format!("parked.{}.{}.", names::token(group), names::token(channel.topic.name));
        let cut = channel.names.letters_of_group(group).len() - 1;
        let releasing: HashMap<String, i64> = self
            .board
            .find_all(&prefix)
            .await?
            .into_iter()
            .filter_map(|(key, _, record)| match record {
                Record::Parked(parked) => Some((key.get(prefix.len()..)?.to_owned(), parked.releasing?)),
                _ => None,
            })
            .collect();
        let is_dead = |(subject, offset): &(String, i64)| {
            let of_key = subject
                .get(cut..)
                .and_then(|rest| rest.rsplit_once('.'))
                .map(|(of, _)| of);
            of_key.and_then(|of| releasing.get(of)).is_none_or(|to| offset <= to)
        };
        let mut dead: Vec<(String, i64)> = all.into_iter().filter(is_dead).collect();
        dead.sort_unstable_by_key(|(_, offset)| *offset);
        dead.dedup();
        dead.truncate(limit);
        let read = self.read(channel, dead).await?;
        let letter = |(number, event, reason, at): (i64, Event, String, Timestamp)| DeadLetter {
            number: number.unsigned_abs(),
            event,
            reason,
            at,
        };
        Ok(read.into_iter().map(letter).collect())
    }

    /// Returns keys that are held back and not being released, the longest parked first.
    pub fn parked_keys(&self, limit: usize) -> Result<Vec<crate::ParkedKey>, BusError> {
        if self.board.stale_for().is_some() {
            return Err(BusError::Unavailable("the bucket does not answer".into()));
        }
        let keys = self
            .board
            .list("parked.")
            .into_iter()
            .filter_map(|(_, _, record)| match record {
                Record::Parked(key) if key.releasing.is_none() => Some(crate::ParkedKey {
                    topic: key.topic,
                    group: key.group,
                    key: key.key,
                    since: Some(key.at),
                }),
                _ => None,
            });
        let mut keys: Vec<_> = keys.collect();
        keys.sort_by(|a, b| (a.since, &a.topic, &a.group, &a.key).cmp(&(b.since, &b.topic, &b.group, &b.key)));
        keys.truncate(limit);
        Ok(keys)
    }

    /// Returns subject and offset of the letters of all keys that a group holds back in a partition.
    pub async fn held(
        &self,
        channel: &Arc<Channel>,
        group: &str,
        partition: u16,
    ) -> Result<Vec<(String, i64)>, BusError> {
        let mut held = Vec::new();
        let prefix = seats::parked_prefix(group, channel.topic.name, partition);
        for (_, _, record) in self.board.find_all(&prefix).await? {
            if let Record::Parked(parked) = record {
                let of_key = channel.names.letters_of_key(group, partition, &parked.key);
                held.extend(self.subjects(channel, of_key).await?);
            }
        }
        Ok(held)
    }

    /// Begins to hand out a key's dead letters; until that is done it stays held back. Returns how many they are.
    pub async fn release(&self, channel: &Arc<Channel>, group: &str, key: &str) -> Result<u64, BusError> {
        let place = Place {
            channel: channel.clone(),
            group: group.into(),
            partition: contracts::event::partition_of(key, channel.topic.partitions),
            key: key.into(),
        };
        for _ in 0..SWAPS_MAX {
            let (revision, parked) = self.parked(&place).await?;
            let offsets = self.offsets(&place).await?;
            let to = parked.as_ref().and_then(|p| p.releasing);
            let dead = offsets
                .iter()
                .filter(|offset| to.is_none_or(|to| **offset <= to))
                .count() as u64;
            if offsets.is_empty() && parked.is_none() {
                return Ok(0);
            }
            let parked = parked.unwrap_or_else(|| self.new_record(&place, "released".into(), 0, String::new()));
            let released = ParkedKey {
                releasing: Some(0),
                ..parked
            };
            if self
                .board
                .swap(&place.record(), revision, Some(&Record::Parked(released)))
                .await?
            {
                return Ok(dead);
            }
        }
        Err(BusError::Unavailable("the parked key changes too fast".into()))
    }

    fn new_record(&self, place: &Place, head: String, since: i64, reason: String) -> ParkedKey {
        ParkedKey {
            topic: place.channel.topic.name.to_owned(),
            group: place.group.to_string(),
            key: place.key.to_string(),
            head,
            since,
            reason,
            at: self.ambient.now(),
            releasing: None,
        }
    }

    /// Lists the letters under a filter: subject and offset of each.
    async fn subjects(&self, channel: &Channel, filter: String) -> Result<Vec<(String, i64)>, BusError> {
        let list = || async {
            let stream = self.stream(channel).await?;
            let listed = stream.info_with_subjects(filter.as_str()).await.map_err(away)?;
            let subjects: Vec<(String, usize)> = listed.try_collect().await.map_err(away)?;
            Ok(subjects)
        };
        let subjects = self.link.patiently("listing dead letters", list).await?;
        let placed = subjects
            .into_iter()
            .filter_map(|(subject, _)| Some((offset_of_letter(&subject)?, subject)));
        Ok(placed.map(|(offset, subject)| (subject, offset)).collect())
    }

    async fn offsets(&self, place: &Place) -> Result<Vec<i64>, BusError> {
        let listed = self.subjects(&place.channel, place.subjects()).await?;
        let mut offsets: Vec<i64> = listed.into_iter().map(|(_, offset)| offset).collect();
        // The server lists page by page, and may list a subject twice while others go.
        offsets.sort_unstable();
        offsets.dedup();
        Ok(offsets)
    }

    async fn stream(&self, channel: &Channel) -> Result<Stream<()>, BusError> {
        self.link
            .context
            .get_stream_no_info(&channel.names.letters)
            .await
            .map_err(away)
    }

    /// Reads letters; one that is gone meanwhile is left out.
    pub async fn read(
        &self,
        channel: &Channel,
        letters: Vec<(String, i64)>,
    ) -> Result<Vec<(i64, Event, String, Timestamp)>, BusError> {
        let stream = self.stream(channel).await?;
        let read = |(subject, offset): (String, i64)| {
            let stream = stream.clone();
            async move {
                let one = || async {
                    match stream.direct_get_last_for_subject(subject.as_str()).await {
                        Ok(message) => Ok(Some(message)),
                        Err(e) if e.kind() == async_nats::jetstream::stream::DirectGetErrorKind::NotFound => Ok(None),
                        Err(e) => Err(away(e)),
                    }
                };
                let Some(message) = self.link.patiently("reading a dead letter", one).await? else {
                    return Ok(None);
                };
                let event = Event::parse(channel.topic.name, message.payload.clone()).map_err(away)?;
                let header = |name: &str| message.headers.get(name).map(|v| v.as_str().to_owned());
                let reason = header(REASON)
                    .and_then(|r| serde_json::from_str(&r).ok())
                    .unwrap_or_default();
                let at = header(AT).and_then(|at| at.parse().ok()).map(Timestamp::from_millis);
                let at = at.unwrap_or(event.time);
                Ok::<_, BusError>(Some((offset, event, reason, at)))
            }
        };
        let all = futures::stream::iter(letters).map(read).buffered(READS_MAX);
        all.try_filter_map(|letter| std::future::ready(Ok(letter)))
            .try_collect()
            .await
    }

    /// Stores a letter; with `once` an earlier one of the same event stays.
    async fn store(&self, place: &Place, letter: &Letter, (once, for_ever): (bool, bool)) -> Result<(), BusError> {
        let mut headers = HeaderMap::new();
        let reason: String = letter.reason.chars().take(REASON_CHARS_MAX).collect();
        headers.insert(REASON, serde_json::to_string(&reason).map_err(away)?.as_str());
        headers.insert(AT, self.ambient.now().millis().to_string().as_str());
        if once {
            headers.insert("Nats-Expected-Last-Subject-Sequence", "0");
        }
        if !for_ever {
            headers.insert("Nats-TTL", format!("{}s", self.kept_secs).as_str());
        }
        let store = || async {
            match self
                .link
                .store(
                    place.subject(letter.offset),
                    headers.clone(),
                    letter.event.bytes.clone(),
                )
                .await
            {
                Ok(_) => Ok(()),
                Err(e) if once && e.kind() == PublishErrorKind::WrongLastSequence => Ok(()),
                Err(e) => Err(away(e)),
            }
        };
        self.link.patiently("writing a dead letter", store).await
    }

    /// Changes a record until nobody else has changed it in between.
    async fn change(&self, place: &Place, change: impl Fn(Option<ParkedKey>) -> ParkedKey) -> Result<(), BusError> {
        for _ in 0..SWAPS_MAX {
            let (revision, parked) = self.parked(place).await?;
            let next = Record::Parked(change(parked));
            if self.board.swap(&place.record(), revision, Some(&next)).await? {
                return Ok(());
            }
        }
        Err(BusError::Unavailable("the parked key changes too fast".into()))
    }
}
