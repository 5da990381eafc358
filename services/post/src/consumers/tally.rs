//! Post's own events: counted, each once (inbox mark). A key that cannot be counted waits, since a counter that skipped
//! one would be wrong for ever.

use std::sync::Arc;

use async_trait::async_trait;
use bus::{Handler, Subscription};
use contracts::Event;
use contracts::event::topic;
use kernel::Fault;

use crate::app::App;

/// The group, which is also the consumer's name in the inbox.
pub(crate) const GROUP: &str = "post.tally";

pub(crate) struct Count(pub(crate) Arc<App>);

pub(crate) fn subscription() -> Subscription {
    Subscription::new(GROUP, &[topic::POST, topic::COMMENT, topic::REACTION])
}

#[async_trait]
impl Handler for Count {
    async fn handle(&self, event: &Event) -> Result<(), Fault> {
        Ok(self.0.count(event).await?)
    }
}
