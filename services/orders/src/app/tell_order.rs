//! Tells an order something, and does what follows: the entitlement of what is paid and sold, the coupon of what is over.
//!
//! Each of these is a write of its own and idempotent, so a crash between two of them is made good by the event that comes
//! again or by the sweep.

use contracts::orders::OrderStatus;
use contracts::realtime::{LiveFrame, user_channel};
use kernel::OrderId;
use serde_json::json;

use super::App;
use crate::domain::coupon::CouponDoc;
use crate::domain::order::Input;
use crate::error::Error;
use crate::repo::orders::{OrderDoc, is_to_be_granted};

impl App {
    /// Tells an order something and sees to what follows. None when there is no such order.
    pub(crate) async fn tell(&self, id: OrderId, input: Input) -> Result<Option<OrderDoc>, Error> {
        match self.repo.step(id, input).await? {
            Some(order) => self.follow_up(order).await.map(Some),
            None => Ok(None),
        }
    }

    /// Does what an order's state asks for and is not done yet.
    pub(crate) async fn follow_up(&self, mut order: OrderDoc) -> Result<OrderDoc, Error> {
        if is_to_be_granted(&order) {
            let entitlement = self.repo.grant(&order).await?;
            if let Some(granted) = self.repo.step(order.id, Input::Granted(entitlement)).await? {
                order = granted;
            }
        }
        if order.course.status == OrderStatus::Completed {
            self.repo.follow_order(&order).await?;
        }
        if order.coupon_held && order.course.status.is_terminal() {
            match self.settle_coupon(&order).await {
                Ok(()) => order.coupon_held = false,
                // The order's own course is not held up by it: the sweep settles it.
                Err(error) => tracing::warn!(order = %order.id, %error, "a coupon is not settled yet"),
            }
        }
        Ok(order)
    }

    /// Counts or gives back the redemption that an order holds.
    async fn settle_coupon(&self, order: &OrderDoc) -> Result<(), Error> {
        if let Some(code) = &order.terms.coupon {
            let completed = order.course.status == OrderStatus::Completed;
            let id = CouponDoc::id_of(order.terms.seller_id, code);
            self.repo.settle_coupon(&id, order.id, completed).await?;
        }
        Ok(self.repo.coupon_settled(order.id).await?)
    }

    /// Tells the buyer's sockets where an order stands. A hint: who misses it reads the order.
    pub(crate) async fn show(&self, order: &OrderDoc) {
        let d = json!({ "id": order.id, "status": order.course.status, "expiresAt": order.course.deadline });
        let frame = LiveFrame::UserEvent { t: "order".into(), d };
        let payload = serde_json::to_vec(&frame).unwrap_or_default();
        let channel = user_channel(order.terms.buyer_id);
        if let Err(error) = self.ephemeral.publish(&channel, payload.into()).await {
            metrics::counter!("orders_live_failures_total").increment(1);
            tracing::debug!(%error, "an order was not shown live");
        }
    }
}
