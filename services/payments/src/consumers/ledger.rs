//! `commerce.ledger.v1`: balances follow the ledger. Idempotent by itself: a balance knows what is in it.

use std::sync::Arc;

use async_trait::async_trait;
use bus::{Handler, Subscription};
use contracts::Event;
use contracts::event::topic;
use kernel::Fault;

use crate::app::App;

pub(crate) struct Balances(pub(crate) Arc<App>);

pub(crate) fn subscription() -> Subscription {
    Subscription::new("payments.balances", &[topic::LEDGER])
}

#[async_trait]
impl Handler for Balances {
    async fn handle(&self, event: &Event) -> Result<(), Fault> {
        Ok(self.0.project(event).await?)
    }
}
