//! Owns the question which events somebody still waits for, asked when an instance moves elsewhere. Refuses to change
//! anything.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use async_nats::jetstream::stream::DirectGetErrorKind;
use contracts::Event;

use super::Shared;
use super::channel::Channel;
use super::link::away;
use super::names;
use crate::hands::Placed;
use crate::{BusError, UNDELIVERED_BYTES_MAX, UNDELIVERED_EVENTS_MAX};

/// How far a group is.
struct Waiting {
    next: i64,
    done: HashSet<i64>,
}

/// Reads events of one partition from after a sequence: what one of `groups` has not dealt with, and the letters of keys that it
/// holds back, in the order of the sequences.
pub(super) async fn read(
    shared: &Shared,
    channel: &Arc<Channel>,
    groups: &[&str],
    (partition, after): (u16, i64),
) -> Result<Vec<Placed>, BusError> {
    if partition >= channel.topic.partitions {
        let name = channel.topic.name;
        return Err(BusError::Refused(format!("{name} has no partition {partition}")));
    }
    let (mut waiting, mut letters) = (Vec::new(), BTreeMap::new());
    for group in groups {
        names::check_group(group)?;
        let (next, done) = shared.seats.progress(channel, group, partition).await?;
        waiting.push(Waiting {
            next: next.cast_signed(),
            done: done.into_iter().collect(),
        });
        let held = shared.letters.held(channel, group, partition).await?;
        letters.extend(
            held.into_iter()
                .filter(|(_, at)| *at > after)
                .map(|(subject, at)| (at, subject)),
        );
    }
    let (mut events, whole_to) = log(shared, channel, &waiting, (partition, after)).await?;
    let mut behind = letters
        .into_iter()
        .filter(|(at, _)| *at <= whole_to && !events.contains_key(at));
    let page: Vec<(String, i64)> = behind
        .by_ref()
        .take(UNDELIVERED_EVENTS_MAX)
        .map(|(at, subject)| (subject, at))
        .collect();
    let whole_to = behind.next().map_or(whole_to, |(at, _)| at - 1);
    drop(behind);
    for (at, event, ..) in shared.letters.read(channel, page).await? {
        events.insert(at, event);
    }
    Ok(events.into_iter().take_while(|(at, _)| *at <= whole_to).collect())
}

/// Reads what a group has not dealt with; returns it with the sequence up to which nothing is missing.
async fn log(
    shared: &Shared,
    channel: &Channel,
    waiting: &[Waiting],
    (partition, after): (u16, i64),
) -> Result<(BTreeMap<i64, Event>, i64), BusError> {
    let (mut events, mut bytes) = (BTreeMap::new(), 0);
    let Some(slowest) = waiting.iter().map(|group| group.next).min() else {
        return Ok((events, i64::MAX));
    };
    let stream = channel.stream(&shared.link).await?;
    let (subject, mut next) = (channel.names.of_partition(partition), slowest.max(after + 1));
    loop {
        let one = || async {
            let asked = stream.direct_get_next_for_subject(subject.as_str(), Some(next.cast_unsigned()));
            match asked.await {
                Ok(message) => Ok(Some(message)),
                Err(e) if e.kind() == DirectGetErrorKind::NotFound => Ok(None),
                Err(e) => Err(away(e)),
            }
        };
        let Some(message) = shared.link.patiently("reading an event", one).await? else {
            return Ok((events, i64::MAX));
        };
        let at = message.sequence.cast_signed();
        next = at + 1;
        let waits = |group: &Waiting| at >= group.next && !group.done.contains(&at);
        // Consumers pass over what is no event, and so does this.
        if waiting.iter().any(waits)
            && let Ok(event) = Event::parse(channel.topic.name, message.payload)
        {
            bytes += event.bytes.len();
            events.insert(at, event);
            if events.len() >= UNDELIVERED_EVENTS_MAX || bytes >= UNDELIVERED_BYTES_MAX {
                return Ok((events, at));
            }
        }
    }
}
