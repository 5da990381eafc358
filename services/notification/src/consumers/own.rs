//! `notification.item.v1`, its own: what is durable is shown to the person's sockets. A hint, so failures are skipped.

use std::sync::Arc;

use async_trait::async_trait;
use bus::{Handler, OnPoison, Start, Subscription};
use contracts::Event;
use contracts::event::topic;
use contracts::notification::{NotificationChange, NotificationEvent};
use kernel::Fault;

use crate::app::App;

pub(crate) struct Live(pub(crate) Arc<App>);

/// Returns the subscription of [`Live`].
pub(crate) fn subscription() -> Subscription {
    Subscription {
        start: Start::Latest,
        on_poison: OnPoison::Skip,
        ..Subscription::new("notification.live", &[topic::NOTIFICATION])
    }
}

#[async_trait]
impl Handler for Live {
    async fn handle(&self, event: &Event) -> Result<(), Fault> {
        let event: NotificationEvent = event.body()?;
        let item = match event.change {
            NotificationChange::Created { id } => self.0.repo.items.get(id).await?,
            NotificationChange::Read => None,
        };
        self.0.show_live(event.user_id, item).await
    }
}
