//! `commerce.order.v1`: what an order that was placed asks for is held, what a paid one holds is sold, and what one that is over
//! holds is given back; what was thought by who was paid back counts no more. Idempotent by the state of the order's reservation, in whatever order events come.

use std::sync::Arc;

use async_trait::async_trait;
use bus::{Handler, Subscription};
use contracts::Event;
use contracts::event::topic;
use contracts::orders::{OrderChange, OrderEvent};
use kernel::{ErrorCode, Fault};

use crate::app::App;
use crate::app::desk::wish_of;

pub(crate) struct Orders(pub(crate) Arc<App>);

/// Returns the subscription of [`Orders`].
pub(crate) fn subscription() -> Subscription {
    Subscription::new("ai-model-cards", &[topic::ORDER])
}

#[async_trait]
impl Handler for Orders {
    async fn handle(&self, event: &Event) -> Result<(), Fault> {
        let order: OrderEvent = event.body()?;
        let desk = &self.0.desk;
        match order.change {
            OrderChange::Created { hold_until } => {
                match desk.hold(&wish_of(&order, hold_until)).await.map_err(Fault::from) {
                    // No order can be kept that asks for what nobody may ask for; it has been told so, or runs out. One that is too
                    // many has asked, and is seen to by the sweep when its time comes.
                    Err(fault)
                        if matches!(fault.kind, ErrorCode::Invalid | ErrorCode::Conflict)
                            || fault.code == "cards.too_many_holds" =>
                    {
                        tracing::warn!(order = %order.order_id, "no hold: {fault}");
                        Ok(())
                    }
                    other => other.map(drop),
                }
            }
            OrderChange::AwaitingPayment { deadline } => {
                desk.prolong(order.order_id, deadline).await?;
                Ok(())
            }
            OrderChange::Paid { .. } | OrderChange::Completed { .. } => {
                desk.commit(&order).await?;
                Ok(())
            }
            OrderChange::Expired | OrderChange::Cancelled | OrderChange::Rejected { .. } | OrderChange::Refunded => {
                desk.release(order.order_id, order.card_id, order.quantity).await?;
                Ok(())
            }
            OrderChange::RefundCompleted { .. } => {
                self.0.uncount_review(order.card_id, order.buyer_id, event.time).await?;
                Ok(())
            }
            _ => Ok(()),
        }
    }
}
