//! Owns the feeding of the word index from chat's own messages, so that a send waits for one write only.

use std::sync::Arc;

use async_trait::async_trait;
use bus::{Handler, OnPoison, Subscription};
use contracts::Event;
use contracts::chat::MessageEvent;
use contracts::event::topic;
use kernel::Fault;

use crate::app::App;

/// How many rooms are indexed at once. They wait for a common beat, so this bounds how many are taken over in one.
const IN_FLIGHT_MAX: usize = 256;

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
            MessageEvent::Sent(m) => Ok(self.0.index_sent(m.room_id, m.seq).await?),
            MessageEvent::Edited(m) | MessageEvent::Deleted(m) => Ok(self.0.index_change(m).await?),
            // A reaction changes no word.
            MessageEvent::Reacted(_) => Ok(()),
        }
    }
}
