//! `commerce.order.v1`: what orders ask of their payments. Idempotent by itself: payments, refunds, transactions and invoices have ids that follow
//! from what they are of.

use std::sync::Arc;

use async_trait::async_trait;
use bus::{Handler, Subscription};
use contracts::Event;
use contracts::event::topic;
use contracts::orders::{OrderChange, OrderEvent};
use kernel::Fault;

use crate::app::App;

pub(crate) struct Orders(pub(crate) Arc<App>);

pub(crate) fn subscription() -> Subscription {
    Subscription::new("payments", &[topic::ORDER])
}

#[async_trait]
impl Handler for Orders {
    async fn handle(&self, event: &Event) -> Result<(), Fault> {
        let order: OrderEvent = event.body()?;
        let app = &self.0;
        match order.change {
            OrderChange::Paying { attempt } => app.ensure_paying(&order, attempt).await?,
            OrderChange::Expiring { attempt } => app.stop_paying(&order, attempt).await?,
            OrderChange::Refunding { attempt } | OrderChange::RefundDue { attempt } => {
                app.refund(&order, attempt, None).await?
            }
            OrderChange::RefundRequested {
                refund_id,
                attempt,
                amount,
            } => app.refund(&order, attempt, Some((refund_id, amount))).await?,
            OrderChange::Completed { attempt, .. } => app.complete(&order, attempt, event.time).await?,
            _ => {}
        }
        Ok(())
    }
}
