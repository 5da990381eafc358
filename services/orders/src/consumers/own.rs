//! `commerce.order.v1`, its own: what is durable is shown to the buyer's sockets. A hint, so failures are skipped.

use std::sync::Arc;

use async_trait::async_trait;
use bus::Handler;
use contracts::Event;
use contracts::orders::OrderEvent;
use kernel::Fault;

use crate::app::App;

pub(crate) struct Live(pub(crate) Arc<App>);

#[async_trait]
impl Handler for Live {
    async fn handle(&self, event: &Event) -> Result<(), Fault> {
        let event: OrderEvent = event.body()?;
        if let Some(order) = self.0.repo.orders.get(event.order_id).await? {
            self.0.show(&order).await;
        }
        Ok(())
    }
}
