//! Owns where dead letters and parked keys stand: for each topic and group one topic that keeps the last record of each
//! key, with the partitions of the topic proper. Refuses to decide what becomes of them.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use contracts::Event;
use kernel::Timestamp;
use parking_lot::Mutex;
use rdkafka::config::FromClientConfigAndContext as _;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::KafkaError;
use rdkafka::message::{BorrowedMessage, Header, Headers as _, Message as _, OwnedHeaders};
use rdkafka::{ClientConfig, Offset, TopicPartitionList};
use tokio::sync::Semaphore;

use super::begin::watermarks;
use super::logs::Logs;
use super::outbound::{Outbound, Record};
use super::record::event_of;
use super::settings::Channel;
use super::topics::{self, Keeps, Wanted, blocking};
use super::troubles::{Entry, Mark, Troubles};
use super::{ANSWER_MAX, Settings, TICK, unavailable};
use crate::BusError;

/// Readings at once.
const SCANS_MAX: usize = 4;
/// Letters that are read with their events at once.
pub(super) const FETCH_MAX: usize = 64;

/// The letters of one group about one topic.
#[derive(Clone, Debug)]
pub(super) struct LetterBox {
    pub channel: Channel,
    pub wire: Arc<str>,
}

/// A letter with its event.
pub(super) struct Whole {
    pub offset: i64,
    pub event: Event,
    pub reason: String,
    pub at: Timestamp,
}

/// Records of one partition as they were read.
pub(super) struct Read {
    pub partition: i32,
    /// Where it was read from.
    pub from: i64,
    /// With their places, in that order.
    pub entries: Vec<(i64, Entry)>,
    /// Where to read on.
    pub next: i64,
}

/// What is to be written about an event or a key.
pub(super) enum Note {
    Letter(Whole, bool),
    Gone(i64, Arc<str>),
    Key(Arc<str>, Mark),
    Free(Arc<str>),
}

impl Note {
    /// Returns the record as others read it.
    pub fn entry(&self) -> Entry {
        match self {
            Self::Letter(letter, kept) => Entry::Letter {
                offset: letter.offset,
                key: letter.event.key.clone(),
                at: letter.at,
                kept: *kept,
            },
            Self::Gone(offset, _) => Entry::Gone(*offset),
            Self::Key(key, mark) => Entry::Key(key.clone(), mark.clone()),
            Self::Free(key) => Entry::Free(key.clone()),
        }
    }
}

/// The client that asks, and what those are told that read: each reads once, so that nothing of an earlier reading is left in it.
struct Reader {
    asker: BaseConsumer<Logs>,
    config: ClientConfig,
}

/// Reads and writes letters.
pub(super) struct Letters {
    settings: Settings,
    outbound: Arc<Outbound>,
    reader: Arc<Reader>,
    scans: Semaphore,
    /// Topics of letters that are known to be there.
    there: Mutex<HashSet<Arc<str>>>,
}

impl Letters {
    /// Starts with a reader of its own.
    pub fn new(settings: Settings, outbound: Arc<Outbound>) -> Result<Self, BusError> {
        let mut config = settings.reader("letters");
        config
            .set("enable.partition.eof", "true")
            .set("auto.offset.reset", "earliest");
        let asker = BaseConsumer::from_config_and_context(&config, Logs).map_err(unavailable)?;
        Ok(Self {
            settings,
            outbound,
            reader: Arc::new(Reader { asker, config }),
            scans: Semaphore::new(SCANS_MAX),
            there: Mutex::default(),
        })
    }

    /// Names the letters of a group about a topic.
    pub fn of(&self, channel: &Channel, group: &str) -> LetterBox {
        LetterBox {
            channel: channel.clone(),
            wire: self.settings.letters_of(channel, group).into(),
        }
    }

    /// Returns topic and group of all letters there are, of this bus.
    pub async fn all(&self) -> Result<Vec<(String, String)>, BusError> {
        let (reader, settings) = (self.reader.clone(), self.settings.clone());
        blocking(move || {
            let all = reader.asker.fetch_metadata(None, ANSWER_MAX).map_err(unavailable)?;
            let ours = all.topics().iter().filter_map(|t| settings.of_letters(t.name()));
            Ok(ours
                .map(|(topic, group)| (topic.to_owned(), group.to_owned()))
                .collect())
        })
        .await
    }

    /// Reads what is known of some partitions.
    pub async fn load(&self, of: &LetterBox, partitions: Vec<i32>) -> Result<Vec<(i32, Troubles)>, BusError> {
        let from = partitions.into_iter().map(|p| (p, 0)).collect();
        let read = self.read_on(of, from, None).await?;
        let troubles = |read: Read| {
            let mut troubles = Troubles {
                next: read.next,
                ..Troubles::default()
            };
            read.entries
                .into_iter()
                .for_each(|(place, entry)| troubles.apply(place, entry));
            (read.partition, troubles)
        };
        Ok(read.into_iter().map(troubles).collect())
    }

    /// Reads records of partitions from a place in each up to the end, except those that `author` wrote.
    pub async fn read_on(
        &self,
        of: &LetterBox,
        from: Vec<(i32, i64)>,
        author: Option<Arc<str>>,
    ) -> Result<Vec<Read>, BusError> {
        let (reader, wire, known) = (self.reader.clone(), of.wire.clone(), self.is_there(&of.wire));
        let _turn = self.scans.acquire().await;
        let (read, there) = blocking(move || {
            let start = |(partition, next): &(i32, i64)| Read {
                partition: *partition,
                from: *next,
                entries: Vec::new(),
                next: *next,
            };
            let mut all: Vec<Read> = from.iter().map(start).collect();
            if !known && !exists(&reader.asker, &wire)? {
                return Ok((all, false));
            }
            let mut take = |message: &BorrowedMessage<'_>| {
                let mine = all.iter_mut().find(|read| read.partition == message.partition());
                let foreign = author.is_none() || header(message, "by") != author.as_deref();
                if let (Some(read), Some(entry), true) = (mine, entry_of(message), foreign) {
                    read.entries.push((message.offset(), entry));
                }
                true
            };
            let ends = scan(&reader, &wire, &from, &mut take)?;
            for read in &mut all {
                let end = ends.iter().find(|(p, _)| *p == read.partition);
                read.next = end.map_or(read.next, |(_, end)| *end);
            }
            Ok((all, true))
        })
        .await?;
        if there {
            self.there.lock().insert(of.wire.clone());
        }
        Ok(read)
    }

    /// Reads letters with their events from their places in one partition, in the order of the places.
    pub async fn fetch(&self, of: &LetterBox, partition: i32, places: HashSet<i64>) -> Result<Vec<Whole>, BusError> {
        let (Some(first), Some(last)) = (places.iter().min().copied(), places.iter().max().copied()) else {
            return Ok(Vec::new());
        };
        let (reader, wire, name) = (self.reader.clone(), of.wire.clone(), of.channel.name.clone());
        let _turn = self.scans.acquire().await;
        blocking(move || {
            let mut letters = Vec::new();
            let mut take = |message: &BorrowedMessage<'_>| {
                if places.contains(&message.offset()) {
                    letters.extend(whole_of(message, &name));
                }
                message.offset() < last
            };
            scan(&reader, &wire, &[(partition, first)], &mut take)?;
            Ok(letters)
        })
        .await
    }

    /// Hands the records of one partition of any topic, from an offset on, to `take` with what it has gathered, up to the present end or
    /// until it says that it has had enough. Returns what was gathered.
    pub async fn walk<T: Send + 'static>(
        &self,
        wire: Arc<str>,
        (partition, from): (i32, i64),
        mut gathered: T,
        take: impl Fn(&mut T, &BorrowedMessage<'_>) -> bool + Send + 'static,
    ) -> Result<T, BusError> {
        let reader = self.reader.clone();
        let _turn = self.scans.acquire().await;
        blocking(move || {
            let mut take = |message: &BorrowedMessage<'_>| take(&mut gathered, message);
            scan(&reader, &wire, &[(partition, from)], &mut take)?;
            Ok(gathered)
        })
        .await
    }

    /// Writes notes about one partition, durably and in order. Returns their places. Makes the topic with the first.
    pub async fn write(
        &self,
        of: &LetterBox,
        partition: i32,
        notes: Vec<Note>,
        (author, now): (&str, Timestamp),
    ) -> Result<Vec<i64>, BusError> {
        if !self.is_there(&of.wire) {
            let wanted = Wanted {
                wire: of.wire.to_string(),
                partitions: of.channel.topic.partitions,
                keeps: Keeps::Last,
            };
            topics::ensure(&self.settings, vec![wanted]).await?;
            self.there.lock().insert(of.wire.clone());
        }
        let records = notes
            .into_iter()
            .map(|note| record_of(of, partition, note, (author, now)));
        self.outbound.send(records.collect()).await
    }

    fn is_there(&self, wire: &str) -> bool {
        self.there.lock().contains(wire)
    }
}

/// Tells whether a topic is there. The reader does not make it by asking.
fn exists(reader: &BaseConsumer<Logs>, wire: &str) -> Result<bool, BusError> {
    let all = reader.fetch_metadata(Some(wire), ANSWER_MAX).map_err(unavailable)?;
    Ok(all
        .topics()
        .iter()
        .any(|t| t.name() == wire && t.error().is_none() && !t.partitions().is_empty()))
}

/// Hands the records of partitions from a place in each to `take`, up to the end that each has now, or until it says that
/// it has had enough. Returns those ends.
fn scan(
    reader: &Reader,
    wire: &str,
    from: &[(i32, i64)],
    take: &mut dyn FnMut(&BorrowedMessage<'_>) -> bool,
) -> Result<Vec<(i32, i64)>, BusError> {
    let (mut list, mut ends) = (TopicPartitionList::new(), Vec::with_capacity(from.len()));
    let mut open: HashSet<i32> = HashSet::new();
    for (partition, place) in from {
        let (low, high) = watermarks(&reader.asker, wire, *partition).map_err(unavailable)?;
        ends.push((*partition, high));
        if low.max(*place) < high {
            list.add_partition_offset(wire, *partition, Offset::Offset(low.max(*place)))
                .map_err(unavailable)?;
            open.insert(*partition);
        }
    }
    if open.is_empty() {
        return Ok(ends);
    }
    let reader = BaseConsumer::from_config_and_context(&reader.config, Logs).map_err(unavailable)?;
    reader.assign(&list).map_err(unavailable)?;
    let mut last_word = Instant::now();
    while !open.is_empty() && last_word.elapsed() < ANSWER_MAX {
        match reader.poll(TICK) {
            None => continue,
            Some(Ok(message)) => {
                let partition = message.partition();
                let end = ends.iter().find(|(p, _)| *p == partition).map_or(0, |(_, end)| *end);
                if open.contains(&partition) && message.offset() < end && !take(&message) {
                    open.clear();
                }
                if message.offset() + 1 >= end {
                    open.remove(&partition);
                }
            }
            // The last records may be gone by compaction: the end itself tells.
            Some(Err(KafkaError::PartitionEOF(partition))) => drop(open.remove(&partition)),
            Some(Err(error)) => {
                tracing::debug!(%error, wire, "reading letters");
                continue;
            }
        }
        last_word = Instant::now();
    }
    match open.is_empty() {
        true => Ok(ends),
        false => Err(BusError::Unavailable(format!(
            "{wire} was not read within {ANSWER_MAX:?}"
        ))),
    }
}

fn record_of(of: &LetterBox, partition: i32, note: Note, (author, now): (&str, Timestamp)) -> Record {
    let mut headers = OwnedHeaders::new().insert(Header {
        key: "by",
        value: Some(author),
    });
    let (key, payload) = match note {
        Note::Letter(letter, kept) => {
            headers = [
                ("key", &*letter.event.key),
                ("reason", &letter.reason),
                ("at", &letter.at.millis().to_string()),
                ("kept", if kept { "true" } else { "false" }),
            ]
            .into_iter()
            .fold(headers, |all, (key, value)| {
                all.insert(Header {
                    key,
                    value: Some(value),
                })
            });
            (format!("l{}", letter.offset), Some(letter.event.bytes))
        }
        Note::Gone(offset, key) => {
            headers = headers.insert(Header {
                key: "key",
                value: Some(&*key),
            });
            (format!("l{offset}"), None)
        }
        Note::Key(key, mark) => (format!("k{key}"), serde_json::to_vec(&mark).ok().map(Bytes::from)),
        Note::Free(key) => (format!("k{key}"), None),
    };
    Record {
        wire: of.wire.clone(),
        partition,
        key,
        payload,
        headers,
        at: now,
    }
}

fn header<'a>(message: &'a BorrowedMessage<'_>, name: &str) -> Option<&'a str> {
    let found = message.headers()?.iter().find(|h| h.key == name)?;
    std::str::from_utf8(found.value?).ok()
}

fn time_of(message: &BorrowedMessage<'_>) -> Timestamp {
    let millis = header(message, "at").and_then(|at| at.parse().ok());
    Timestamp::from_millis(millis.unwrap_or_default())
}

/// Reads a record; nothing when it is none of ours.
fn entry_of(message: &BorrowedMessage<'_>) -> Option<Entry> {
    let key = std::str::from_utf8(message.key()?).ok()?;
    if let Some(offset) = key.strip_prefix('l') {
        let offset = offset.parse().ok()?;
        return Some(match message.payload() {
            None => Entry::Gone(offset),
            Some(_) => Entry::Letter {
                offset,
                key: header(message, "key")?.into(),
                at: time_of(message),
                kept: header(message, "kept") == Some("true"),
            },
        });
    }
    let key: Arc<str> = key.strip_prefix('k')?.into();
    Some(match message.payload() {
        None => Entry::Free(key),
        Some(mark) => Entry::Key(key, serde_json::from_slice(mark).ok()?),
    })
}

fn whole_of(message: &BorrowedMessage<'_>, name: &str) -> Option<Whole> {
    let offset = std::str::from_utf8(message.key()?)
        .ok()?
        .strip_prefix('l')?
        .parse()
        .ok()?;
    Some(Whole {
        offset,
        event: event_of(name, message).ok()?,
        reason: header(message, "reason").unwrap_or_default().to_owned(),
        at: time_of(message),
    })
}
