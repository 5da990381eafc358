//! `commerce.order.v1`: what an order that was placed asks for is held, what a paid one holds is sold, and what one that is over
//! holds is given back. `commerce.entitlement.v1`: what was thought by who has no right to a card any more, paid back or by a lost
//! dispute, counts no more. Idempotent by the state of the order's reservation and of the review, in whatever order events come.

use std::sync::Arc;

use async_trait::async_trait;
use bus::{Handler, Subscription};
use contracts::event::topic;
use contracts::orders::{EntitlementEvent, EntitlementStatus, OrderChange, OrderEvent};
use contracts::{Event, EventBody as _};
use kernel::{ErrorCode, Fault};

use crate::app::App;
use crate::app::desk::wish_of;

pub(crate) struct Orders(pub(crate) Arc<App>);

/// Returns the subscription of [`Orders`].
pub(crate) fn subscription() -> Subscription {
    Subscription::new("ai-model-cards", &[topic::ORDER, topic::ENTITLEMENT])
}

#[async_trait]
impl Handler for Orders {
    async fn handle(&self, event: &Event) -> Result<(), Fault> {
        if *event.topic == *EntitlementEvent::TOPIC.name {
            return self.follow_right(event).await;
        }
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
            _ => Ok(()),
        }
    }
}

impl Orders {
    async fn follow_right(&self, event: &Event) -> Result<(), Fault> {
        let right: EntitlementEvent = event.body()?;
        if right.status == EntitlementStatus::Revoked {
            self.0.uncount_review(right.card_id, right.buyer_id, event.time).await?;
        }
        Ok(())
    }
}
