//! Owns which events of an instance at rest somebody still waits for. Refuses to know what they say.

use std::collections::HashSet;

use bus::Bus;
use contracts::event::topic;
use contracts::{Event, Topic};
use kernel::EventId;

use super::{Holdings, Shelf};

/// The groups that consume each topic; for all others events are hints. A test holds it against what a start subscribes.
pub(crate) const GROUPS: &[(Topic, &[&str])] = &[
    (
        topic::ACCOUNT,
        &[
            "ai-chat-host.erase",
            "ai-gateway",
            "ai-model-cards.erase",
            "chat",
            "feed.erase",
            "friendship",
            "media",
            "notification.erase",
            "orders",
            "payments.erase",
            "post",
            "user",
        ],
    ),
    (topic::FRIENDSHIP, &["feed.friendship", "notification.friendship"]),
    (topic::ROOM, &["ai-chat-host", "chat.purge", "notification"]),
    (topic::MESSAGE, &["ai-chat-host"]),
    (topic::RECEIPT, &["notification"]),
    (topic::POST, &["feed", "notification", "post.purge", "post.tally"]),
    (
        topic::COMMENT,
        &["feed.engagement", "notification", "post.purge", "post.tally"],
    ),
    (topic::REACTION, &["feed.engagement", "notification", "post.tally"]),
    (topic::ASSET, &["post.media"]),
    (
        topic::MODERATION,
        &["notification", "post.moderation", "user.moderation"],
    ),
    (topic::CARD, &["ai-chat-host.cards", "notification", "orders"]),
    (topic::RESERVATION, &["orders"]),
    (
        topic::ORDER,
        &["ai-model-cards", "expiration", "notification", "payments"],
    ),
    (topic::ENTITLEMENT, &["ai-model-cards"]),
    (topic::TIMER, &["orders"]),
    (topic::PAYMENT, &["orders"]),
    (topic::LEDGER, &["payments.balances"]),
];

/// Dead letters of one group that are counted.
const LETTERS_MAX: usize = 256;
/// Parked keys that are looked at.
const PARKED_MAX: usize = 10_000;

impl Holdings {
    /// Calls `each` with the events that somebody still waits for, in order per key: on the event log those that a group
    /// has not dealt with or holds back, then those that are in the outboxes.
    pub(crate) async fn events(&self, mut each: impl FnMut(&Event) -> anyhow::Result<()>) -> anyhow::Result<()> {
        self.undelivered(&mut each).await?;
        for Shelf { store, .. } in &self.shelves {
            // The outbox has a maximum, so that this has one.
            let depth = usize::try_from(store.outbox_depth().await?)?;
            if depth > 0 {
                store.pending_events(depth).await?.iter().try_for_each(&mut each)?;
            }
        }
        Ok(())
    }

    /// Calls `each` with the events on the event log that a group has not dealt with or holds back.
    pub(crate) async fn undelivered(&self, mut each: impl FnMut(&Event) -> anyhow::Result<()>) -> anyhow::Result<()> {
        for (topic, groups) in GROUPS {
            for partition in 0..topic.partitions {
                let mut after = 0;
                loop {
                    let some = self.bus.undelivered(*topic, groups, partition, after).await?;
                    let Some((last, _)) = some.last() else { break };
                    after = *last;
                    some.iter().try_for_each(|(_, event)| each(event))?;
                }
            }
        }
        Ok(())
    }

    /// Returns the ids of the events that [`Self::undelivered`] tells.
    pub(crate) async fn undelivered_ids(&self) -> anyhow::Result<HashSet<EventId>> {
        let mut ids = HashSet::new();
        self.undelivered(|event| {
            ids.insert(event.id);
            Ok(())
        })
        .await?;
        Ok(ids)
    }

    /// [`given_up`], of all topics.
    pub(crate) async fn given_up(&self) -> anyhow::Result<Vec<(&'static str, &'static str, usize)>> {
        given_up(&*self.bus, topic::ALL).await
    }
}

/// Counts the events of some topics that a group gave up and that are kept for a release by hand, as (topic, group, number), up to a limit
/// each. An export leaves them out: nobody waits for them.
pub(crate) async fn given_up(
    bus: &dyn Bus,
    topics: &[Topic],
) -> anyhow::Result<Vec<(&'static str, &'static str, usize)>> {
    let parked = bus.parked(PARKED_MAX).await?;
    let mut given_up = Vec::new();
    for (topic, groups) in GROUPS.iter().filter(|(topic, _)| topics.contains(topic)) {
        for group in *groups {
            let mut letters = bus.dead_letters(*topic, group, LETTERS_MAX).await?;
            letters.retain(|letter| {
                let held = |key: &bus::ParkedKey| {
                    key.topic == topic.name && key.group == *group && *key.key == *letter.event.key
                };
                !parked.iter().any(held)
            });
            if !letters.is_empty() {
                given_up.push((topic.name, *group, letters.len()));
            }
        }
    }
    Ok(given_up)
}
