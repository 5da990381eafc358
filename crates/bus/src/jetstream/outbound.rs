//! Owns the sending of events: each with its id, against repeats, and the events of a key one after the other. Refuses to try again: who
//! publishes has kept the events.

use std::collections::HashMap;
use std::sync::Arc;

use async_nats::HeaderMap;
use contracts::Event;
use contracts::event::EVENT_BYTES_MAX;

use super::channel::Channel;
use super::link::{Link, away};
use super::names::{KEY_BYTES_MAX, token};
use crate::{BusError, PUBLISH_EVENTS_MAX};

/// Events of different keys, which may be sent beside each other.
type Round<'a> = Vec<(&'a Arc<Channel>, &'a Event)>;

/// Divides events into rounds: the second event of a key goes after the first is stored, so that an event which gets lost on its way
/// never comes after a later one.
pub(super) fn rounds<'a>(
    channels: &'a HashMap<&'static str, Arc<Channel>>,
    events: &'a [Event],
) -> Result<Vec<Round<'a>>, BusError> {
    if events.len() > PUBLISH_EVENTS_MAX {
        return Err(BusError::Refused(format!(
            "{} events at once; at most {PUBLISH_EVENTS_MAX}",
            events.len()
        )));
    }
    let mut seen: HashMap<(&str, &str), usize> = HashMap::new();
    let mut rounds: Vec<Round<'a>> = Vec::new();
    for event in events {
        if event.bytes.len() > EVENT_BYTES_MAX || event.key.len() > KEY_BYTES_MAX {
            return Err(BusError::Refused(format!(
                "event {} is over {EVENT_BYTES_MAX} bytes, or its key over {KEY_BYTES_MAX}",
                event.id
            )));
        }
        let channel = channels.get(&*event.topic);
        let channel = channel.ok_or_else(|| BusError::Refused(format!("there is no topic {}", event.topic)))?;
        let of_key = seen.entry((&event.topic, &event.key)).or_default();
        match rounds.get_mut(*of_key) {
            Some(round) => round.push((channel, event)),
            None => rounds.push(vec![(channel, event)]),
        }
        *of_key += 1;
    }
    Ok(rounds)
}

/// Sends round after round.
pub(super) async fn send(link: &Link, rounds: Vec<Round<'_>>) -> Result<(), BusError> {
    for round in rounds {
        let sent = round.into_iter().map(|(channel, event)| send_one(link, channel, event));
        futures::future::try_join_all(sent).await?;
    }
    Ok(())
}

async fn send_one(link: &Link, channel: &Channel, event: &Event) -> Result<(), BusError> {
    let id = event.id.to_string();
    let mut headers = HeaderMap::new();
    headers.insert("Nats-Msg-Id", id.as_str());
    headers.insert("ce-id", id.as_str());
    headers.insert("ce-type", token(&event.kind).as_str());
    headers.insert("ce-partitionkey", token(&event.key).as_str());
    let subject = channel.names.of_event(event, channel.partition(&event.key));
    let ack = link.store(subject, headers, event.bytes.clone()).await.map_err(away)?;
    channel.acknowledged(ack.sequence);
    Ok(())
}
