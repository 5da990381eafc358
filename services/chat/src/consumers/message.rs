//! Owns the feeding of the word index from chat's own messages, so that a send waits for one write only.

use std::sync::Arc;

use async_trait::async_trait;
use bus::{Handler, OnPoison, Subscription};
use contracts::Event;
use contracts::chat::MessageEvent;
use contracts::event::topic;
use kernel::Fault;

use crate::app::App;

/// How many messages are indexed at once: enough to share an fsync, few enough to leave the writer to the senders.
const IN_FLIGHT_MAX: usize = 32;

/// Indexes messages. Versions make doing it again harmless, so it needs no inbox mark.
pub(crate) struct Index(pub Arc<App>);

/// Returns the subscription of [`Index`]. One message that cannot be indexed does not hold up the others of its room.
pub(crate) fn subscription() -> Subscription {
    let base = Subscription::new("chat.search", &[topic::MESSAGE]);
    Subscription {
        on_poison: OnPoison::Skip,
        in_flight_max: IN_FLIGHT_MAX,
        ..base
    }
}

#[async_trait]
impl Handler for Index {
    async fn handle(&self, event: &Event) -> Result<(), Fault> {
        match event.body::<MessageEvent>()? {
            // A reaction changes no word, but the version that a search waits for.
            MessageEvent::Sent(m) | MessageEvent::Edited(m) | MessageEvent::Deleted(m) | MessageEvent::Reacted(m) => {
                Ok(self.0.index_message(m).await?)
            }
        }
    }
}
