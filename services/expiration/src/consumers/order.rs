//! `commerce.order.v1`: an order that may be paid has a timer, one that is paid or over has none. Idempotent by the order's version.

use std::sync::Arc;

use async_trait::async_trait;
use bus::Handler;
use contracts::Event;
use contracts::orders::OrderEvent;
use kernel::Fault;

use crate::app::App;
use crate::domain::timer::News;

pub(crate) struct Orders(pub(crate) Arc<App>);

#[async_trait]
impl Handler for Orders {
    async fn handle(&self, event: &Event) -> Result<(), Fault> {
        let order: OrderEvent = event.body()?;
        if let Some(news) = News::of(&order.change) {
            let due = self.0.timers.follow(order.order_id, news, order.version).await?;
            self.0.hint(order.order_id, due).await;
        }
        Ok(())
    }
}
