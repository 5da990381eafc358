//! What the service hears from others, one file a topic. News that cannot be dealt with are skipped: a lost item costs less than all that follow.
//! What takes something away from somebody (an erasure, a ban, an ended session, a block) is held back instead until it is released.

mod account;
mod card;
mod comment;
mod friendship;
mod message;
mod moderation;
mod order;
pub(crate) mod own;
mod post;
mod reaction;
mod room;

use std::sync::Arc;

use async_trait::async_trait;
use bus::{Handler, OnPoison, Start, Subscription};
use contracts::event::topic;
use contracts::{Event, Topic};
use kernel::Fault;

use crate::app::App;

/// What is heard as news.
const NEWS: &[Topic] = &[
    topic::POST,
    topic::COMMENT,
    topic::REACTION,
    topic::RECEIPT,
    topic::ROOM,
    topic::ORDER,
    topic::CARD,
    topic::MODERATION,
];

/// Returns the subscriptions of [`Consumers`].
pub(crate) fn subscriptions() -> [Subscription; 4] {
    let skipping = |group, topics| Subscription {
        on_poison: OnPoison::Skip,
        ..Subscription::new(group, topics)
    };
    [
        // These two are never skipped: nothing else would ever do what they ask for.
        Subscription::new("notification.erase", &[topic::ACCOUNT]),
        Subscription::new("notification.friendship", &[topic::FRIENDSHIP]),
        skipping("notification", NEWS),
        // Whoever begins today tells nobody of the messages of last week.
        Subscription {
            start: Start::Latest,
            ..skipping("notification.message", &[topic::MESSAGE])
        },
    ]
}

/// Gives each event to the file of its topic. Idempotent: what is told carries marks, what is taken back is so by nature.
pub(crate) struct Consumers(pub(crate) Arc<App>);

#[async_trait]
impl Handler for Consumers {
    async fn handle(&self, event: &Event) -> Result<(), Fault> {
        let app = &self.0;
        match &*event.topic {
            name if name == topic::ACCOUNT.name => account::hear(app, event.body()?).await,
            name if name == topic::FRIENDSHIP.name => friendship::hear(app, event).await,
            name if name == topic::POST.name => post::hear(app, event).await,
            name if name == topic::COMMENT.name => comment::hear(app, event).await,
            name if name == topic::REACTION.name => reaction::hear(app, event).await,
            name if name == topic::MESSAGE.name => message::hear(app, event).await,
            name if name == topic::RECEIPT.name => room::receipt(app, event.body()?).await,
            name if name == topic::ROOM.name => room::hear(app, event.body()?).await,
            name if name == topic::ORDER.name => order::hear(app, event).await,
            name if name == topic::CARD.name => card::hear(app, event).await,
            name if name == topic::MODERATION.name => moderation::hear(app, event).await,
            _ => Ok(()),
        }
    }
}
