//! Owns one bus over several: each topic belongs to one of them. Refuses to know what they are.

use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use contracts::{Event, Topic};
use futures::future::join_all;
use futures::stream::{BoxStream, StreamExt as _};
use tokio_util::sync::CancellationToken;

use crate::{Bus, BusError, DeadLetter, Handler, PUBLISH_EVENTS_MAX, ParkedKey, Subscription};

/// A bus and those of some topics that are its own.
type Part<'a> = (&'a Arc<dyn Bus>, Vec<Topic>);

/// Several buses as one, by topic.
pub struct SplitBus {
    buses: Vec<Arc<dyn Bus>>,
    /// The place of each topic's bus.
    topics: HashMap<&'static str, usize>,
}

impl SplitBus {
    /// Joins buses, each for its topics. A topic that two are given for belongs to the first.
    pub fn new(parts: Vec<(Arc<dyn Bus>, Vec<Topic>)>) -> Arc<Self> {
        let (mut buses, mut topics) = (Vec::new(), HashMap::new());
        for (place, (bus, of_bus)) in parts.into_iter().enumerate() {
            buses.push(bus);
            for topic in of_bus {
                topics.entry(topic.name).or_insert(place);
            }
        }
        Arc::new(Self { buses, topics })
    }

    fn place(&self, topic: &str) -> Result<usize, BusError> {
        let place = self.topics.get(topic).copied();
        place.ok_or_else(|| BusError::Refused(format!("there is no topic {topic}")))
    }

    fn bus(&self, topic: &str) -> Result<&Arc<dyn Bus>, BusError> {
        let bus = self.buses.get(self.place(topic)?);
        bus.ok_or_else(|| BusError::Refused(format!("there is no bus for {topic}")))
    }

    /// Divides topics by bus, in the order of the buses; what has none is left out.
    fn divide(&self, topics: &[Topic]) -> Result<Vec<Part<'_>>, BusError> {
        let places: Vec<usize> = topics.iter().map(|t| self.place(t.name)).collect::<Result<_, _>>()?;
        let of = |at: usize| {
            topics
                .iter()
                .zip(&places)
                .filter(move |(_, p)| **p == at)
                .map(|(t, _)| *t)
        };
        let parts = self
            .buses
            .iter()
            .enumerate()
            .map(|(at, bus)| (bus, of(at).collect::<Vec<_>>()));
        Ok(parts.filter(|(_, topics)| !topics.is_empty()).collect())
    }
}

#[async_trait]
impl Bus for SplitBus {
    /// Publishes to each bus what is its own. When one is away the others may have accepted their part already: who publishes again
    /// repeats those, as after any failure.
    async fn publish(&self, events: &[Event]) -> Result<(), BusError> {
        if events.len() > PUBLISH_EVENTS_MAX {
            return Err(BusError::Refused(format!(
                "{} events at once; at most {PUBLISH_EVENTS_MAX}",
                events.len()
            )));
        }
        let places: Vec<usize> = events.iter().map(|e| self.place(&e.topic)).collect::<Result<_, _>>()?;
        if let Some(only) = places.first().filter(|first| places.iter().all(|p| p == *first)) {
            return match self.buses.get(*only) {
                Some(bus) => bus.publish(events).await,
                None => Ok(()),
            };
        }
        let parts = self.buses.iter().enumerate().map(|(at, bus)| {
            let mine = events.iter().zip(&places).filter(|(_, p)| **p == at);
            let mine: Vec<Event> = mine.map(|(event, _)| event.clone()).collect();
            async move {
                if mine.is_empty() {
                    Ok(())
                } else {
                    bus.publish(&mine).await
                }
            }
        });
        // Refused before unavailable: the other half is as it is, but this one will never do.
        let failed: Vec<BusError> = join_all(parts).await.into_iter().filter_map(Result::err).collect();
        let refused = failed.iter().find(|e| matches!(e, BusError::Refused(_)));
        match refused.or(failed.first()) {
            Some(error) => Err(error.clone()),
            None => Ok(()),
        }
    }

    /// Joins the group on each bus that has some of the topics, each with the whole `in_flight_max`. When one ends the others are stopped.
    async fn consume(
        &self,
        subscription: Subscription,
        handler: Arc<dyn Handler>,
        stop: CancellationToken,
    ) -> Result<(), BusError> {
        let parts = self.divide(&subscription.topics)?;
        if parts.is_empty() {
            return Err(BusError::Refused("a subscription needs a topic".into()));
        }
        let stop = stop.child_token();
        let members = parts.into_iter().map(|(bus, topics)| {
            let (handler, stop) = (handler.clone(), stop.clone());
            let part = Subscription {
                topics,
                ..subscription.clone()
            };
            async move {
                let ended = bus.consume(part, handler, stop.clone()).await;
                stop.cancel();
                ended
            }
        });
        join_all(members).await.into_iter().collect()
    }

    /// Merges the tails; the merged one ends with the first of them.
    async fn tail(&self, topics: &[Topic]) -> Result<BoxStream<'static, Vec<Event>>, BusError> {
        let mut tails = Vec::new();
        for (bus, topics) in self.divide(topics)? {
            let tail = bus.tail(&topics).await?;
            tails.push(tail.map(Some).chain(futures::stream::iter([None])).boxed());
        }
        let merged = futures::stream::select_all(tails);
        let ending = merged.take_while(|batch| std::future::ready(batch.is_some()));
        Ok(ending.filter_map(std::future::ready).boxed())
    }

    async fn dead_letters(&self, topic: Topic, group: &str, limit: usize) -> Result<Vec<DeadLetter>, BusError> {
        self.bus(topic.name)?.dead_letters(topic, group, limit).await
    }

    async fn parked(&self, limit: usize) -> Result<Vec<ParkedKey>, BusError> {
        let mut all = Vec::new();
        for bus in &self.buses {
            all.extend(bus.parked(limit).await?);
        }
        all.sort_by_key(|key| key.since);
        all.truncate(limit);
        Ok(all)
    }

    async fn release(&self, topic: Topic, group: &str, key: &str) -> Result<u64, BusError> {
        self.bus(topic.name)?.release(topic, group, key).await
    }

    async fn lag(&self, topic: Topic, group: &str) -> Result<u64, BusError> {
        self.bus(topic.name)?.lag(topic, group).await
    }

    async fn undelivered(
        &self,
        topic: Topic,
        groups: &[&str],
        partition: u16,
        after: i64,
    ) -> Result<Vec<(i64, Event)>, BusError> {
        self.bus(topic.name)?.undelivered(topic, groups, partition, after).await
    }

    fn generations(&self) -> Vec<(&'static str, u64)> {
        let of_buses = self.buses.iter().enumerate().flat_map(|(at, bus)| {
            let mine = move |(topic, _): &(&'static str, u64)| self.topics.get(topic) == Some(&at);
            bus.generations().into_iter().filter(mine)
        });
        of_buses.collect()
    }

    async fn ping(&self) -> Result<(), BusError> {
        join_all(self.buses.iter().map(|bus| bus.ping()))
            .await
            .into_iter()
            .collect()
    }

    async fn close(&self) {
        join_all(self.buses.iter().map(|bus| bus.close())).await;
    }
}
