//! What the service hears from others, one file a topic. Refuses to hold anything back: what cannot be dealt with parks its key.

pub(crate) mod account;
pub(crate) mod card;
pub(crate) mod own;
pub(crate) mod payment;
pub(crate) mod reservation;
pub(crate) mod timer;

use std::sync::Arc;

use async_trait::async_trait;
use bus::Handler;
use contracts::Event;
use contracts::event::topic;
use kernel::Fault;

use crate::app::App;

/// Gives each event to the file of its topic. Idempotent without inbox marks: the order's own state tells what is new.
pub(crate) struct Consumers(pub(crate) Arc<App>);

#[async_trait]
impl Handler for Consumers {
    async fn handle(&self, event: &Event) -> Result<(), Fault> {
        let app = &self.0;
        match &*event.topic {
            name if name == topic::RESERVATION.name => reservation::hear(app, event.body()?).await,
            name if name == topic::TIMER.name => timer::hear(app, event.body()?).await,
            name if name == topic::PAYMENT.name => payment::hear(app, event.body()?).await,
            name if name == topic::CARD.name => Ok(app.repo.follow_card(card::read(event)?).await?),
            name if name == topic::ACCOUNT.name => account::hear(app, event.body()?).await,
            _ => Ok(()),
        }
    }
}
