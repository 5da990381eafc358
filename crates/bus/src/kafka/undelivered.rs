//! Owns the question which events somebody still waits for, asked when an instance moves elsewhere. Refuses to change
//! anything.
//!
//! A place is an offset and one: offsets begin at 0, places at 1.

use std::collections::{BTreeMap, HashSet};

use contracts::Event;
use rdkafka::message::{BorrowedMessage, Message as _};

use super::begin::{self, Progress};
use super::record::event_of;
use super::settings::Channel;
use super::topics::blocking;
use super::{KafkaBus, unavailable};
use crate::hands::Placed;
use crate::{BusError, UNDELIVERED_BYTES_MAX, UNDELIVERED_EVENTS_MAX};

/// Events by their offsets, and up to where nothing is missing.
struct Found {
    events: BTreeMap<i64, Event>,
    bytes: usize,
    whole_to: i64,
}

impl Found {
    fn new() -> Self {
        Self {
            events: BTreeMap::new(),
            bytes: 0,
            whole_to: i64::MAX,
        }
    }

    fn add(&mut self, offset: i64, event: Event) {
        self.bytes += event.bytes.len();
        self.events.insert(offset, event);
    }

    fn is_full(&self) -> bool {
        self.events.len() >= UNDELIVERED_EVENTS_MAX || self.bytes >= UNDELIVERED_BYTES_MAX
    }
}

/// Reads events of one partition from after a place: what one of `groups` has not dealt with, and the letters of keys that it holds
/// back, in the order of the offsets.
pub(super) async fn read(
    bus: &KafkaBus,
    channel: &Channel,
    groups: &[&str],
    (partition, after): (u16, i64),
) -> Result<Vec<Placed>, BusError> {
    if partition >= channel.topic.partitions {
        let name = channel.topic.name;
        return Err(BusError::Refused(format!("{name} has no partition {partition}")));
    }
    let partition = i32::from(partition);
    let mut waiting = Vec::new();
    for group in groups {
        let (observer, wire) = (bus.observer(group)?, channel.wire.clone());
        let known = blocking(move || begin::progress(&observer, &wire, partition).map_err(unavailable)).await?;
        waiting.push(known.unwrap_or_default());
    }
    let mut found = log(bus, channel, waiting, (partition, after)).await?;
    for group in groups {
        held(bus, channel, group, (partition, after), &mut found).await?;
    }
    let Found { events, whole_to, .. } = found;
    let page = events.into_iter().take_while(|(offset, _)| *offset <= whole_to);
    Ok(page.map(|(offset, event)| (offset + 1, event)).collect())
}

/// Reads what a group has not dealt with.
async fn log(
    bus: &KafkaBus,
    channel: &Channel,
    waiting: Vec<Progress>,
    (partition, after): (i32, i64),
) -> Result<Found, BusError> {
    let Some(slowest) = waiting.iter().map(|group| group.next).min() else {
        return Ok(Found::new());
    };
    let done: Vec<HashSet<i64>> = waiting
        .iter()
        .map(|group| group.done.iter().copied().collect())
        .collect();
    let name = channel.name.clone();
    let take = move |found: &mut Found, message: &BorrowedMessage<'_>| {
        let offset = message.offset();
        let waits = |(group, done): (&Progress, &HashSet<i64>)| offset >= group.next && !done.contains(&offset);
        // Consumers pass over a record that is no event, and so does this.
        if waiting.iter().zip(&done).any(waits)
            && let Ok(event) = event_of(&name, message)
        {
            found.add(offset, event);
            if found.is_full() {
                found.whole_to = offset;
            }
        }
        !found.is_full()
    };
    let from = (partition, slowest.max(after));
    bus.letters.walk(channel.wire.clone(), from, Found::new(), take).await
}

/// Adds the letters of keys that a group holds back.
async fn held(
    bus: &KafkaBus,
    channel: &Channel,
    group: &str,
    (partition, after): (i32, i64),
    found: &mut Found,
) -> Result<(), BusError> {
    let of = bus.letters.of(channel, group);
    let mut places = HashSet::new();
    for (_, troubles) in bus.letters.load(&of, vec![partition]).await? {
        let letters = troubles.letters.range(after..).filter(|(offset, letter)| {
            troubles.keys.contains_key(&letter.key) && **offset <= found.whole_to && !found.events.contains_key(offset)
        });
        let mut letters = letters.map(|(offset, letter)| (*offset, letter.place));
        places.extend(letters.by_ref().take(UNDELIVERED_EVENTS_MAX).map(|(_, place)| place));
        if let Some((offset, _)) = letters.next() {
            found.whole_to = found.whole_to.min(offset - 1);
        }
    }
    for letter in bus.letters.fetch(&of, partition, places).await? {
        found.add(letter.offset, letter.event);
    }
    Ok(())
}
